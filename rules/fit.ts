/** Fits a linear model to a table that is read row by row, twice, and never held. */

import {
  emptyTriangle,
  encodedNames,
  encodeRow,
  FeatureFit,
  takeRows,
  type Feature,
  type Predictor,
  type Triangle,
} from "pipefile/model";
import { addToMean } from "simple-statistics";
import { columnsBeside, type Example } from "./examples.ts";
import { solutionOf } from "./regression.ts";

/** What the first reading of a table tells. */
export interface Survey {
  readonly rows: { readonly train: number; readonly test: number };
  /** The mean of the target over the training rows, in its unit. */
  readonly meanTarget: number;
  /** Learnt from the training rows; throws where a column has no value in any. */
  readonly features: () => readonly Feature[];
}

export async function surveyOf(examples: AsyncIterable<Example>, target: string): Promise<Survey> {
  const fit = new FeatureFit(columnsBeside(target));
  let [train, test, meanTarget] = [0, 0, 0];
  for await (const example of examples) {
    if (example.isHeldOut) {
      test += 1;
      continue;
    }
    fit.add(example.row);
    meanTarget = addToMean(meanTarget, train, example.target);
    train += 1;
  }
  return { rows: { train, test }, meanTarget, features: () => fit.features };
}

/** How the training rows are taken in. */
export interface Reduction {
  readonly features: readonly Feature[];
  /** How many encoded rows are held at once. The model is the same, to the bit, whatever it is. */
  readonly batchRows: number;
  /** Is told after each batch how many rows were taken in. */
  readonly onBatch: (rows: number) => void;
}

/** The linear model of least squares over the training rows. */
export async function predictorOf(examples: AsyncIterable<Example>, reduction: Reduction): Promise<Predictor> {
  return { features: reduction.features, ...solutionOf(await triangleOf(examples, reduction)) };
}

/** The triangle of the rows [1 x y]: x as encoded, y the target. */
async function triangleOf(examples: AsyncIterable<Example>, reduction: Reduction): Promise<Triangle> {
  const { features, batchRows, onBatch } = reduction;
  const triangle = emptyTriangle(1 + encodedNames(features).length + 1);
  const batch = new Float64Array(batchRows * triangle.width);
  let [used, rows] = [0, 0];
  const takeBatch = (): void => {
    takeRows(triangle, batch.subarray(0, used));
    rows += used / triangle.width;
    used = 0;
    onBatch(rows);
  };
  for await (const { row, target, isHeldOut } of examples) {
    if (isHeldOut) continue;
    batch.set([1, ...encodeRow(features, row), target], used);
    used += triangle.width;
    if (used === batch.length) takeBatch();
  }
  if (used > 0) takeBatch();
  return triangle;
}
