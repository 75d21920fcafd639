/** How far predictions are from what was. */

import * as fc from "fast-check";
import { mean, variance } from "simple-statistics";
import { expect, test } from "vitest";
import { metricsOf } from "../../src/model/metrics.ts";

const numbers = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1 });

test("a small case worked by hand", () => {
  // Errors −1, 0, 2: squares 1, 0, 4 of a spread of 2 × (2² + 2²)/2 around the mean 3.
  const { rmse, mae, r2 } = metricsOf([1, 3, 5], [2, 3, 3]);
  expect(rmse).toBeCloseTo(Math.sqrt(5 / 3), 12);
  expect(mae).toBeCloseTo(1, 12);
  expect(r2).toBeCloseTo(1 - 5 / 8, 12);
});

test("the mean share of the errors, where none is of nothing", () => {
  expect(metricsOf([2, -4, 5], [1, -3, 5]).mape).toBeCloseTo((0.5 + 0.25 + 0) / 3, 12);
  expect(metricsOf([2, 0, 5], [1, -3, 5]).mape).toBeNull();
  expect(metricsOf([0, 2], [0, 1]).mape).toBeNull();
});

test("a perfect prediction has no error", () => {
  fc.assert(
    fc.property(numbers, (actual) => {
      expect(metricsOf(actual, actual)).toMatchObject({ rmse: 0, mae: 0 });
    }),
  );
});

test("the mean error never exceeds the root of the mean square", () => {
  fc.assert(
    fc.property(numbers, fc.integer(), (actual, guess) => {
      const { rmse, mae, r2 } = metricsOf(
        actual,
        actual.map(() => guess),
      );
      expect(mae).toBeLessThanOrEqual(rmse * (1 + 1e-12));
      expect(r2).toBeLessThanOrEqual(1e-9);
    }),
  );
});

test("rows that are all alike give a finite r2", () => {
  expect(metricsOf([4, 4], [4, 5]).r2).toBe(0);
  // The mean of three times 0.1 is not 0.1: their spread was taken for one, and r2 for −10³¹.
  expect(metricsOf([0.1, 0.1, 0.1], [0.1, 0.1, 0.2]).r2).toBe(0);
});

test("rows that are measured one at a time give what all of them at once would", () => {
  const pair = fc.tuple(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(pair, { minLength: 2 }), (pairs) => {
      const actual = pairs.map(([was]) => was);
      const errors = pairs.map(([was, guess]) => was - guess);
      const found = metricsOf(
        actual,
        pairs.map(([, guess]) => guess),
      );
      const meanSquare = mean(errors.map((error) => error ** 2));
      expectClose(found.rmse, Math.sqrt(meanSquare));
      expectClose(found.mae, mean(errors.map(Math.abs)));
      if (variance(actual) > 1e-3) expectClose(1 - found.r2, meanSquare / variance(actual));
    }),
  );
});

test("a spread that is small beside the values is not lost", () => {
  const actual = [4, 7, 13, 16].map((value) => value + 1e9);
  const { r2 } = metricsOf(
    actual,
    actual.map((value) => value + 1),
  );
  expect(r2).toBeCloseTo(1 - 1 / 22.5, 12);
});

const expectClose = (found: number, expected: number): void =>
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1e-6, Math.abs(expected)));
