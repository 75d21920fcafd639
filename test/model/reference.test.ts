/** The bins that training freezes, beside a naive count of sorted rows. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RankSearch } from "../../src/model/quantile.ts";
import {
  binOf,
  categoryReference,
  edgeRanks,
  numberReference,
  type CategoryReference,
  type NumberReference,
} from "../../src/model/reference.ts";
import type { Cell } from "../../src/model/schema.ts";
import { summingOf, type CategorySummary, type NumberSummary } from "../../src/model/summary.ts";

function referenceOf(cells: readonly (number | null)[]): NumberReference {
  const summing = summingOf({ name: "", type: "number" });
  for (const cell of cells) summing.add(cell);
  const summary = summing.summary as NumberSummary;
  const search = new RankSearch(edgeRanks(summary.known));
  for (; !search.isDone; search.next()) for (const cell of cells) if (cell !== null) search.add(cell);
  return numberReference(summary, search.found);
}

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const near = fc.integer({ min: -3, max: 3 }).map((value) => value / 2);
/** At least one number, in any company. */
const cells = fc
  .oneof(fc.tuple(finite, fc.array(fc.option(finite))), fc.tuple(near, fc.array(fc.option(near))))
  .map(([first, others]) => [...others, first + 0]);

describe("of numbers", () => {
  test("an edge is the least number that a tenth, two tenths … of them are at most", () => {
    fc.assert(
      fc.property(cells, (drawn) => {
        const known = drawn.filter((cell) => cell !== null);
        const isEdge = (value: number, tenths: number): boolean =>
          10 * known.filter((each) => each <= value).length >= tenths * known.length;
        const sorted = known.map((value) => value + 0).toSorted((one, other) => one - other);
        const naive = Array.from({ length: 9 }, (_, at) => sorted.find((value) => isEdge(value, at + 1)));
        expect(referenceOf(drawn).edges).toEqual([...new Set(naive)]);
      }),
    );
  });

  test("each bin counts what is greater than the edge before it and at most the one after it", () => {
    fc.assert(
      fc.property(cells, (drawn) => {
        const { edges, counts, rows, missing, least, greatest } = referenceOf(drawn);
        const known = drawn.filter((cell) => cell !== null);
        const [from, to] = [
          [-Infinity, ...edges],
          [...edges, Infinity],
        ];
        expect(counts).toEqual(
          to.map((end, at) => known.filter((value) => value > (from[at] ?? Number.NaN) && value <= end).length),
        );
        expect([rows, missing]).toEqual([drawn.length, drawn.length - known.length]);
        expect([least, greatest]).toEqual([Math.min(...known), Math.max(...known)]);
      }),
    );
  });

  test("the training rows, put into their bins again, give the same counts", () => {
    fc.assert(
      fc.property(cells, (drawn) => {
        const reference = referenceOf(drawn);
        const bins = drawn.map((cell) => binOf(reference, cell));
        expect(reference.counts.map((_, bin) => bins.filter((each) => each === bin).length)).toEqual(reference.counts);
        expect(bins.filter((bin) => bin === "missing").length).toBe(reference.missing);
      }),
    );
  });

  test("a hundred different ones are ten in each bin", () => {
    const reference = referenceOf(Array.from({ length: 100 }, (_, at) => 100 - at));
    expect(reference.edges).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect(reference.counts).toEqual(Array.from({ length: 10 }, () => 10));
    expect(reference.mean).toBe(50.5);
  });

  test("a number that is several deciles is one edge, and all that is greater has a bin though nothing was", () => {
    const zeros = Array.from({ length: 95 }, () => 0);
    expect(referenceOf([...zeros, 1, 2, 3, 4, 5])).toMatchObject({ edges: [0], counts: [95, 5] });
    expect(referenceOf([7, 7, 7])).toMatchObject({ edges: [7], counts: [3, 0] });
    expect(referenceOf([7, null])).toMatchObject({ edges: [7], counts: [1, 0], rows: 2, missing: 1 });
  });

  test("a value on an edge belongs below it, and what is beyond all edges to the outer bins", () => {
    const reference = referenceOf(Array.from({ length: 10 }, (_, at) => at + 1));
    expect(reference.edges).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const binsOf = (...values: readonly Cell[]) => values.map((value) => binOf(reference, value));
    expect(binsOf(1, 1.5, 2, 9, 9.5)).toEqual([0, 1, 1, 8, 9]);
    expect(binsOf(-1e9, -Infinity, 1e9, Infinity)).toEqual([0, 0, 9, 9]);
    expect(binsOf(null, Number.NaN, "9")).toEqual(["missing", "unknown", "unknown"]);
  });

  test("without one there is no reference", () => {
    expect(() => referenceOf([null])).toThrow("no number is known");
  });
});

describe("of categories", () => {
  const referenceOfTexts = (drawn: readonly (string | null)[], categories: readonly string[]): CategoryReference => {
    const summing = summingOf({ name: "", type: "category" });
    for (const cell of drawn) summing.add(cell);
    return categoryReference(summing.summary as CategorySummary, categories);
  };

  test("each is a bin, one that no training row has too", () => {
    const reference = referenceOfTexts(["b", null, "b", "a"], ["a", "b", "c"]);
    expect(reference).toEqual({
      type: "category",
      rows: 4,
      missing: 1,
      categories: ["a", "b", "c"],
      counts: [1, 2, 0],
    });
    expect(["a", "c", null, "d"].map((cell) => binOf(reference, cell))).toEqual([0, 2, "missing", "unknown"]);
  });

  test("names that every object has are names like others", () => {
    const names = ["__proto__", "constructor", "toString"];
    expect(referenceOfTexts(["__proto__", "constructor"], names).counts).toEqual([1, 1, 0]);
  });
});
