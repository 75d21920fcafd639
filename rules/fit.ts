/** Takes the examples that a linear model is fitted to in, one by one, and holds none. */

import { emptyTriangle, encodedNames, encodeRow, takeRows, type Feature, type Triangle } from "pipefile/model";
import type { Example } from "./examples.ts";

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
