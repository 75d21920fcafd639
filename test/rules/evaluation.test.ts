/** What is kept of predictions, however many there are. */

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Evaluation } from "../../rules/evaluation.ts";

const evaluated = (pairs: Iterable<readonly [number, number]>, deviation = 1): Evaluation["report"] => {
  const evaluation = new Evaluation("mass", deviation);
  for (const [actual, predicted] of pairs) evaluation.add(actual, predicted);
  return evaluation.report;
};

test("few points are all kept, many are thinned evenly, and every error is counted", () => {
  fc.assert(
    fc.property(fc.nat(9000), (rows) => {
      const pairs = Array.from({ length: rows }, (_, at) => [at, at + 0.5] as const);
      const report = evaluated(pairs);
      expect(report.rows).toBe(rows);
      expect(report.points).toEqual(pairs.filter((_, at) => at % report.step === 0));
      expect(report.points.length).toBeLessThanOrEqual(2000);
      if (rows > 2000) expect(report.points.length).toBeGreaterThan(900);
      else expect(report.step).toBe(1);
      expect(report.errors.counts.reduce((sum, count) => sum + count, 0)).toBe(rows);
    }),
  );
});

test("an error is counted where it lies, one beyond all bins in the last", () => {
  fc.assert(
    fc.property(fc.double({ min: -100, max: 100, noNaN: true }), (error) => {
      const { start, width, counts } = evaluated([[error, 0]], 10).errors;
      const bin = counts.indexOf(1);
      const [from, to] = [start + bin * width, start + (bin + 1) * width];
      if (bin > 0) expect(error).toBeGreaterThanOrEqual(from - 1e-9);
      if (bin < counts.length - 1) expect(error).toBeLessThanOrEqual(to + 1e-9);
      expect(start).toBeCloseTo(-40, 9);
      expect(start + counts.length * width).toBeCloseTo(40, 9);
    }),
  );
});

test("errors that are all 0 are in the middle, though they are expected to have no spread", () => {
  const { counts } = evaluated(
    [
      [3, 3],
      [4, 4],
    ],
    0,
  ).errors;
  expect(counts[(counts.length - 1) / 2]).toBe(2);
});
