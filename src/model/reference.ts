/**
 * What training saw of each feature, and of its own predictions, in bins that later rows are counted into. Pure.
 *
 * The bins of a number are frozen at training: bin i holds what is greater than `edges[i - 1]` and at most `edges[i]`,
 * the first all that is less too, and the last all that is greater. The edges are the nine deciles by which a tenth, two
 * tenths … of the training rows are at most as great: type 1 of R. J. Hyndman, Y. Fan, Sample quantiles in statistical
 * packages, The American Statistician 50, 1996, which is always a number that occurs. A number that occurs so often
 * that it is several deciles is one edge, so there may be fewer than ten bins, and they need not hold a tenth each.
 */

import type { Ranked } from "./quantile.ts";
import type { Cell } from "./schema.ts";
import type { NumberSummary, CategorySummary } from "./summary.ts";

interface Counted {
  /** All training rows, those that lack the value too. */
  readonly rows: number;
  readonly missing: number;
  /** How many training rows each bin holds. Together with `missing` that is all of them. */
  readonly counts: readonly number[];
}

export interface NumberReference extends Counted {
  readonly type: "number";
  /** Between the bins, rising: one fewer than there are bins. */
  readonly edges: readonly number[];
  /** In the column's unit. */
  readonly least: number;
  readonly greatest: number;
  readonly mean: number;
}

export interface CategoryReference extends Counted {
  readonly type: "category";
  /** Those of the feature: `counts[i]` belongs to `categories[i]`. */
  readonly categories: readonly string[];
}

export type FeatureReference = NumberReference | CategoryReference;

export interface Reference {
  /** One for each feature of the model. */
  readonly features: readonly FeatureReference[];
  /** Of the model's predictions for the training rows. */
  readonly prediction: NumberReference;
}

const BINS = 10;

/** The ranks of the numbers that are edges, for a {@link RankSearch} of `known` numbers. */
export const edgeRanks = (known: number): readonly number[] =>
  Array.from({ length: known === 0 ? 0 : BINS - 1 }, (_, at) => Math.ceil(((at + 1) * known) / BINS) - 1);

/** The reference of numbers that are summed up, `edges` being what {@link edgeRanks} found; at least one is known. */
export function numberReference(
  { known, missing, least, greatest, mean }: NumberSummary,
  edges: readonly Ranked[],
): NumberReference {
  if (least === null || greatest === null || mean === null) throw new RangeError("no number is known");
  const distinct = edges.filter(({ value }, at) => value !== edges[at - 1]?.value);
  const upTo = [...distinct.map(({ atMost }) => atMost), known];
  return {
    type: "number",
    rows: known + missing,
    missing,
    edges: distinct.map(({ value }) => value),
    counts: upTo.map((count, at) => count - (upTo[at - 1] ?? 0)),
    least,
    greatest,
    mean,
  };
}

/** The reference of texts that are summed up, in the feature's categories. */
export function categoryReference(
  { known, missing, counts = {} }: CategorySummary,
  categories: readonly string[],
): CategoryReference {
  const countOf = (category: string): number => (Object.hasOwn(counts, category) ? (counts[category] ?? 0) : 0);
  return { type: "category", rows: known + missing, missing, categories, counts: categories.map(countOf) };
}

/** A bin by its place in `counts`; or that the value is missing, or a category or no number that has no bin. */
export type Bin = number | "missing" | "unknown";

/** The bin that a value belongs to. */
export function binOf(reference: FeatureReference, cell: Cell): Bin {
  if (cell === null) return "missing";
  if (reference.type === "number")
    return typeof cell === "number" && !Number.isNaN(cell) ? numberBin(reference.edges, cell) : "unknown";
  const at = reference.categories.indexOf(String(cell));
  return at < 0 ? "unknown" : at;
}

/** How many edges are less than the value, found by halving. */
function numberBin(edges: readonly number[], value: number): number {
  let [from, to] = [0, edges.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((edges[middle] as number) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}
