/** Reads the cleaned table as examples to learn from and to measure on, one at a time. */

import { isHeldOut, type Column, type Row } from "pipefile/model";
import { penguins } from "./schema.ts";
import { rowsOf } from "./table.ts";

/** Which examples a table gives. */
export interface Choice {
  /** The column to predict. */
  readonly target: string;
  /** Which rows are held out. */
  readonly seed: number;
  /** The share of rows that are held out, between 0 and 1. */
  readonly holdout: number;
}

export interface Example {
  /** `row[i]` belongs to `columnsBeside(target)[i]`. */
  readonly row: Row;
  /** In the unit of its column. */
  readonly target: number;
  readonly isHeldOut: boolean;
}

/** The columns that a prediction is made from. */
export const columnsBeside = (target: string): readonly Column[] =>
  penguins.columns.filter((column) => column.name !== target);

/** Throws what is wrong with a choice before any row is read. */
export function checkChoice({ target, seed }: Choice): void {
  const column = penguins.columns.find(({ name }) => name === target);
  if (column?.type !== "number") throw new Error(`the target '${target}' is no number column of the schema`);
  // Refused here: the pickle holds the seed as an int, and would fail only after the model is trained.
  if (!Number.isSafeInteger(seed)) throw new Error(`the seed ${seed} is no whole number`);
}

/** The rows that have a target, in the table's order; the same ones, split in the same way, each time. */
export async function* examplesOf(path: string, { target, seed, holdout }: Choice): AsyncGenerator<Example> {
  const at = penguins.columns.findIndex((column) => column.name === target);
  let index = 0;
  for await (const row of rowsOf(path, penguins)) {
    const value = row[at];
    const isOut = isHeldOut(index++, { seed, fraction: holdout });
    if (typeof value === "number") yield { row: row.toSpliced(at, 1), target: value, isHeldOut: isOut };
  }
}
