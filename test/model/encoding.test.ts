/** How rows become numbers: fitted once, applied the same everywhere. */

import * as fc from "fast-check";
import { mean } from "simple-statistics";
import { describe, expect, test } from "vitest";
import { encodedNames, encodeRow, FeatureFit, fitFeatures } from "../../src/model/encoding.ts";
import type { Column, Row } from "../../src/model/schema.ts";

const columns: readonly Column[] = [
  { name: "island", type: "category", nulls: "keep" },
  { name: "mass", type: "number", nulls: "keep" },
];
const rows: readonly Row[] = [
  ["Dream", 1],
  ["Biscoe", 2],
  [null, null],
  ["Dream", 6],
];
const features = fitFeatures(columns, rows);

test("a number is filled in with the mean of training, a category with the most frequent one", () => {
  expect(features).toEqual([
    { name: "island", type: "category", categories: ["Biscoe", "Dream"], fill: "Dream" },
    { name: "mass", type: "number", fill: 3 },
  ]);
  expect(encodeRow(features, [null, null])).toEqual(encodeRow(features, ["Dream", 3]));
});

test("the first category is the base: it has no number of its own", () => {
  expect(encodedNames(features)).toEqual(["island=Dream", "mass"]);
  expect(encodeRow(features, ["Biscoe", 5])).toEqual([0, 5]);
  expect(encodeRow(features, ["Dream", 5])).toEqual([1, 5]);
});

test("a category that training never saw is refused by name", () => {
  expect(() => encodeRow(features, ["Torgersen", 5])).toThrow(
    "island is 'Torgersen', which training never saw; it knows Biscoe, Dream",
  );
});

test("a column of equal numbers has that number as its mean, to the bit", () => {
  const equal = fc.tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 1, max: 50 }));
  fc.assert(
    fc.property(equal, ([mass, count]) => {
      const [, feature] = fitFeatures(
        columns,
        Array.from({ length: count }, () => ["Dream", mass]),
      );
      expect(feature?.fill).toBe(mass + 0);
    }),
  );
});

test("a text in the place of a number is refused by name", () => {
  expect(() => encodeRow(features, ["Dream", "5"])).toThrow("mass is '5', which is no number");
});

test.for([Number.NaN, Number.POSITIVE_INFINITY])("%d, which no prediction could be made of, is refused", (mass) => {
  expect(() => encodeRow(features, ["Dream", mass])).toThrow(`mass is '${mass}', which is no number`);
});

test("a column without any value in training is refused by name", () => {
  expect(() => fitFeatures(columns, [["Dream", null]])).toThrow("the column 'mass' has no value in any training row");
});

describe("for any training rows", () => {
  const island = fc.option(fc.constantFrom("Biscoe", "Dream", "Torgersen", "ärger", "a=b"));
  const mass = fc.option(fc.integer({ min: -1_000, max: 1_000 }));
  const table = fc.array(fc.tuple(island, mass), { minLength: 1 }).filter(isFittable);

  test("each row becomes as many finite numbers as there are names", () => {
    fc.assert(
      fc.property(table, (training) => {
        const fitted = fitFeatures(columns, training);
        for (const row of training) {
          const numbers = encodeRow(fitted, row);
          expect(numbers.length).toBe(encodedNames(fitted).length);
          expect(numbers.every(Number.isFinite)).toBe(true);
        }
      }),
    );
  });

  test("different rows that miss nothing become different numbers", () => {
    fc.assert(
      fc.property(table, (training) => {
        const fitted = fitFeatures(columns, training);
        const whole = training.filter((row) => !row.includes(null)).map((row) => JSON.stringify(row));
        const encoded = [...new Set(whole)].map((row) => JSON.stringify(encodeRow(fitted, JSON.parse(row) as Row)));
        expect(new Set(encoded).size).toBe(encoded.length);
      }),
    );
  });

  test("the order of the rows decides nothing, but for the rounding of a mean", () => {
    fc.assert(
      fc.property(table, (training) => {
        const [island, mass] = fitFeatures(columns, training);
        const [turnedIsland, turnedMass] = fitFeatures(columns, training.toReversed());
        expect(turnedIsland).toEqual(island);
        expect(turnedMass).toEqual({ ...mass, fill: expect.closeTo(mass?.fill as number, 9) });
      }),
    );
  });

  test("rows that come one at a time are fitted as their table is: means, and the first of the most frequent", () => {
    fc.assert(
      fc.property(table, (training) => {
        const fit = new FeatureFit(columns);
        for (const row of training) fit.add(row);
        const [islands, masses] = [knownIn(training, 0), knownIn(training, 1)] as [string[], number[]];
        const categories = [...new Set(islands)].toSorted();
        const countOf = (category: string): number => islands.filter((known) => known === category).length;
        const [mostFrequent] = categories.toSorted((a, b) => countOf(b) - countOf(a));
        expect(fit.features).toEqual([
          { name: "island", type: "category", categories, fill: mostFrequent },
          { name: "mass", type: "number", fill: expect.closeTo(mean(masses), 9) },
        ]);
      }),
    );
  });

  test("fitting leaves the rows as they were", () => {
    fc.assert(
      fc.property(table, (training) => {
        const before = JSON.stringify(training);
        fitFeatures(columns, training);
        expect(JSON.stringify(training)).toBe(before);
      }),
    );
  });
});

const knownIn = (training: readonly Row[], at: number): readonly unknown[] =>
  training.map((row) => row[at]).filter((cell) => cell !== null);

function isFittable(training: readonly Row[]): boolean {
  return columns.every((_, at) => training.some((row) => row[at] !== null));
}
