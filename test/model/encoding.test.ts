/** How rows become numbers: the same everywhere, by what was learnt. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodedNames, encodeRow, type Feature } from "../../src/model/encoding.ts";

const island: Feature = {
  name: "island",
  type: "category",
  categories: ["Biscoe", "Dream"],
  imputation: "mode",
  fill: "Dream",
};
const mass: Feature = { name: "mass", type: "number", range: [1, 6], imputation: "mean", fill: 3 };
const features = [island, mass];

test("what is missing is what stands in for it", () => {
  expect(encodeRow(features, [null, null])).toEqual(encodeRow(features, ["Dream", 3]));
});

test("the first category is the base: it has no number of its own", () => {
  expect(encodedNames(features)).toEqual(["island=Dream", "mass"]);
  expect(encodeRow(features, ["Biscoe", 5])).toEqual([0, 5]);
  expect(encodeRow(features, ["Dream", 5])).toEqual([1, 5]);
});

describe("it is refused by name:", () => {
  test.for([
    [
      "a category that training never saw",
      ["Torgersen", 5],
      "island is 'Torgersen', which training never saw; it knows Biscoe, Dream",
    ],
    ["a text in the place of a number", ["Dream", "5"], "mass is '5', which is no number"],
    ["what is not a number", ["Dream", Number.NaN], "mass is 'NaN', which is no number"],
    ["what is not finite", ["Dream", Number.POSITIVE_INFINITY], "mass is 'Infinity', which is no number"],
  ] as const)("%s", ([, row, problem]) => {
    expect(() => encodeRow(features, row)).toThrow(problem);
  });

  test("a missing value that nothing stands in for", () => {
    const strict = features.map((feature) => ({ ...feature, fill: null, imputation: "none" as const }));
    expect(() => encodeRow(strict, ["Dream", null])).toThrow("mass is missing, and nothing stands in for it");
    expect(() => encodeRow(strict, [null, 1])).toThrow("island is missing");
  });
});

describe("for any features", () => {
  const categories = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 5 });
  const category = categories.map((all): Feature => ({ ...island, categories: all.toSorted(), fill: all[0] ?? null }));
  const drawn = fc.array(fc.oneof(category, fc.constant(mass)), { maxLength: 5 });
  const cellOf = (feature: Feature, at: number): string | number =>
    feature.type === "category" ? (feature.categories[at % feature.categories.length] ?? "") : at;

  test("a row becomes as many finite numbers as there are names, and different rows different ones", () => {
    fc.assert(
      fc.property(drawn, fc.nat(1000), fc.nat(1000), (some, one, other) => {
        const [first, second] = [one, other].map((at) => some.map((feature) => cellOf(feature, at)));
        const [a, b] = [encodeRow(some, first ?? []), encodeRow(some, second ?? [])];
        expect(a.length).toBe(encodedNames(some).length);
        expect(a.every(Number.isFinite)).toBe(true);
        expect(JSON.stringify(a) === JSON.stringify(b)).toBe(JSON.stringify(first) === JSON.stringify(second));
      }),
    );
  });
});
