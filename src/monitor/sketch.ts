/** Quantiles of what comes, in memory that does not grow with it: sketches as text, which add up. */

import sketches, { type DDSketch } from "@datadog/sketches-js";

/**
 * DDSketch (C. Masson, J. E. Rim, H. K. Lee, VLDB 12, 2019): each quantile is right within 1 % of its value. It has a bin
 * for each 2 % between the least and the greatest magnitude, which {@link inSketch} bounds: 13,000 of either sign at most.
 */
export const emptySketch = (): DDSketch => new sketches.DDSketch({ relativeAccuracy: 0.01 });

const LEAST = 1e-12;
const GREATEST = 1e100;

/** What a sketch takes for a value: 0 for whatever is nearer to it than 10⁻¹², and no more than 10¹⁰⁰. */
export function inSketch(value: number): number {
  if (Math.abs(value) < LEAST) return 0;
  return Math.min(Math.max(value, -GREATEST), GREATEST);
}

/** Base64 of the protocol buffer that Datadog's sketches share; undefined where nothing is in it. */
export const sketchText = (sketch: DDSketch): string | undefined =>
  sketch.count === 0 ? undefined : Buffer.from(sketch.toProto()).toString("base64");

export const sketchOf = (text: string): DDSketch => sketches.DDSketch.fromProto(Buffer.from(text, "base64"));

/**
 * Adds all of a sketch to another. The package's own `merge` leaves out what is negative, and miscounts where the range
 * of the bins grows.
 */
export function addSketch(into: DDSketch, from: DDSketch): void {
  addBins(into.store, from.store);
  addBins(into.negativeStore, from.negativeStore);
  into.zeroCount += from.zeroCount;
  into.count += from.count;
}

function addBins(into: DDSketch["store"], { bins, offset }: DDSketch["store"]): void {
  bins.forEach((count, at) => {
    if (count > 0) into.add(offset + at, count);
  });
}

/** All of what is in some sketches, as one. */
export function mergedSketch(texts: readonly (string | null | undefined)[]): DDSketch {
  const merged = emptySketch();
  for (const text of texts) if (text !== undefined && text !== null) addSketch(merged, sketchOf(text));
  return merged;
}
