/** The typed reading of a text, and what is refused. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CellError, headerProblem, readCell, type Column, type Schema } from "../../src/model/schema.ts";

const mass: Column = { name: "mass", type: "number", nulls: "keep" };
const sex: Column = { name: "sex", type: "category", nulls: "keep", categories: ["FEMALE", "MALE"] };
const note: Column = { name: "note", type: "category", nulls: "keep" };
const schema: Schema = { columns: [mass, sex, note], nullTokens: [".", "NA"] };

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
        else expect(["", ".", "NA"]).toContain(text.trim());
      },
    ),
  );
});

test("a category that is not declared is refused, wherever categories are", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const trimmed = text.trim();
      fc.pre(trimmed !== "" && !schema.nullTokens.includes(trimmed));
      expect(readCell(text, note, schema)).toBe(trimmed);
      const read = attempt(text, sex);
      if (sex.categories?.includes(trimmed)) expect(read).toBe(trimmed);
      else expect(read).toBeInstanceOf(CellError);
    }),
  );
});

test.for(["", "  ", ".", " . ", "NA"])("'%s' is a missing value in every column", (text) => {
  for (const column of schema.columns) expect(readCell(text, column, schema)).toBeNull();
});

test.for(["1,5", "1_000", "0x10", "Infinity", "NaN", "1e999", "--1", "1e", "null", "1 2"])(
  "'%s' is no number",
  (text) => {
    expect(() => readCell(text, mass, schema)).toThrow(CellError);
  },
);

test("what is shown of a long text is short", () => {
  const read = attempt("x".repeat(10_000), mass);
  expect((read as CellError).message.length).toBeLessThan(100);
});

describe("a header", () => {
  test("of the declared columns in their order is right", () => {
    expect(headerProblem(["mass", "sex", "note"], schema)).toBeUndefined();
  });

  test.for([
    [["mass", "sex"], "it lacks note"],
    [["mass", "sex", "note", "year"], "it has year, which the schema does not"],
    [["mass", "sex", "note", "mass"], "the column 'mass' stands there twice"],
    [["sex", "mass", "note"], "its order is not the schema's: mass, sex, note"],
  ] as const)("%j is refused", ([header, problem]) => {
    expect(headerProblem(header, schema)).toBe(problem);
  });
});

function attempt(text: string, column: Column): unknown {
  try {
    return readCell(text, column, schema);
  } catch (error) {
    return error;
  }
}
