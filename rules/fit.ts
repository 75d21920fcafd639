/** Fits a linear model to examples that are read one by one, a few times, and never held. */

import {
  emptyTriangle,
  encodedNames,
  encodeRow,
  featureOf,
  needsMedian,
  RankSearch,
  ranksOf,
  summingOf,
  takeRows,
  type ColumnSummary,
  type Feature,
  type FeatureColumn,
  type Triangle,
} from "pipefile/model";
import { addToMean } from "simple-statistics";
import type { Example } from "./examples.ts";
import type { Spool } from "./spool.ts";

/** What the first reading tells. */
export interface Survey {
  readonly rows: { readonly train: number; readonly test: number };
  /** The mean of the target over the training rows, in its unit. */
  readonly meanTarget: number;
  /** Of the training rows, by column. */
  readonly summaries: readonly ColumnSummary[];
}

export function surveyOf(examples: Iterable<Example>, columns: readonly FeatureColumn[]): Survey {
  const summings = columns.map(summingOf);
  let [train, test, meanTarget] = [0, 0, 0];
  for (const { row, target, isHeldOut } of examples) {
    if (isHeldOut) {
      test += 1;
      continue;
    }
    for (let at = 0; at < summings.length; at++) summings[at]?.add(row[at] ?? null);
    meanTarget = addToMean(meanTarget, train, target);
    train += 1;
  }
  return { rows: { train, test }, meanTarget, summaries: summings.map(({ summary }) => summary) };
}

/** How the columns become numbers, by what the training rows say of them. */
export function featuresOf(spool: Spool, columns: readonly FeatureColumn[], survey: Survey): readonly Feature[] {
  const medians = mediansOf(spool, columns, survey);
  return columns.map((column, at) =>
    featureOf(column, {
      summary: survey.summaries[at] as ColumnSummary,
      median: medians.get(at),
      categories: spool.categoriesOf(at),
    }),
  );
}

/** By place, the medians of the columns that are filled in with them. */
function mediansOf(
  examples: Iterable<Example>,
  columns: readonly FeatureColumn[],
  { summaries }: Survey,
): ReadonlyMap<number, number> {
  const searches = columns.flatMap((column, at) => {
    const known = summaries[at]?.known ?? 0;
    return needsMedian(column) && known > 0 ? [{ at, search: new RankSearch(ranksOf(0.5, known).ranks) }] : [];
  });
  while (searches.some(({ search }) => !search.isDone)) {
    for (const { row, isHeldOut } of examples) {
      if (isHeldOut) continue;
      for (const { at, search } of searches) {
        const cell = row[at];
        if (typeof cell === "number") search.add(cell);
      }
    }
    for (const { search } of searches) search.next();
  }
  return new Map(searches.map(({ at, search: { values } }) => [at, ((values[0] ?? 0) + (values[1] ?? 0)) / 2]));
}

/** How the training rows are taken in. */
export interface Reduction {
  readonly features: readonly Feature[];
  /** How many encoded rows are held at once. The triangle is the same, to the bit, whatever it is. */
  readonly batchRows: number;
  /** Is told after each batch how many rows were taken in. */
  readonly onBatch: (rows: number) => void;
}

/** The triangle of the training rows [1 x y]: x as encoded, y the target. */
export function triangleOf(examples: Iterable<Example>, { features, batchRows, onBatch }: Reduction): Triangle {
  const triangle = emptyTriangle(1 + encodedNames(features).length + 1);
  const batch = new Float64Array(batchRows * triangle.width);
  let [used, rows] = [0, 0];
  const takeBatch = (): void => {
    takeRows(triangle, batch.subarray(0, used));
    rows += used / triangle.width;
    used = 0;
    onBatch(rows);
  };
  for (const { row, target, isHeldOut } of examples) {
    if (isHeldOut) continue;
    batch[used++] = 1;
    for (const number of encodeRow(features, row)) batch[used++] = number;
    batch[used++] = target;
    if (used === batch.length) takeBatch();
  }
  if (used > 0) takeBatch();
  return triangle;
}
