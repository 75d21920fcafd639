/**
 * Rows as numbers for a linear model: what is missing is filled in, categories become columns of 0 and 1. Fitted on
 * training rows only; training, scoring and serving all encode by the one function here.
 */

import { addToMean } from "simple-statistics";
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

/** Learns from training rows, which come one at a time and are not kept, how to encode the columns. */
export class FeatureFit {
  readonly #columns: readonly Column[];
  /** For each column its known values so far: how many, their mean, how often each category. */
  readonly #known: readonly { count: number; mean: number; readonly counts: Map<string, number> }[];

  constructor(columns: readonly Column[]) {
    this.#columns = columns;
    this.#known = columns.map(() => ({ count: 0, mean: 0, counts: new Map() }));
  }

  /** `row[j]` belongs to `columns[j]`. */
  add(row: Row): void {
    this.#known.forEach((known, at) => {
      const cell = row[at] ?? null;
      if (cell === null) return;
      if (typeof cell === "number") known.mean = addToMean(known.mean, known.count, cell);
      else known.counts.set(cell, (known.counts.get(cell) ?? 0) + 1);
      known.count += 1;
    });
  }

  get features(): readonly Feature[] {
    return this.#columns.map(({ name, type }, at) => {
      const { count = 0, mean = 0, counts = NONE } = this.#known[at] ?? {};
      if (count === 0) throw new RangeError(`the column '${name}' has no value in any training row`);
      if (type === "number") return { name, type, fill: mean };
      const categories = [...counts.keys()].toSorted(byCodeUnit);
      return { name, type, categories, fill: mostFrequent(categories, counts) };
    });
  }
}

const NONE: ReadonlyMap<string, number> = new Map();

/** The same of rows that are all there: `rows[i][j]` belongs to `columns[j]`. */
export function fitFeatures(columns: readonly Column[], rows: readonly Row[]): readonly Feature[] {
  const fit = new FeatureFit(columns);
  for (const row of rows) fit.add(row);
  return fit.features;
}

/** Ties go to the first in order, so that the order of the rows decides nothing. */
function mostFrequent(categories: readonly string[], counts: ReadonlyMap<string, number>): string {
  const countOf = (category: string): number => counts.get(category) ?? 0;
  return categories.reduce((best, category) => (countOf(category) > countOf(best) ? category : best));
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
