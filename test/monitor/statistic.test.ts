/** The index, its critical value and Kolmogorov's distance, beside values that SciPy 1.10.1 gave. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  chiSquareCritical,
  kolmogorov,
  psi,
  psiCritical,
  psiExpected,
  severityOf,
} from "../../src/monitor/statistic.ts";

const bins = fc.integer({ min: 1, max: 12 });
const counts = fc.oneof(fc.nat(9), fc.nat(10_000));
const both = bins.chain((length) =>
  fc.record({
    current: fc.array(counts, { minLength: length, maxLength: length }),
    reference: fc.array(counts, { minLength: length, maxLength: length }),
  }),
);
const levels = fc.constantFrom(0.05, 0.01, 0.001, 0.000_01);
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

const of = { current: [30, 10, 5, 55], reference: [200, 200, 300, 300] };

describe("the index of stability", () => {
  test("is what numpy makes of the formula", () => {
    // q = (current + .5) / (current.sum() + 2); p alike; ((q - p) * numpy.log(q / p)).sum()
    expect(psi(of)).toBeCloseTo(0.671_876_322_434_587_3, 14);
  });

  test("is expected to be (1/N + 1/M)(B − 1), and seldom above (1/N + 1/M) χ²", () => {
    expect(psiExpected(of)).toBeCloseTo(0.033, 15);
    // (1/100 + 1/1000) * scipy.stats.chi2.isf(.01, 3)
    expect(psiCritical(of, 0.01)).toBeCloseTo(0.124_793_534_031_588, 10);
  });

  test("is at least 0, whichever side is called current", () => {
    fc.assert(
      fc.property(both, ({ current, reference }) => {
        const index = psi({ current, reference });
        expect(index).toBeGreaterThanOrEqual(0);
        expect(psi({ current: reference, reference: current })).toBeCloseTo(index, 10);
      }),
    );
  });

  test("and its critical value know no order of the bins, and no bin that is empty on both sides", () => {
    fc.assert(
      fc.property(both, levels, ({ current, reference }, level) => {
        const turned = { current: [...current, 0].toReversed(), reference: [...reference, 0].toReversed() };
        expect(psi(turned)).toBeCloseTo(psi({ current, reference }), 10);
        expect(psiCritical(turned, level)).toBeCloseTo(psiCritical({ current, reference }, level), 10);
      }),
    );
  });

  test("is 0 for the same counts, and next to 0 for proportional ones", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 100, max: 10_000 }), { minLength: 1, maxLength: 9 }), (reference) => {
        expect(psi({ current: reference, reference })).toBe(0);
        const current = reference.map((count) => 7 * count);
        // Half a row more in each bin moves its share by less than half a row's.
        expect(psi({ current, reference })).toBeLessThan(reference.length * 0.5 ** 2 * 0.01);
        expect(psi({ current, reference })).toBeLessThan(psiExpected({ current, reference }) + 1e-12);
      }),
    );
  });

  test("grows where rows leave the bin they are rare in for one they are frequent in", () => {
    const shifted = (rows: number) => psi({ current: [100 - rows, 100 + rows], reference: [100, 100] });
    expect([0, 10, 20, 50, 100].map(shifted)).toEqual(
      [0, 10, 20, 50, 100].map(shifted).toSorted((one, other) => one - other),
    );
  });

  test("is never above its critical value where a side is empty or all is in one bin", () => {
    for (const empty of [
      { current: [], reference: [] },
      { current: [0, 0], reference: [5, 5] },
      { current: [5, 5], reference: [0, 0] },
      { current: [1000], reference: [3] },
      { current: [1000, 0], reference: [3, 0] },
    ])
      expect([psi(empty), psiExpected(empty), psiCritical(empty, 0.01)]).toEqual([0, 0, 0]);
  });

  test("is finite for counts of a billion in two bins and in three", () => {
    for (const current of [
      [1e9, 2e9],
      [1e9, 2e9, 1e9],
    ]) {
      const huge = { current, reference: current.map((count) => count + 1e5) };
      expect(psi(huge)).toBeGreaterThan(0);
      expect(psiCritical(huge, 0.01) / psiExpected(huge)).toBeCloseTo(
        chiSquareCritical(current.length - 1, 0.01) / (current.length - 1),
        1,
      );
    }
  });

  test("of two bins is exceeded as seldom as the level says, and by no less than it could be", () => {
    // scipy.stats.hypergeom(30, 17, 15).pmf: 2 × .001255 that one bin has 4 or fewer, or 13 or more; 2 × .012664 that 5, 12.
    const index = (first: number) => psi({ current: [first, 15 - first], reference: [17 - first, first - 2] });
    const critical = (level: number) => psiCritical({ current: [12, 3], reference: [5, 10] }, level);
    expect(critical(0.0254)).toBeCloseTo(index(11), 12);
    expect(critical(0.0253)).toBeCloseTo(index(12), 12);
    expect(critical(0.0025)).toBeCloseTo(index(13), 12);
  });
});

test("quantiles of χ² are those of SciPy", () => {
  // scipy.stats.chi2.isf(level, degrees)
  expect(chiSquareCritical(1, 0.05)).toBeCloseTo(3.841_458_820_694_128, 9);
  expect(chiSquareCritical(1, 0.000_01)).toBeCloseTo(19.511_420_964_657_57, 6);
  expect(chiSquareCritical(9, 0.01)).toBeCloseTo(21.665_994_333_461_928, 8);
  expect(chiSquareCritical(9, 0.000_625)).toBeCloseTo(29.093_178_482_605_538, 8);
  expect(chiSquareCritical(49, 0.001)).toBeCloseTo(85.350_564_608_593, 7);
  expect(chiSquareCritical(1000, 0.001)).toBeCloseTo(1143.917_092_619_679, 5);
  expect(chiSquareCritical(0, 0.01)).toBe(0);
});

describe("Kolmogorov's distance", () => {
  test("is the greatest at an edge, and says how much greater it may be between edges", () => {
    const { distance, resolution } = kolmogorov({ current: [1, 1, 2], reference: [2, 2, 0] });
    expect(distance).toBe(0.5);
    // Below the second edge half of the current rows lie, and all of the reference's may lie before the first of those.
    expect(resolution).toBe(0.25);
  });

  test("is between 0 and 1, and the same whichever side is called current", () => {
    fc.assert(
      fc.property(both, ({ current, reference }) => {
        const { distance, resolution } = kolmogorov({ current, reference });
        expect(distance).toBeGreaterThanOrEqual(0);
        expect(distance + resolution).toBeLessThanOrEqual(1);
        expect(kolmogorov({ current: reference, reference: current })).toEqual({ distance, resolution });
      }),
    );
  });

  test("of the rows themselves lies within what the bins tell", () => {
    const values = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, values, fc.uniqueArray(fc.integer({ min: 0, max: 40 })), (one, other, edges) => {
        const ends = [...edges.toSorted((first, second) => first - second), Infinity];
        const countsOf = (rows: readonly number[]): number[] =>
          ends.map((end, at) => rows.filter((row) => row <= end && row > (ends[at - 1] ?? -Infinity)).length);
        const share = (rows: readonly number[], at: number) => rows.filter((row) => row <= at).length / rows.length;
        const exact = Math.max(...Array.from({ length: 41 }, (_, at) => Math.abs(share(one, at) - share(other, at))));
        const { distance, resolution } = kolmogorov({ current: countsOf(one), reference: countsOf(other) });
        expect(exact).toBeGreaterThanOrEqual(distance - 1e-12);
        expect(exact).toBeLessThanOrEqual(distance + resolution + 1e-12);
      }),
    );
  });

  test("never falls where a bin is parted, and what it leaves open never grows", () => {
    fc.assert(
      fc.property(both, fc.nat(), ({ current, reference }, drawn) => {
        const at = drawn % current.length;
        const joined = (values: readonly number[]) => [
          ...values.slice(0, at),
          sum(values.slice(at, at + 2)),
          ...values.slice(at + 2),
        ];
        const fine = kolmogorov({ current, reference });
        const coarse = kolmogorov({ current: joined(current), reference: joined(reference) });
        expect(coarse.distance).toBeLessThanOrEqual(fine.distance);
        expect(coarse.distance + coarse.resolution).toBeGreaterThanOrEqual(fine.distance + fine.resolution - 1e-12);
      }),
    );
  });

  test("is 0 where a side is empty, and says nothing where there is one bin", () => {
    expect(kolmogorov({ current: [0], reference: [4] })).toEqual({ distance: 0, resolution: 0 });
    expect(kolmogorov({ current: [3], reference: [4] })).toEqual({ distance: 0, resolution: 1 });
  });
});

test("0.1 and 0.25 grade what was found", () => {
  expect([0, 0.0999, 0.1, 0.2499, 0.25, 9].map(severityOf)).toEqual([
    "slight",
    "slight",
    "moderate",
    "moderate",
    "strong",
    "strong",
  ]);
});
