/** What training learns of each column: what to fill in, which categories there are. Pure. */

import { byCodeUnit } from "../core/artifact.ts";
import type { CategoryFeature, Feature, NumberFeature } from "./encoding.ts";
import type { CategoryColumn, FeatureColumn, NumberColumn } from "./schema.ts";
import { MOST_CATEGORIES, type CategorySummary, type ColumnSummary, type NumberSummary } from "./summary.ts";

/** What is known of one column. */
export interface Learnt {
  /** Of the training rows. */
  readonly summary: ColumnSummary;
  /** Of the training rows, where the column is filled in with it. */
  readonly median: number | undefined;
  /** Every category of the table, those of rows held out too. */
  readonly categories: readonly string[];
}

/** True where the median of the column has to be learnt. */
export const needsMedian = (column: FeatureColumn): boolean => column.nulls === "median";

/** How the column becomes numbers. Throws a RangeError where the training rows say too little of it, or too much. */
export function featureOf(column: FeatureColumn, learnt: Learnt): Feature {
  if (learnt.summary.known === 0) throw new RangeError(`the column '${column.name}' has no value in any training row`);
  return column.type === "category"
    ? categoryFeature(column, learnt.summary as CategorySummary, learnt.categories)
    : numberFeature(column, learnt.summary as NumberSummary, learnt.median);
}

function numberFeature(column: NumberColumn, summary: NumberSummary, median: number | undefined): NumberFeature {
  const { name, type, nulls = "mean" } = column;
  const range = [summary.least ?? 0, summary.greatest ?? 0] as const;
  if (typeof nulls === "object") return { name, type, range, imputation: "constant", fill: nulls.constant };
  if (nulls === "drop" || column.nullable === false) return { name, type, range, imputation: "none", fill: null };
  return { name, type, range, imputation: nulls, fill: (nulls === "median" ? median : summary.mean) ?? null };
}

function categoryFeature(
  column: CategoryColumn,
  { counts }: CategorySummary,
  seen: readonly string[],
): CategoryFeature {
  const { name, type, nulls = "mode" } = column;
  const constant = typeof nulls === "object" ? [nulls.constant] : [];
  const categories = [...new Set([...(column.categories ?? seen), ...constant])].toSorted(byCodeUnit);
  if (counts === undefined || categories.length > MOST_CATEGORIES)
    throw new RangeError(`the column '${name}' has more than ${MOST_CATEGORIES} categories: is it a text?`);
  if (typeof nulls === "object") return { name, type, categories, imputation: "constant", fill: nulls.constant };
  if (nulls === "drop" || column.nullable === false) return { name, type, categories, imputation: "none", fill: null };
  return { name, type, categories, imputation: "mode", fill: mostFrequent(categories, counts) };
}

/** Ties go to the first in order, so that the order of the rows decides nothing. */
function mostFrequent(categories: readonly string[], counts: Readonly<Record<string, number>>): string {
  const countOf = (category: string): number => counts[category] ?? 0;
  return categories.reduce((best, category) => (countOf(category) > countOf(best) ? category : best));
}
