/** Which training rows go with a model. */

import { expect, test } from "vitest";
import type { Cell } from "pipefile/model";
import { Golden } from "../../rules/golden.ts";

function picked(cells: readonly Cell[]): readonly number[] {
  const golden = new Golden(cells.length);
  cells.forEach((cell, at) => golden.add([cell], at));
  return golden.rows.map(({ prediction }) => prediction);
}
const full = (rows: number): readonly Cell[] => Array.from({ length: rows }, (_, at) => at);

test.for([
  [0, []],
  [1, [0]],
  [2, [0, 1]],
  [4, [0, 1, 2, 3]],
  [5, [0, 1, 2, 3, 4]],
  [9, [0, 2, 4, 6, 8]],
  [1_000_001, [0, 250_000, 500_000, 750_000, 1_000_000]],
] as const)("of %d rows, they are the first, the last and those evenly between", ([rows, places]) => {
  expect(picked(full(rows))).toEqual(places);
});

test("the first row that lacks a value is among them, and no other one for that", () => {
  const withGaps = full(9).with(3, null).with(5, null);
  expect(picked(withGaps)).toEqual([0, 2, 3, 4, 6, 8]);
  expect(picked(full(9).with(4, null))).toEqual([0, 2, 4, 6, 8]);
});
