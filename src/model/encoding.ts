/**
 * Rows as numbers for a linear model: what is missing is filled in, categories become columns of 0 and 1. Fitted on
 * training rows only; training, scoring and serving all encode by the one function here. Pure.
 */

import { mean, mode } from "simple-statistics";
import { byCodeUnit } from "../core/artifact.ts";
import type { Cell, Column, Row } from "./schema.ts";

/** How one input column becomes numbers. */
export type Feature =
  | {
      readonly name: string;
      readonly type: "number";
      /** Stands in for a missing value: the training mean. */ readonly fill: number;
    }
  | {
      readonly name: string;
      readonly type: "category";
      /** Sorted. The first is the base: it is where all of this feature's numbers are 0. */
      readonly categories: readonly string[];
      /** Stands in for a missing value: the most frequent in training. */
      readonly fill: string;
    };

/** Learns from training rows how to encode the columns; `rows[i][j]` belongs to `columns[j]`. */
export function fitFeatures(columns: readonly Column[], rows: readonly Row[]): readonly Feature[] {
  return columns.map((column, at) => {
    const known = rows
      .map((row) => row[at])
      .filter((cell): cell is number | string => cell !== null && cell !== undefined);
    if (known.length === 0) throw new RangeError(`the column '${column.name}' has no value in any training row`);
    if (column.type === "number") return { name: column.name, type: "number", fill: mean(known as number[]) };
    const categories = [...new Set(known as string[])].toSorted(byCodeUnit);
    return { name: column.name, type: "category", categories, fill: mostFrequent(known as string[], categories) };
  });
}

/** Ties go to the first in order, so that the order of the rows decides nothing. */
function mostFrequent(values: readonly string[], categories: readonly string[]): string {
  const index = mode(values.map((value) => categories.indexOf(value)).toSorted((a, b) => a - b));
  return categories[index] as string;
}

/** The names of the numbers that a row becomes: `beak_length_mm`, `island=Dream`. */
export function encodedNames(features: readonly Feature[]): readonly string[] {
  return features.flatMap((feature) =>
    feature.type === "number"
      ? [feature.name]
      : feature.categories.slice(1).map((category) => `${feature.name}=${category}`),
  );
}

/**
 * The numbers of one row, as many as {@link encodedNames}. `row[i]` belongs to `features[i]`. A category that training
 * never saw throws a RangeError that names it.
 */
export function encodeRow(features: readonly Feature[], row: Row): readonly number[] {
  const numbers: number[] = [];
  features.forEach((feature, at) => encodeCell(feature, row[at] ?? null, numbers));
  return numbers;
}

function encodeCell(feature: Feature, cell: Cell, numbers: number[]): void {
  const value = cell ?? feature.fill;
  if (feature.type === "number") {
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
