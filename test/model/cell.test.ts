/** The typed reading of a text, and what is refused. */

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { CellError, readCell } from "../../src/model/cell.ts";
import type { Cell, Column, Schema } from "../../src/model/schema.ts";

const mass: Column = { name: "mass", type: "number" };
const count: Column = { name: "count", type: "integer" };
const bounded: Column = { name: "bounded", type: "number", range: [-1, 2.5] };
const sex: Column = { name: "sex", type: "category", categories: ["FEMALE", "MALE"] };
const free: Column = { name: "free", type: "category" };
const note: Column = { name: "note", type: "text" };
const NULLS = [".", "NA"];
const schema: Schema = { columns: [mass, count, bounded, sex, free, note], nullTokens: NULLS };

test("any finite number comes back as it was written, but for the sign of zero", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(readCell(String(value), mass, schema)).toBe(value === 0 ? 0 : value);
    }),
  );
});

test("any text is a finite number, missing, or refused: never anything else", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...Array.from("0123456789.+-eExX_ ,")) })),
      (text) => {
        const read = attempt(text, mass);
        if (read instanceof CellError) expect(read.message).toMatch(/ is no number$/);
        else if (read !== null) expect(Number.isFinite(read)).toBe(true);
        else expect(["", ...NULLS]).toContain(text.trim());
      },
    ),
  );
});

test("an integer is a number without a fraction", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const read = attempt(String(value), count);
      if (Number.isInteger(value)) expect(read).toBe(value === 0 ? 0 : value);
      else expect(read).toMatchObject({ message: `'${value}' is no whole number` });
    }),
  );
});

test("a range holds its ends and what is between them, and nothing else", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.constantFrom(-1, 2.5, -1.000001, 2.500001), fc.double({ min: -5, max: 5, noNaN: true })),
      (value) => {
        const read = attempt(String(value), bounded);
        if (value >= -1 && value <= 2.5) expect(read).toBe(value + 0);
        else expect(read).toMatchObject({ message: `${value} is not between -1 and 2.5` });
      },
    ),
  );
});

test("a category that is not declared is refused, wherever categories are", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const trimmed = text.trim();
      fc.pre(trimmed !== "" && !NULLS.includes(trimmed));
      for (const column of [free, note]) expect(readCell(text, column, schema)).toBe(trimmed);
      const read = attempt(text, sex);
      if (["FEMALE", "MALE"].includes(trimmed)) expect(read).toBe(trimmed);
      else expect(read).toBeInstanceOf(CellError);
    }),
  );
});

test.for(["", "  ", ".", " . ", "NA"])("'%s' is a missing value in every column", (text) => {
  for (const column of schema.columns) expect(readCell(text, column, schema)).toBeNull();
});

test.for(["", "NA"])("'%s' is refused where a value may not be missing", (text) => {
  for (const column of schema.columns)
    expect(() => readCell(text, { ...column, nullable: false }, schema)).toThrow("is missing, and may not be");
});

test("without null tokens only the empty text is missing", () => {
  expect(readCell("NA", free, { columns: [free] })).toBe("NA");
  expect(readCell("", free, { columns: [free] })).toBeNull();
});

test.for(["1,5", "1_000", "0x10", "Infinity", "NaN", "1e999", "--1", "1e", "null", "1 2"])(
  "'%s' is no number",
  (text) => {
    expect(() => readCell(text, mass, schema)).toThrow(CellError);
  },
);

test("what was no UTF-8 is refused in every column, and not kept with a mark in its place", () => {
  const broken = new TextDecoder().decode(Uint8Array.of(0x4d, 0xfc, 0x6c));
  for (const column of schema.columns) expect(() => readCell(broken, column, schema)).toThrow("is no text in UTF-8");
});

test("what is shown of a long text, or of many categories, is short", () => {
  const categories = Array.from({ length: 500 }, (_, at) => `c${at}`);
  for (const column of [mass, { ...sex, categories }] satisfies Column[]) {
    const read = attempt("x".repeat(10_000), column);
    expect((read as CellError).message.length).toBeLessThan(130);
  }
  expect(attempt("x", { ...sex, categories })).toMatchObject({
    message: expect.stringContaining("490 more"),
  });
});

function attempt(text: string, column: Column): Cell | CellError {
  try {
    return readCell(text, column, schema);
  } catch (error) {
    if (error instanceof CellError) return error;
    throw error;
  }
}
