/** The number of any rank, found without sorting. */

import * as fc from "fast-check";
import { quantile } from "simple-statistics";
import { expect, test } from "vitest";
import { RankSearch, ranksOf, type Ranked } from "../../src/model/quantile.ts";

function ranked(numbers: readonly number[], ranks: readonly number[]): readonly Ranked[] {
  const search = new RankSearch(ranks);
  for (; !search.isDone; search.next()) for (const value of numbers) search.add(value);
  return search.found;
}

const found = (numbers: readonly number[], ranks: readonly number[]): readonly number[] =>
  ranked(numbers, ranks).map(({ value }) => value);

const byValue = (one: number, other: number): number => one - other;
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const near = fc.integer({ min: -3, max: 3 }).map((value) => value / 2);

test("each rank's number is the one that stands there when all are sorted", () => {
  const numbers = fc.oneof(fc.array(finite, { minLength: 1 }), fc.array(near, { minLength: 1 }));
  fc.assert(
    fc.property(numbers, fc.array(fc.nat(), { maxLength: 4 }), (drawn, places) => {
      const sorted = drawn.map((value) => value + 0).toSorted(byValue);
      const ranks = places.map((place) => place % sorted.length);
      expect(found(drawn, ranks)).toEqual(ranks.map((rank) => sorted[rank]));
    }),
  );
});

test("of numbers that occur thousands of times too, however near they are to each other", () => {
  const next = (value: number, step: number): number => value + step * Number.EPSILON * Math.abs(value);
  const groups = fc.array(fc.tuple(fc.oneof(finite, near), fc.integer({ min: 1, max: 5_000 }), fc.nat(2)), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(groups, fc.array(fc.nat(), { maxLength: 9 }), (drawn, places) => {
      const numbers = drawn.flatMap(([value, times, step]) => [
        ...Array.from({ length: times }, () => value + 0),
        ...Array.from({ length: 5_000 }, () => (Number.isFinite(next(value, step)) ? next(value, step) + 0 : 1)),
      ]);
      const sorted = numbers.toSorted(byValue);
      const ranks = places.map((place) => place % sorted.length);
      expect(ranked(numbers, ranks)).toEqual(
        ranks.map((rank) => ({ value: sorted[rank], atMost: sorted.lastIndexOf(sorted[rank] as number) + 1 })),
      );
    }),
    { numRuns: 30 },
  );
});

test("with each comes how many numbers are as small", () => {
  const numbers = fc.oneof(fc.array(finite, { minLength: 1 }), fc.array(near, { minLength: 1 }));
  fc.assert(
    fc.property(numbers, fc.array(fc.nat(), { maxLength: 12 }), (drawn, places) => {
      const ranks = places.map((place) => place % drawn.length);
      for (const { value, atMost } of ranked(drawn, ranks))
        expect(atMost).toBe(drawn.filter((each) => each <= value).length);
    }),
  );
});

test("a zero is not taken for one of the least negative numbers", () => {
  const many = (value: number): readonly number[] => Array.from({ length: 5_000 }, () => value);
  const numbers = [...many(-Number.MIN_VALUE), ...many(0), ...many(-0)];
  expect(ranked(numbers, [0, 4_999])).toEqual([
    { value: -Number.MIN_VALUE, atMost: 5_000 },
    { value: -Number.MIN_VALUE, atMost: 5_000 },
  ]);
  expect(ranked(numbers, [4_999, 5_000])).toEqual([
    { value: -Number.MIN_VALUE, atMost: 5_000 },
    { value: 0, atMost: 15_000 },
  ]);
});

test("numbers are taken as they are only where they are few: many take four readings, and no more room", () => {
  const readingsOf = (count: number): number => {
    const numbers = Array.from({ length: count }, (_, at) => 1 + at * Number.EPSILON);
    const search = new RankSearch([0, count - 1]);
    let readings = 0;
    for (; !search.isDone; readings++, search.next()) for (const value of numbers) search.add(value);
    return readings;
  };
  expect([readingsOf(4_096), readingsOf(4_097)]).toEqual([2, 4]);
});

test("a rank that no number has is a mistake", () => {
  expect(() => found([1, 2], [2])).toThrow("there is no number of the rank 2");
});

test("the ends of what a double holds are in order too", () => {
  const { MAX_VALUE, MIN_VALUE } = Number;
  const numbers = [MAX_VALUE, -0, MIN_VALUE, -MAX_VALUE, -MIN_VALUE, 1, -1];
  expect(found(numbers, [0, 1, 2, 3, 4, 5, 6])).toEqual([-MAX_VALUE, -1, -MIN_VALUE, 0, MIN_VALUE, 1, MAX_VALUE]);
});

test("the order of the numbers decides nothing", () => {
  fc.assert(
    fc.property(fc.array(finite, { minLength: 1 }), (numbers) => {
      const { ranks } = ranksOf(0.5, numbers.length);
      expect(found(numbers.toReversed(), ranks)).toEqual(found(numbers, ranks));
    }),
  );
});

test("a quantile lies between its ranks, and the median is the usual one", () => {
  fc.assert(
    fc.property(fc.array(near, { minLength: 1 }), (numbers) => {
      const { ranks, share } = ranksOf(0.5, numbers.length);
      const [below = 0, above = 0] = found(numbers, ranks);
      expect(below + share * (above - below)).toBe(quantile(numbers, 0.5));
    }),
  );
  expect(ranksOf(0, 5)).toEqual({ ranks: [0, 0], share: 0 });
  expect(ranksOf(1, 5)).toEqual({ ranks: [4, 4], share: 0 });
  expect(ranksOf(0.25, 4)).toEqual({ ranks: [0, 1], share: 0.75 });
});
