/** The model as a file: what is written is read, and nothing else is. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ModelError, readModel, writeModel } from "../../src/model/file.ts";
import { predict, type LinearModel } from "../../src/model/linear.ts";
import { birds as model } from "../rig/model.ts";

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
  const [numbers, texts] = model.reference.features;
  const referenceWith = (features: readonly unknown[]) => ({ reference: { ...model.reference, features } });
  test.for([
    ["has no format", { format: undefined }, "format: "],
    ["is of the format before", { format: 2 }, "of format 2, and this version of pipe reads format 3: build it again"],
    ["is of another kind", { kind: "forest" }, "kind: "],
    ["has no target", { target: undefined }, "target: "],
    ["has no features", { features: undefined }, "features: "],
    ["has a feature of another type", { features: [length, { ...sex, type: "date" }] }, "features.1.type: "],
    ["fills in what is no number", { features: [{ ...length, fill: "40" }, sex] }, "features.0.fill: "],
    ["has a range of one end", { features: [{ ...length, range: [1] }, sex] }, "features.0.range.1: "],
    ["fills in an unknown category", { features: [length, { ...sex, fill: "?" }] }, "it fills in an unknown category"],
    ["has a number as a category", { features: [length, { ...sex, categories: [1, "MALE"] }] }, "categories.0: "],
    ["lacks a coefficient", { coefficients: [10] }, "it has 1 coefficients where its features need 2"],
    ["has a coefficient that is no number", { coefficients: [10, null] }, "coefficients.1: "],
    ["has a text as a coefficient", { coefficients: [10, "300"] }, "coefficients.1: "],
    [
      "has one name twice",
      { features: [length, length], coefficients: [1, 2] },
      "two of its coefficients have one name",
    ],
    [
      "has one feature twice",
      { features: [length, { ...sex, name: "length" }], reference: model.reference },
      "two of its features have one name",
    ],
    ["has no target range", { targetRange: [1] }, "targetRange.1: "],
    ["has no digest of its hold-out", { holdout: { share: 0.25, digest: "ab" } }, "it is no SHA-256"],
    [
      "has a golden row of another length",
      { golden: [{ row: [1], prediction: 1 }] },
      "golden.0.row: it has 1 values for 2 features",
    ],
    [
      "has a golden row that it cannot predict",
      { golden: [{ row: [1, "?"], prediction: 1 }] },
      "golden.0.row: sex is '?', which training never saw",
    ],
    ["has no reference", { reference: undefined }, "reference: "],
    ["has a reference of too few features", referenceWith([numbers]), "there are 1 for 2 features"],
    ["has a reference of another type", referenceWith([numbers, numbers]), "reference.features.1: it is not of sex"],
    [
      "has a reference of other categories",
      referenceWith([numbers, { ...texts, categories: ["FEMALE", "?"] }]),
      "reference.features.1: it is not of sex",
    ],
    ["has edges that fall", referenceWith([{ ...numbers, edges: [3, 1] }, texts]), "they do not rise"],
    ["has a bin too few", referenceWith([{ ...numbers, edges: [1] }, texts]), "it has not one bin more than edges"],
    ["has too few counts", referenceWith([numbers, { ...texts, counts: [4] }]), "one count for each category"],
    ["has lost rows", referenceWith([{ ...numbers, rows: 5 }, texts]), "its counts are not those of all rows"],
    ["has no intercept", { intercept: null }, "intercept: "],
    ["has a negative ridge", { ridge: -1 }, "ridge: "],
    [
      "lacks an error",
      { inference: { ...model.inference, standardErrors: [1] } },
      "coefficients where its features need 2",
    ],
    ["left out for no known reason", { leftOut: { a: "dull" } }, "leftOut.a: "],
    ["has no metrics", { metrics: undefined }, "metrics: "],
    ["has half a count", { rows: { train: 1.5, test: 1 } }, "rows.train: "],
    ["has half a seed", { seed: 1.5 }, "seed: "],
    ["names no libraries", { libraries: null }, "libraries: "],
    ["names a library by number", { libraries: { a: 1 } }, "libraries.a: "],
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
