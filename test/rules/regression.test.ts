/** The solution of a least-squares problem, and how sure it is, against the textbook's formulas on all rows. */

import * as fc from "fast-check";
import { inverse, Matrix } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { solutionOf, type Solution } from "../../rules/regression.ts";
import { emptyTriangle, takeRows } from "pipefile/model";

type Rows = readonly (readonly number[])[];

/** Of rows [x y]. */
function solved(rows: Rows, ridge = 0): Solution {
  const triangle = emptyTriangle((rows[0]?.length ?? 1) + 1);
  takeRows(triangle, Float64Array.from(rows.flatMap((row) => [1, ...row])));
  return solutionOf(triangle, ridge);
}

/** The normal equations of all rows [1 x y], with the penalty in the squared deviations of each column. */
function textbook(rows: Rows, ridge: number) {
  const width = (rows[0]?.length ?? 1) - 1;
  const x = new Matrix(rows.map((row) => [1, ...row.slice(0, -1)]));
  const y = Matrix.columnVector(rows.map((row) => row.at(-1) ?? 0));
  const penalty = Matrix.zeros(width + 1, width + 1);
  for (let at = 1; at <= width; at++) {
    const column = x.getColumn(at);
    const mean = column.reduce((sum, value) => sum + value, 0) / rows.length;
    const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows.length;
    penalty.set(at, at, ridge * variance);
  }
  const square = x.transpose().mmul(x);
  const spread = inverse(Matrix.add(square, penalty));
  const weights = spread.mmul(x.transpose()).mmul(y);
  const errors = Matrix.sub(y, x.mmul(weights)).to1DArray();
  const variance = errors.reduce((sum, error) => sum + error ** 2, 0) / (rows.length - width - 1);
  const covariance = Matrix.mul(spread.mmul(square).mmul(spread), variance);
  return { weights: weights.to1DArray(), errors: covariance.diagonal().map(Math.sqrt), residual: Math.sqrt(variance) };
}

// Far from collinear, so that the normal equations are good enough to compare with.
const drawn = fc
  .array(
    fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 }), fc.integer({ min: -9, max: 9 })),
    {
      minLength: 12,
      maxLength: 40,
    },
  )
  .map((rows) => rows.map(([a, b, noise], at) => [a + at, b - 3 * at, 2 * a - b + noise + 10] as const))
  .filter((rows) => {
    const [a, b] = [rows.map(([value]) => value), rows.map(([, value]) => value)];
    return spreadOf(a) > 5 && spreadOf(b) > 5 && Math.abs(correlation(a, b)) < 0.95;
  });

describe.for([0, 0.5, 20])("with a ridge of %d", (ridge) => {
  test("coefficients and standard errors are those of the formulas on all rows", () => {
    fc.assert(
      fc.property(drawn, (rows) => {
        const { coefficients, intercept, inference } = solved(rows, ridge);
        const { weights, errors, residual } = textbook(rows, ridge);
        expectClose([intercept, ...coefficients], weights);
        expectClose([inference.interceptError ?? NaN, ...inference.standardErrors.map(Number)], errors);
        expectClose([inference.residualError ?? NaN], [residual]);
        expect(inference.degreesOfFreedom).toBe(rows.length - 3);
      }),
    );
  });
});

test("a ridge draws the coefficients towards 0, the more the larger it is", () => {
  const rows = Array.from({ length: 30 }, (_, at) => [at % 7, at % 5, 3 * (at % 7) - (at % 5) + (at % 2)]);
  const lengthOf = (ridge: number): number => Math.hypot(...solved(rows, ridge).coefficients);
  const lengths = [0, 1, 10, 100, 1e4].map(lengthOf);
  expect(lengths).toEqual(lengths.toSorted((one, other) => other - one));
  expect(lengths.at(-1)).toBeLessThan(0.1);
});

test("of columns that say the same the first is kept; with a ridge they share", () => {
  const rows = Array.from({ length: 20 }, (_, at) => [at, 2 * at + 1, (at * 7) % 5, 4 * at + ((at * 7) % 5)]);
  const plain = solved(rows);
  expect([...plain.leftOut]).toEqual([[1, "collinear"]]);
  expect(plain.coefficients).toEqual([expect.closeTo(4, 9), 0, expect.closeTo(1, 9)]);
  expect(plain.inference.standardErrors[1]).toBeNull();
  expect(plain.inference.degreesOfFreedom).toBe(20 - 2 - 1);
  const shared = solved(rows, 1e-6);
  expect(shared.leftOut.size).toBe(0);
  expect((shared.coefficients[0] ?? 0) + 2 * (shared.coefficients[1] ?? 0)).toBeCloseTo(4, 4);
});

test("a column that is all but a combination of others is kept, and its error says so", () => {
  const rows = Array.from({ length: 50 }, (_, at) => [at, at + 1e-4 * ((at * 7) % 5), at + ((at * 3) % 7)]);
  const { leftOut, inference } = solved(rows);
  expect(leftOut.size).toBe(0);
  expect(inference.standardErrors[1]).toBeGreaterThan(100);
});

test("as many coefficients as rows leave nothing to judge the errors by", () => {
  const { coefficients, inference } = solved([
    [0, 1],
    [1, 3],
  ]);
  expect(coefficients).toEqual([expect.closeTo(2, 9)]);
  expect(inference).toEqual({ standardErrors: [null], interceptError: null, residualError: null, degreesOfFreedom: 0 });
});

test("without any column that varies, the intercept is the mean", () => {
  const { coefficients, intercept, inference } = solved([
    [5, 1],
    [5, 2],
    [5, 6],
  ]);
  expect([coefficients, intercept]).toEqual([[0], expect.closeTo(3, 9)]);
  expect(inference.interceptError).toBeCloseTo(Math.sqrt(7 / 3), 9);
});

test("what has no finite solution is said to have none", () => {
  const huge = [1, -1, 1].map((sign, at) => [sign * 1.7e308, at]);
  expect(() => solved(huge)).toThrow("no finite solution");
});

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  found.forEach((value, at) => {
    const wanted = expected[at] ?? Number.NaN;
    expect(Math.abs(value - wanted)).toBeLessThanOrEqual(1e-7 * Math.max(1e-3, Math.abs(wanted)));
  });
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const spreadOf = (values: readonly number[]): number =>
  Math.sqrt(meanOf(values.map((value) => (value - meanOf(values)) ** 2)));
const correlation = (a: readonly number[], b: readonly number[]): number =>
  meanOf(a.map((value, at) => (value - meanOf(a)) * ((b[at] ?? 0) - meanOf(b)))) / (spreadOf(a) * spreadOf(b));
