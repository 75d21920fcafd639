/** What a column holds, summed up one value at a time. */

import * as fc from "fast-check";
import { max, mean, min, standardDeviation } from "simple-statistics";
import { expect, test } from "vitest";
import type { Cell, Column } from "../../src/model/schema.ts";
import { summingOf, type ColumnSummary } from "../../src/model/summary.ts";

const sum = (type: Column["type"], cells: readonly Cell[]): ColumnSummary => {
  const summing = summingOf({ name: "a", type });
  for (const cell of cells) summing.add(cell);
  return summing.summary;
};

test("numbers are summed up as all of them at once would be", () => {
  const cells = fc.array(fc.option(fc.integer({ min: -1e6, max: 1e6 })));
  fc.assert(
    fc.property(cells, (drawn) => {
      const known = drawn.filter((cell) => cell !== null);
      const counts = { type: "integer", known: known.length, missing: drawn.length - known.length };
      const nothing = { least: null, greatest: null, mean: null, deviation: null };
      expect(sum("integer", drawn)).toEqual({
        ...counts,
        ...(known.length === 0
          ? nothing
          : {
              least: min(known),
              greatest: max(known),
              mean: expect.closeTo(mean(known), 6),
              deviation: expect.closeTo(standardDeviation(known), 3),
            }),
      });
    }),
  );
});

test("a spread that is small beside the values is not lost", () => {
  const cells = [4, 7, 13, 16].map((value) => value + 1e9);
  expect(sum("number", cells)).toMatchObject({ deviation: expect.closeTo(Math.sqrt(22.5), 9) });
});

test("texts are counted, in their order", () => {
  const cells = fc.array(fc.option(fc.constantFrom("b", "a", "__proto__", "")));
  fc.assert(
    fc.property(cells, (drawn) => {
      const known = drawn.filter((cell) => cell !== null);
      const names = [...new Set(known)].toSorted();
      const counts = Object.fromEntries(names.map((name) => [name, known.filter((cell) => cell === name).length]));
      const summary = sum("category", drawn);
      expect(summary).toEqual({ type: "category", known: known.length, missing: drawn.length - known.length, counts });
      expect(Object.keys("counts" in summary ? (summary.counts ?? {}) : {})).toEqual(names);
    }),
  );
});

test("of too many different texts only the number of values is kept", () => {
  const many = Array.from({ length: 1001 }, (_, at) => `c${at}`);
  expect(sum("text", many)).toEqual({ type: "text", known: 1001, missing: 0, counts: undefined });
  expect(sum("text", [...many.slice(1), "c5"])).toMatchObject({ known: 1001, counts: { c5: 2 } });
});
