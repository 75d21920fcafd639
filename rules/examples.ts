/** Reads the cleaned table as examples to learn from and to measure on, one at a time. */

import { isHeldOut, type Column, type FeatureColumn, type Row, type Schema } from "pipefile/model";
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
  /** `row[i]` belongs to `featureColumnsOf(schema, target)[i]`. */
  readonly row: Row;
  /** In the unit of its column. */
  readonly target: number;
  readonly isHeldOut: boolean;
}

/** The columns that a prediction is made from. */
export const featureColumnsOf = ({ columns }: Schema, target: string): readonly FeatureColumn[] =>
  columns.filter((column): column is FeatureColumn => column.name !== target && column.type !== "text");

/** Throws what is wrong with a choice before any row is read. */
export function checkChoice({ columns }: Schema, { target, seed, holdout }: Choice): void {
  const isNumber = ({ type }: Column): boolean => type === "number" || type === "integer";
  const column = columns.find(({ name }) => name === target);
  if (column === undefined || !isNumber(column)) {
    const numbers = columns.filter(isNumber).map(({ name }) => name);
    throw new Error(`the target '${target}' is no number column of the schema, which has ${numbers.join(", ")}`);
  }
  // Refused here: the pickle holds the seed as an int, and would fail only after the model is trained.
  if (!Number.isSafeInteger(seed)) throw new Error(`the seed ${seed} is no whole number`);
  if (!(holdout >= 0 && holdout <= 1)) throw new Error(`the hold-out ${holdout} is no share from 0 to 1`);
}

/** The rows that have a target, in the table's order; the same ones, split in the same way, each time. */
export async function* examplesOf(path: string, schema: Schema, choice: Choice): AsyncGenerator<Example> {
  const { target, seed, holdout } = choice;
  const at = schema.columns.findIndex((column) => column.name === target);
  const places = featureColumnsOf(schema, target).map((column) => schema.columns.indexOf(column));
  let index = 0;
  for await (const cells of rowsOf(path, schema)) {
    const value = cells[at];
    const isOut = isHeldOut(index++, { seed, fraction: holdout });
    const row = places.map((place) => cells[place] ?? null);
    if (typeof value === "number") yield { row, target: value, isHeldOut: isOut };
  }
}
