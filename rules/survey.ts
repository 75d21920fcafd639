/** What the training rows hold: read one by one, a few times, and never kept. */

import {
  edgeRanks,
  featureOf,
  needsMedian,
  RankSearch,
  ranksOf,
  summingOf,
  type ColumnSummary,
  type Feature,
  type FeatureColumn,
  type NumberSummary,
  type Ranked,
} from "pipefile/model";
import type { Example } from "./examples.ts";
import type { Spool } from "./spool.ts";

/** What the first reading tells. */
export interface Survey {
  readonly rows: { readonly train: number; readonly test: number };
  /** Of the training rows' targets. */
  readonly target: NumberSummary;
  /** Of the training rows, by column. */
  readonly summaries: readonly ColumnSummary[];
}

export function surveyOf(examples: Iterable<Example>, columns: readonly FeatureColumn[]): Survey {
  const summings = columns.map(summingOf);
  const targets = summingOf({ name: "", type: "number" });
  let [train, test] = [0, 0];
  for (const { row, target, isHeldOut } of examples) {
    if (isHeldOut) {
      test += 1;
      continue;
    }
    for (let at = 0; at < summings.length; at++) summings[at]?.add(row[at] ?? null);
    targets.add(target);
    train += 1;
  }
  return {
    rows: { train, test },
    target: targets.summary as NumberSummary,
    summaries: summings.map(({ summary }) => summary),
  };
}

/** How the columns become numbers, by what the training rows say of them. */
export const featuresOf = (
  spool: Spool,
  columns: readonly FeatureColumn[],
  { summaries, quantiles }: Survey & { readonly quantiles: readonly Quantiles[] },
): readonly Feature[] =>
  columns.map((column, at) =>
    featureOf(column, {
      summary: summaries[at] as ColumnSummary,
      median: quantiles[at]?.median,
      categories: spool.categoriesOf(at),
    }),
  );

/** What ranks tell of a column's numbers; of one that has none, nothing. */
export interface Quantiles {
  /** Where the column is filled in with it. */
  readonly median: number | undefined;
  /** Of the bins that later rows are counted into. */
  readonly edges: readonly Ranked[];
}

/** As many as take 80 MB to search: a search counts in up to ten tables of 256 kB. */
const COLUMNS_AT_ONCE = 32;

/** The quantiles of each column's numbers in the training rows, in four readings for every 32 columns of numbers. */
export function quantilesOf(
  spool: Spool,
  columns: readonly FeatureColumn[],
  summaries: readonly ColumnSummary[],
): readonly Quantiles[] {
  const searches = columns.flatMap((column, at) => {
    const known = summaries[at]?.known ?? 0;
    return column.type === "category" || known === 0 ? [] : [searchIn(column, { at, known })];
  });
  const found = new Map<number, Quantiles>();
  for (let start = 0; start < searches.length; start += COLUMNS_AT_ONCE) {
    const some = searches.slice(start, start + COLUMNS_AT_ONCE);
    const takers = some.map(({ column, ranks }) => ({ column, take: (number: number) => ranks.add(number) }));
    while (some.some(({ ranks }) => !ranks.isDone)) {
      spool.readNumbers(takers);
      for (const { ranks } of some) ranks.next();
    }
    for (const search of some) found.set(search.column, quantilesIn(search));
  }
  return columns.map((_, at) => found.get(at) ?? { median: undefined, edges: [] });
}

interface ColumnSearch {
  readonly column: number;
  readonly medianRanks: readonly number[];
  readonly ranks: RankSearch;
}

function searchIn(column: FeatureColumn, { at, known }: { readonly at: number; readonly known: number }): ColumnSearch {
  const medianRanks = needsMedian(column) ? ranksOf(0.5, known).ranks : [];
  return { column: at, medianRanks, ranks: new RankSearch([...medianRanks, ...edgeRanks(known)]) };
}

function quantilesIn({ medianRanks, ranks: { found } }: ColumnSearch): Quantiles {
  const edges = found.slice(medianRanks.length);
  if (medianRanks.length === 0) return { median: undefined, edges };
  return { median: ((found[0]?.value ?? 0) + (found[1]?.value ?? 0)) / 2, edges };
}
