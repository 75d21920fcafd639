/** What training learns of a column. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { featureOf, needsMedian } from "../../src/model/feature.ts";
import type { Cell, FeatureColumn } from "../../src/model/schema.ts";
import { summingOf } from "../../src/model/summary.ts";

const mass: FeatureColumn = { name: "mass", type: "number" };
const island: FeatureColumn = { name: "island", type: "category" };

const learn = (
  column: FeatureColumn,
  cells: readonly Cell[],
  more: { median?: number; seen?: readonly string[] } = {},
) => {
  const summing = summingOf(column);
  for (const cell of cells) summing.add(cell);
  const categories = more.seen ?? [...new Set(cells.filter((cell) => typeof cell === "string"))];
  return featureOf(column, { summary: summing.summary, median: more.median, categories });
};

describe("a number is filled in", () => {
  test.for([
    ["by its mean, if nothing is said", {}, 3, "mean"],
    ["by its mean", { nulls: "mean" }, 3, "mean"],
    ["by its median", { nulls: "median" }, 2, "median"],
    ["by a constant", { nulls: { constant: 0 } }, 0, "constant"],
    ["by nothing, where a row without it is of no use", { nulls: "drop" }, null, "none"],
    ["by nothing, where it is never missing", { nullable: false }, null, "none"],
  ] as const)("%s", ([, policy, fill, imputation]) => {
    const column: FeatureColumn = { ...mass, ...policy };
    const median = needsMedian(column) ? { median: 2 } : {};
    expect(learn(column, [1, 2, null, 6], median)).toEqual({
      name: "mass",
      type: "number",
      range: [1, 6],
      fill,
      imputation,
    });
  });
});

describe("a category is filled in", () => {
  test.for([
    ["by the most frequent one, if nothing is said", {}, "Dream", "mode"],
    ["by the most frequent one", { nulls: "mode" }, "Dream", "mode"],
    ["by a constant", { nulls: { constant: "Biscoe" } }, "Biscoe", "constant"],
    ["by nothing, where a row without it is of no use", { nulls: "drop" }, null, "none"],
    ["by nothing, where it is never missing", { nullable: false }, null, "none"],
  ] as const)("%s", ([, policy, fill, imputation]) => {
    const categories = ["Biscoe", "Dream"];
    expect(learn({ ...island, ...policy }, ["Dream", "Biscoe", null, "Dream"])).toEqual({
      name: "island",
      type: "category",
      categories,
      fill,
      imputation,
    });
  });
});

test("the first of the most frequent is taken, in whatever order they come", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "b", "ä", "c=d"), { minLength: 1 }), (cells) => {
      const countOf = (text: string): number => cells.filter((cell) => cell === text).length;
      const categories = [...new Set(cells)].toSorted();
      const [fill] = categories.toSorted((one, other) => countOf(other) - countOf(one));
      expect(learn(island, cells)).toMatchObject({ categories, fill });
      expect(learn(island, cells.toReversed())).toEqual(learn(island, cells));
    }),
  );
});

test("categories are those declared, else all that the table has, and what is filled in", () => {
  const declared: FeatureColumn = { ...island, categories: ["z", "a"] };
  expect(learn(declared, ["a"])).toMatchObject({ categories: ["a", "z"] });
  expect(learn(island, ["b"], { seen: ["b", "a"] })).toMatchObject({ categories: ["a", "b"], fill: "b" });
  expect(learn({ ...island, nulls: { constant: "other" } }, ["b"])).toMatchObject({ categories: ["b", "other"] });
});

test("a column of equal numbers has that number as its mean, to the bit", () => {
  const equal = fc.tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 1, max: 50 }));
  fc.assert(
    fc.property(equal, ([value, count]) => {
      expect(
        learn(
          mass,
          Array.from({ length: count }, () => value),
        ).fill,
      ).toBe(value + 0);
    }),
  );
});

test("a column without any value in training is refused by name", () => {
  expect(() => learn(mass, [null])).toThrow("the column 'mass' has no value in any training row");
  expect(() => learn(island, [])).toThrow("the column 'island' has no value in any training row");
});

test("a column of too many categories is refused by name", () => {
  const many = Array.from({ length: 1001 }, (_, at) => `c${at}`);
  expect(() => learn(island, many)).toThrow("the column 'island' has more than 1000 categories: is it a text?");
  expect(learn(island, many.slice(1))).toMatchObject({ imputation: "mode" });
});
