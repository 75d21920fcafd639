/** The small triangle that rows come down to: the same least-squares solution as that of all rows. */

import * as fc from "fast-check";
import { MultivariateLinearRegression } from "ml-regression";
import { mean, standardDeviation } from "simple-statistics";
import { describe, expect, test } from "vitest";
import { emptyTriangle, reducedOf, takeRows, type Triangle } from "../../src/model/triangular.ts";

type Rows = readonly (readonly number[])[];

// None so small that its square is 0: the lengths that are compared here are worked out from squares.
const number = fc.double({ min: -100, max: 100, noNaN: true }).map((value) => (Math.abs(value) < 1e-100 ? 0 : value));

/** Rows of a width from 1 to 6; some numbers are 0, and there may be fewer rows than columns. */
const tables = fc.integer({ min: 1, max: 6 }).chain((width) =>
  fc.array(
    fc.array(fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 4, arbitrary: number }), {
      minLength: width,
      maxLength: width,
    }),
    { minLength: 1, maxLength: 40 },
  ),
);

function triangleOf(rows: Rows): Triangle {
  const triangle = emptyTriangle(rows[0]?.length ?? 0);
  takeRows(triangle, Float64Array.from(rows.flat()));
  return triangle;
}

const rowsOf = ({ width, values }: Triangle): Rows =>
  Array.from({ length: width }, (_, at) => [...values.subarray(at * width, (at + 1) * width)]);

const column = (rows: Rows, at: number): number[] => rows.map((row) => row[at] ?? 0);
const product = (one: readonly number[], other: readonly number[]): number =>
  one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
const length = (values: readonly number[]): number => Math.sqrt(product(values, values));

test("a small case worked by hand: the rows 3 4 and 4 3 turn into 5 4.8 above 0 1.4", () => {
  // The first column is turned by the angle whose cosine is 3/5: (4 × 3 + 3 × 4) / 5 above (3 × 3 − 4 × 4) / 5.
  const [first, second] = rowsOf(
    triangleOf([
      [3, 4],
      [4, 3],
    ]),
  );
  expect(first).toEqual([5, expect.closeTo(4.8, 14)]);
  expect(second).toEqual([0, expect.closeTo(1.4, 14)]);
});

describe("for any rows", () => {
  test("the triangle is upper triangular, and never negative on its diagonal", () => {
    fc.assert(
      fc.property(tables, (rows) => {
        rowsOf(triangleOf(rows)).forEach((row, at) => {
          expect(row.slice(0, at).every((value) => value === 0)).toBe(true);
          expect(row[at]).toBeGreaterThanOrEqual(0);
        });
      }),
    );
  });

  test("each column keeps its length, and each two columns their product", () => {
    fc.assert(
      fc.property(tables, (rows) => {
        const reduced = rowsOf(triangleOf(rows));
        const columns = [...(rows[0]?.keys() ?? [])];
        for (const one of columns) {
          for (const other of columns) {
            const [whole, small] = [rows, reduced].map((of) => product(column(of, one), column(of, other)));
            const scale = length(column(rows, one)) * length(column(rows, other));
            expect(Math.abs((whole ?? 0) - (small ?? 0))).toBeLessThanOrEqual(1e-12 * scale);
          }
        }
      }),
    );
  });

  test("how they come in batches changes no bit", () => {
    fc.assert(
      fc.property(tables, fc.array(fc.nat(40)), (rows, cuts) => {
        const triangle = emptyTriangle(rows[0]?.length ?? 0);
        const bounds = [0, ...cuts.filter((cut) => cut < rows.length).toSorted((a, b) => a - b), rows.length];
        bounds.slice(1).forEach((end, at) => takeRows(triangle, Float64Array.from(rows.slice(bounds[at], end).flat())));
        expect(triangle).toEqual(triangleOf(rows));
      }),
    );
  });

  test("the order in which they come changes no more than rounding does", () => {
    // Columns that do not say the same: else the diagonal is rounding alone, and what is beside it anything.
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number), { maxLength: 30 }), fc.integer(), (rows, seed) => {
        const whole = [[1, 0, 0], [0, 100, 0], [0, 0, 100], ...rows.map((row) => [1, ...row])];
        const shuffled = whole.toSorted((a, b) => shuffle(a, seed) - shuffle(b, seed));
        const [one, other] = [triangleOf(whole).values, triangleOf(shuffled).values];
        one.forEach((value, at) => expect(Math.abs(value - (other[at] ?? 0))).toBeLessThanOrEqual(1e-10));
      }),
    );
  });

  test("their numbers may be of any size whose square would be too large or too small", () => {
    fc.assert(
      fc.property(tables, fc.constantFrom(2 ** 600, 2 ** -600), (rows, unit) => {
        const scaled = triangleOf(rows.map((row) => row.map((value) => Math.round(value) * unit)));
        const plain = triangleOf(rows.map((row) => row.map(Math.round)));
        expect(scaled.values.map((value) => value / unit)).toEqual(plain.values);
      }),
    );
  });
});

/** Rows [1 x y] of up to four columns x, with noise that keeps the columns apart. */
const examples = fc
  .integer({ min: 1, max: 4 })
  .chain((count) =>
    fc.array(fc.array(number, { minLength: count + 1, maxLength: count + 1 }), {
      minLength: 4 * (count + 1),
      maxLength: 60,
    }),
  )
  .map((rows) =>
    rows.map((row, at) => [1, ...row.map((value, column) => value + 50 * Math.sin((at + 1) * (column + 2)))]),
  );

describe("for rows [1 x y]", () => {
  test("what is left of them has the solution that they have", () => {
    fc.assert(
      fc.property(examples, (rows) => {
        const expected = solution(
          rows.map((row) => row.slice(1, -1)),
          rows.map((row) => row.at(-1) ?? 0),
          true,
        );
        const { means, x, y } = reducedOf(triangleOf(rows));
        const coefficients = solution(x, y, false);
        const found = [...coefficients, means.y - product(coefficients, means.x)];
        found.forEach((value, at) => expectClose(value, expected[at] ?? 0));
        expect(x.length).toBe(rows[0]?.length && rows[0].length - 1);
      }),
    );
  });

  test("means and deviations are those of the columns", () => {
    fc.assert(
      fc.property(examples, (rows) => {
        const { means, deviations } = reducedOf(triangleOf(rows));
        [...means.x, means.y].forEach((value, at) => expectClose(value, mean(column(rows, at + 1))));
        deviations.forEach((value, at) => expectClose(value, standardDeviation(column(rows, at + 1))));
      }),
    );
  });

  test("a constant column has a deviation that is rounding beside its mean, also after many rows", () => {
    const { means, deviations } = reducedOf(triangleOf(Array.from({ length: 200_000 }, (_, at) => [1, 2_026.1, at])));
    expect(means.x[0]).toBeCloseTo(2_026.1, 8);
    expect((deviations[0] ?? 1) / 2_026.1).toBeLessThan(1e-12);
  });
});

function solution(x: Rows, y: readonly number[], intercept: boolean): readonly number[] {
  const targets = y.map((value) => [value]);
  const { weights } = new MultivariateLinearRegression(x, targets, { intercept, statistics: false });
  return weights.map(([weight]) => weight ?? Number.NaN);
}

const expectClose = (found: number, expected: number): void =>
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));

/** A number of a row that has nothing to do with its place. */
const shuffle = (row: readonly number[], seed: number): number => Math.sin(seed + product(row, [1, 17, 31]));
