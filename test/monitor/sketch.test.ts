/** Sketches that were merged, or told as text, are those of all that came. */

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { emptySketch, inSketch, mergedSketch, sketchOf, sketchText } from "../../src/monitor/sketch.ts";

const value = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, 1, -1, 1e-12, -1e-12),
);
const SHARES = [0, 0.01, 0.25, 0.5, 0.75, 0.99, 1];

function sketchWith(values: readonly number[]): ReturnType<typeof emptySketch> {
  const sketch = emptySketch();
  for (const each of values) sketch.accept(inSketch(each));
  return sketch;
}

const quantilesOf = (sketch: ReturnType<typeof emptySketch>): readonly number[] =>
  SHARES.map((share) => sketch.getValueAtQuantile(share));

test("any split comes to the same quantiles", () => {
  fc.assert(
    fc.property(fc.array(fc.array(value, { maxLength: 10 }), { maxLength: 4 }), (split) => {
      const whole = sketchWith(split.flat());
      const merged = mergedSketch(split.map((each) => sketchText(sketchWith(each))));
      expect(merged.count).toBe(whole.count);
      expect(quantilesOf(merged)).toEqual(quantilesOf(whole));
    }),
    { numRuns: 60 },
  );
});

test("a quantile is right within one of a hundred", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
      const sketch = sketchOf(sketchText(sketchWith(values)) ?? "");
      const sorted = values.toSorted((one, other) => one - other);
      for (const [at, expected] of sorted.entries()) {
        const found = sketch.getValueAtQuantile(sorted.length === 1 ? 0 : at / (sorted.length - 1));
        const isNear = (each: number): boolean => Math.abs(found - each) <= 0.0101 * Math.abs(each) + 1e-12;
        // The rank of a share that is no binary fraction may be the one before or after.
        expect([sorted[at - 1] ?? expected, expected, sorted[at + 1] ?? expected].some(isNear)).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test("memory has a bound, whatever comes", () => {
  const sketch = sketchWith([Number.MIN_VALUE, Number.MAX_VALUE, -Number.MIN_VALUE, -Number.MAX_VALUE]);
  expect(sketch.store.bins.length + sketch.negativeStore.bins.length).toBeLessThan(27_000);
});
