/** Pearson's test of categories, and the exact test of a share, beside values that SciPy 1.10.1 gave. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { homogeneity } from "../../src/monitor/homogeneity.ts";
import { sharesDiffer } from "../../src/monitor/share.ts";
import { chiSquareCritical } from "../../src/monitor/statistic.ts";

const isFound = (current: readonly number[], reference: readonly number[], level: number): boolean => {
  const { statistic, critical } = homogeneity({ current, reference }, level);
  return statistic > critical;
};

describe("homogeneity", () => {
  test("of cells that are not thin is Pearson's statistic, with a cell fewer degrees of freedom", () => {
    const { statistic, critical, degreesOfFreedom } = homogeneity(
      { current: [30, 10, 15, 55], reference: [200, 200, 300, 300] },
      0.01,
    );
    // scipy.stats.chi2_contingency([current, reference], correction=False); chi2.isf(.01, 3)
    expect(statistic).toBeCloseTo(30.508426050373387, 10);
    expect(critical).toBeCloseTo(11.344_866_730_144_368, 8);
    expect(degreesOfFreedom).toBe(3);
  });

  test("of two cells is exact", () => {
    // chi2_contingency([[12, 3], [5, 10]], correction=False); with 13, that of hypergeom(30, 17, 15): 6.651584, 10.995475
    const at = (level: number) => homogeneity({ current: [12, 3], reference: [5, 10] }, level);
    expect(at(0.01).statistic).toBeCloseTo(6.651_584, 6);
    expect(at(0.0254).critical).toBeCloseTo(3.393_665, 6);
    expect(at(0.0253).critical).toBeCloseTo(6.651_584, 6);
    expect(at(0.0025).critical).toBeCloseTo(10.995_475, 6);
    expect(at(0.01).degreesOfFreedom).toBe(1);
  });

  test("pools the cells that are thin", () => {
    const { degreesOfFreedom } = homogeneity(
      { current: [500, 400, 3, 2, 1, 4], reference: [500, 400, 2, 3, 4, 1] },
      0.01,
    );
    expect(degreesOfFreedom).toBe(2);
  });

  test("tells many thin cells apart, though none of them is large enough alone", () => {
    const reference = Array.from({ length: 20 }, () => 5);
    const current = reference.map((count, at) => (at < 10 ? 2 * count : 0));
    expect(isFound(reference, reference, 0.05)).toBe(false);
    expect(isFound(current, reference, 0.001)).toBe(true);
  });

  test("finds a category that training never saw, by five of 200 rows where training has many", () => {
    expect(isFound([100, 95, 5], [25_000, 25_000, 0], 0.0005)).toBe(true);
    expect(isFound([100, 99, 1], [25_000, 25_000, 0], 0.0005)).toBe(false);
    expect(isFound([100, 99, 1], [250, 250, 0], 0.0005)).toBe(false);
  });

  test("says the same whichever side is called current, and whatever cells are empty on both sides", () => {
    const cells = fc.array(fc.tuple(fc.nat(60), fc.nat(60)), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(cells, fc.constantFrom(0.05, 0.001), (drawn, level) => {
        const of = (each: readonly (readonly [number, number])[]) =>
          homogeneity({ current: each.map(([one]) => one), reference: each.map(([, other]) => other) }, level);
        const turned = drawn.map(([one, other]) => [other, one] as const);
        const [one, other] = [of(drawn), of([[0, 0], ...turned, [0, 0]])];
        expect(other.statistic).toBeCloseTo(one.statistic, 8);
        expect(other.critical).toBeCloseTo(one.critical, 8);
        expect(one.statistic).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test("has nothing to say where a side is empty or all rows are in one cell", () => {
    const nothing = { statistic: 0, critical: 0, degreesOfFreedom: 0 };
    expect(homogeneity({ current: [], reference: [] }, 0.01)).toEqual(nothing);
    expect(homogeneity({ current: [0, 0], reference: [3, 9] }, 0.01)).toEqual(nothing);
    expect(homogeneity({ current: [3, 9], reference: [0, 0] }, 0.01)).toEqual(nothing);
    expect(homogeneity({ current: [900], reference: [8] }, 0.01)).toEqual(nothing);
  });

  test("never alarms where all cells together are too few to tell", () => {
    expect(isFound([1, 0, 0], [0, 1, 1], 0.01)).toBe(false);
    expect(isFound([2, 0], [0, 2], 0.01)).toBe(false);
  });

  test("comes to χ² for counts of a billion", () => {
    const { critical } = homogeneity({ current: [1e9, 2e9], reference: [3e9, 6e9] }, 0.001);
    expect(critical).toBeCloseTo(chiSquareCritical(1, 0.001), 1);
  });
});

describe("a share", () => {
  test("is another where Fisher's test says so, half of the level on either side", () => {
    // scipy.stats.hypergeom(1200, 44, 200).sf(13) is .008729 for 14 or more
    const differ = (level: number) => sharesDiffer({ current: [14, 200], reference: [30, 1000] }, level);
    expect(differ(2 * 0.008_73)).toBe(true);
    expect(differ(2 * 0.008_72)).toBe(false);
  });

  test("is another too where fewer rows have it", () => {
    expect(sharesDiffer({ current: [0, 1000], reference: [50, 1000] }, 0.001)).toBe(true);
    expect(sharesDiffer({ current: [0, 200], reference: [5, 250] }, 0.01)).toBe(false);
  });

  test("that training never had is found by five rows of 200 where training has many, and not by one", () => {
    // hypergeom(50200, 5, 200).sf(4) is 9.5e-13
    expect(sharesDiffer({ current: [5, 200], reference: [0, 50_000] }, 1e-10)).toBe(true);
    expect(sharesDiffer({ current: [1, 200], reference: [0, 50_000] }, 0.001)).toBe(false);
  });

  test("is the same where no row has it, or all, or there are none", () => {
    expect(sharesDiffer({ current: [0, 200], reference: [0, 1000] }, 0.05)).toBe(false);
    expect(sharesDiffer({ current: [200, 200], reference: [1000, 1000] }, 0.05)).toBe(false);
    expect(sharesDiffer({ current: [0, 0], reference: [10, 1000] }, 0.05)).toBe(false);
    expect(sharesDiffer({ current: [5, 10], reference: [0, 0] }, 0.05)).toBe(false);
  });

  test("is wrongly called another at most as often as the level says, exactly", () => {
    const small = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(small, small, fc.nat(80), fc.constantFrom(0.3, 0.05, 0.01), (drawn, rest, of, level) => {
        const having = Math.min(of, drawn + rest);
        let wrong = 0;
        for (let count = Math.max(0, having - rest); count <= Math.min(drawn, having); count++)
          if (sharesDiffer({ current: [count, drawn], reference: [having - count, rest] }, level))
            wrong += ways(having, count) * ways(drawn + rest - having, drawn - count);
        expect(wrong / ways(drawn + rest, drawn)).toBeLessThanOrEqual(level + 1e-12);
      }),
    );
  });

  test("of a billion rows is compared", () => {
    expect(sharesDiffer({ current: [500_000_000, 1e9], reference: [500_000_100, 1e9] }, 0.05)).toBe(false);
    expect(sharesDiffer({ current: [500_000_000, 1e9], reference: [500_200_000, 1e9] }, 0.000_001)).toBe(true);
  });
});

const ways = (all: number, chosen: number): number =>
  Array.from({ length: chosen }, (_, at) => (all - at) / (at + 1)).reduce((product, each) => product * each, 1);
