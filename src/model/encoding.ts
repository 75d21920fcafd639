/**
 * Rows as numbers for a linear model: what is missing is filled in, categories become columns of 0 and 1. Training,
 * scoring and serving all encode by the one function here. Pure.
 */

import type { Cell, Row } from "./schema.ts";

interface Filled<T, How> {
  readonly name: string;
  /** Stands in for a missing value; null where a row that lacks it is of no use. */
  readonly fill: T | null;
  /** Where the fill comes from: the training rows, or the schema. */
  readonly imputation: How;
}

export interface NumberFeature extends Filled<number, "mean" | "median" | "constant" | "none"> {
  readonly type: "number" | "integer";
  /** The least and the greatest value in training, in the column's unit. */
  readonly range: readonly [least: number, greatest: number];
}

export interface CategoryFeature extends Filled<string, "mode" | "constant" | "none"> {
  readonly type: "category";
  /** Sorted. The first is the base: it is where all of this feature's numbers are 0. */
  readonly categories: readonly string[];
}

/** How one input column becomes numbers. */
export type Feature = NumberFeature | CategoryFeature;

/** The names of the numbers that a row becomes: `beak_length_mm`, `island=Dream`. */
export function encodedNames(features: readonly Feature[]): readonly string[] {
  return features.flatMap((feature) =>
    feature.type === "category"
      ? feature.categories.slice(1).map((category) => `${feature.name}=${category}`)
      : [feature.name],
  );
}

/**
 * The numbers of one row, as many as {@link encodedNames}. `row[i]` belongs to `features[i]`. A category that training
 * never saw, or a missing value that nothing stands in for, throws a RangeError that names it.
 */
export function encodeRow(features: readonly Feature[], row: Row): readonly number[] {
  const numbers: number[] = [];
  for (let at = 0; at < features.length; at++) encodeCell(features[at] as Feature, row[at] ?? null, numbers);
  return numbers;
}

function encodeCell(feature: Feature, cell: Cell, numbers: number[]): void {
  const value = cell ?? feature.fill;
  if (value === null) throw new RangeError(`${feature.name} is missing, and nothing stands in for it`);
  if (feature.type !== "category") {
    if (typeof value !== "number" || !Number.isFinite(value))
      throw new TypeError(`${feature.name} is '${value}', which is no number`);
    numbers.push(value);
    return;
  }
  const index = feature.categories.indexOf(String(value));
  if (index < 0)
    throw new RangeError(
      `${feature.name} is '${value}', which training never saw; it knows ${feature.categories.join(", ")}`,
    );
  for (let at = 1; at < feature.categories.length; at++) numbers.push(at === index ? 1 : 0);
}
