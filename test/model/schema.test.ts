/** Which data is a schema, and which header is that of one. */

import { describe, expect, test } from "vitest";
import { penguins } from "../../rules/schema.ts";
import { checkedSchema, headerProblem, SchemaError, type Schema } from "../../src/model/schema.ts";

const schema: Schema = {
  columns: [
    { name: "mass", type: "number", range: [0, 10], nulls: { constant: 1 } },
    { name: "sex", type: "category", nullable: false, categories: ["F", "M"], nulls: "mode" },
    { name: "note", type: "text" },
  ],
  nullTokens: ["NA"],
  delimiter: ";",
};

test("a schema is the same as JSON", () => {
  for (const each of [schema, penguins]) expect(checkedSchema(JSON.parse(JSON.stringify(each)))).toEqual(each);
});

describe("it is refused, with the place named, where", () => {
  const [mass, sex] = schema.columns;
  const withColumns = (...columns: readonly unknown[]): unknown => ({ columns });
  test.for([
    ["it is nothing", null, "at its top"],
    ["it has no columns", {}, "at columns"],
    ["it has none", withColumns(), "there is no column"],
    ["a type is unknown", withColumns({ name: "a", type: "date" }), "at columns.0.type"],
    ["a name is empty", withColumns({ name: "", type: "text" }), "a column's name is empty"],
    ["a name stands there twice", withColumns(mass, mass), "the column 'mass' twice"],
    ["a range is reversed", withColumns({ ...mass, range: [2, 1] }), "a range ends before it begins"],
    ["a range has one end", withColumns({ ...mass, range: [2] }), "at columns.0.range.1"],
    ["a category has a number's policy", withColumns({ ...sex, nulls: "mean" }), "at columns.0.nulls"],
    ["a number has a category's policy", withColumns(sex, { ...mass, nulls: "mode" }), "at columns.1.nulls"],
    ["a constant is of another type", withColumns({ ...mass, nulls: { constant: "1" } }), "at columns.0.nulls"],
    ["there is no category", withColumns({ ...sex, categories: [] }), "a column has no category"],
    ["a field is misspelt", withColumns({ ...mass, nullabel: true }), "at columns.0.nullabel (mass)"],
    ["a text has a policy", withColumns({ name: "a", type: "text", nulls: "drop" }), "columns.0.nulls"],
    ["the delimiter is long", { ...schema, delimiter: ", " }, "a delimiter is one character"],
  ] as const)("%s", ([, value, problem]) => {
    expect(() => checkedSchema(value)).toThrow(SchemaError);
    expect(() => checkedSchema(value)).toThrow(problem);
  });
});

describe("a header", () => {
  test.for([[["mass", "sex", "note"]], [["note", "mass", "sex"]]])(
    "of the declared columns is right: %j",
    ([header]) => {
      expect(headerProblem(header ?? [], schema)).toBeUndefined();
    },
  );

  test.for([
    [["mass", "sex"], "it lacks note; it has mass, sex"],
    [["mass", "sex", "note", "year"], "it has year, which the schema does not"],
    [["mass", "sex", "note", "mass"], "the column 'mass' stands there twice"],
    [["mass;sex;note"], "it lacks mass, sex, note; it has mass;sex;note"],
  ] as const)("%j is refused", ([header, problem]) => {
    expect(headerProblem(header, schema)).toContain(problem);
  });
});
