/** The model as a file: what is written is read, and nothing else is. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ModelError, predict, readModel, writeModel, type LinearModel } from "../../src/model/linear.ts";

const figures = { rmse: 2, mae: 1, r2: 0.5 };
const model: LinearModel = {
  format: 1,
  kind: "linear-regression",
  target: "mass",
  features: [
    { name: "length", type: "number", fill: 40 },
    { name: "sex", type: "category", categories: ["FEMALE", "MALE"], fill: "MALE" },
  ],
  coefficients: [10, 300],
  intercept: 1_000,
  metrics: { model: figures, baseline: figures },
  rows: { train: 30, test: 10 },
  seed: 7,
  libraries: { "ml-regression": "6.3.0" },
};

test("a prediction is the intercept and what each number adds", () => {
  expect(predict(model, [50, "FEMALE"])).toBe(1_500);
  expect(predict(model, [50, "MALE"])).toBe(1_800);
  expect(predict(model, [null, null])).toBe(1_700);
});

test("a model that is written is read with each number as it was", () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
  fc.assert(
    fc.property(finite, finite, finite, (intercept, length, sex) => {
      const written = { ...model, intercept, coefficients: [length, sex] };
      expect(readModel(writeModel(written))).toEqual(written);
    }),
  );
});

test("the order in which a model is put together changes no byte", () => {
  const reversed = Object.fromEntries(Object.entries(model).toReversed()) as unknown as LinearModel;
  expect(writeModel(reversed)).toBe(writeModel(model));
  expect(writeModel(model)).toMatch(/^\{"coefficients":.*\}\n$/);
});

describe("a model is refused that", () => {
  const [length, sex] = model.features;
  test.for([
    ["has another format", { format: 2 }, "its format is 2, not 1"],
    ["is of another kind", { kind: "forest" }, 'its kind is "forest"'],
    ["has no target", { target: undefined }, "it has no target"],
    ["has no features", { features: undefined }, "its features are not described"],
    [
      "has a feature of another type",
      { features: [length, { ...sex, type: "date" }] },
      "its features are not described",
    ],
    ["fills in no number", { features: [{ ...length, fill: null }, sex] }, "its features are not described"],
    ["fills in an unknown category", { features: [length, { ...sex, fill: "?" }] }, "its features are not described"],
    ["has a number as a category", { features: [length, { ...sex, categories: [1, "MALE"] }] }, "features are not"],
    ["lacks a coefficient", { coefficients: [10] }, "it has 1 coefficients where its features need 2"],
    ["has a coefficient that is no number", { coefficients: [10, null] }, "its coefficients are no finite numbers"],
    ["has a text as a coefficient", { coefficients: [10, "300"] }, "its coefficients are no finite numbers"],
    [
      "has one name twice",
      { features: [length, length], coefficients: [1, 2] },
      "two of its coefficients have one name",
    ],
    ["has no intercept", { intercept: null }, "its intercept is no finite number"],
    ["has no metrics", { metrics: undefined }, "its metrics are no finite numbers"],
    ["has half a count", { rows: { train: 1.5, test: 1 } }, "its row counts are no whole numbers"],
    ["has half a seed", { seed: 1.5 }, "its seed is no whole number"],
    ["names no libraries", { libraries: null }, "it does not name its libraries"],
    ["names a library by number", { libraries: { a: 1 } }, "it does not name its libraries"],
  ] as const)("%s", ([, change, problem]) => {
    const text = JSON.stringify({ ...model, ...change });
    expect(() => readModel(text)).toThrow(ModelError);
    expect(() => readModel(text)).toThrow(problem);
  });

  test.for(["", "null", "[]", "7", '"model"', "{}", "\u0080\u0004", "{"])("is %j", (text) => {
    expect(() => readModel(text)).toThrow(ModelError);
  });

  test("was cut off, wherever that was", () => {
    const text = writeModel(model).trimEnd();
    fc.assert(
      fc.property(fc.nat(text.length - 1), (length) => {
        expect(() => readModel(text.slice(0, length))).toThrow(ModelError);
      }),
    );
  });

  test("is any JSON that is no model", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(() => readModel(text)).toThrow(ModelError);
      }),
    );
  });
});
