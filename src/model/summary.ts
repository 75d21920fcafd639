/** What a column holds: counts, spread and categories of rows that come one at a time and are not kept. Pure. */

import { addToMean } from "simple-statistics";
import { byCodeUnit } from "../core/artifact.ts";
import type { Cell, Column } from "./schema.ts";

export interface NumberSummary {
  readonly type: "number" | "integer";
  readonly known: number;
  readonly missing: number;
  /** These are null where no value is known; in the column's unit. */
  readonly least: number | null;
  readonly greatest: number | null;
  readonly mean: number | null;
  /** The root of the mean square around the mean. */
  readonly deviation: number | null;
}

export interface CategorySummary {
  readonly type: "category" | "text";
  readonly known: number;
  readonly missing: number;
  /** How often each text occurs, sorted by text; undefined where there are more than {@link MOST_CATEGORIES}. */
  readonly counts: Readonly<Record<string, number>> | undefined;
}

export type ColumnSummary = NumberSummary | CategorySummary;

/** A column of more different texts than these is no category: each would be a column of the regression. */
export const MOST_CATEGORIES = 1000;

export interface Summing {
  add(cell: Cell): void;
  readonly summary: ColumnSummary;
}

export const summingOf = ({ type }: Column): Summing =>
  type === "number" || type === "integer" ? new NumberSumming(type) : new CategorySumming(type);

/** Mean and spread are brought up to date with each value, as B. P. Welford does (Technometrics 4, 1962). */
class NumberSumming implements Summing {
  readonly #type: NumberSummary["type"];
  #known = 0;
  #missing = 0;
  #least = Number.POSITIVE_INFINITY;
  #greatest = Number.NEGATIVE_INFINITY;
  #mean = 0;
  #spread = 0;

  constructor(type: NumberSummary["type"]) {
    this.#type = type;
  }

  add(cell: Cell): void {
    if (typeof cell !== "number") {
      this.#missing += 1;
      return;
    }
    const before = this.#mean;
    this.#mean = addToMean(before, this.#known, cell);
    this.#spread += (cell - before) * (cell - this.#mean);
    this.#known += 1;
    if (cell < this.#least) this.#least = cell;
    if (cell > this.#greatest) this.#greatest = cell;
  }

  get summary(): NumberSummary {
    const counts = { type: this.#type, known: this.#known, missing: this.#missing };
    if (this.#known === 0) return { ...counts, least: null, greatest: null, mean: null, deviation: null };
    const deviation = Math.sqrt(this.#spread / this.#known);
    return { ...counts, least: this.#least, greatest: this.#greatest, mean: this.#mean, deviation };
  }
}

class CategorySumming implements Summing {
  readonly #type: CategorySummary["type"];
  readonly #counts = new Map<string, number>();
  #known = 0;
  #missing = 0;

  constructor(type: CategorySummary["type"]) {
    this.#type = type;
  }

  add(cell: Cell): void {
    if (cell === null) {
      this.#missing += 1;
      return;
    }
    this.#known += 1;
    const text = String(cell);
    // Once there are too many, which they are is of no use.
    if (this.#counts.size <= MOST_CATEGORIES) this.#counts.set(text, (this.#counts.get(text) ?? 0) + 1);
  }

  get summary(): CategorySummary {
    const { size } = this.#counts;
    const sorted = [...this.#counts].toSorted(([one], [other]) => byCodeUnit(one, other));
    const counts = size > MOST_CATEGORIES ? undefined : Object.fromEntries(sorted);
    return { type: this.#type, known: this.#known, missing: this.#missing, counts };
  }
}
