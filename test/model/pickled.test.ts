/** The model as the values of a pickle, and back: the same model, or what is wrong with it. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ModelError, readModel, writeModel } from "../../src/model/file.ts";
import { encodedNames } from "../../src/model/encoding.ts";
import { predictRows } from "../../src/model/estimator.ts";
import { predict } from "../../src/model/linear.ts";
import { modelOfPickle, modelOfPickled, pickledOf, pickleOf } from "../../src/model/pickled.ts";
import type { PickleValue } from "../../src/model/pickle/write.ts";
import { readEstimator } from "../../src/model/sklearn-estimator.ts";
import { sklearnPickleOf } from "../../src/model/sklearn-pickle.ts";
import { birds, models } from "../rig/model.ts";

test("whatever a model holds, it is the same that readModel() reads from its file", () => {
  fc.assert(
    fc.property(models, (model) => {
      const pickled = modelOfPickle(pickleOf(model));
      const read = readModel(writeModel(model));
      expect(pickled).toStrictEqual(read);
      // As text no two numbers that differ in a bit are the same.
      expect(writeModel(pickled)).toBe(writeModel(model));
      for (const { row, prediction } of pickled.golden) expect(predict(pickled, row)).toBe(prediction);
    }),
  );
});

const dict = pickledOf(birds) as { readonly [key: string]: PickleValue };

test("names are Python's, counts are ints and measures floats, and what belongs to a name is under it", () => {
  expect(dict).toMatchObject({
    format: 3n,
    target_range: [0, 10],
    coefficients: { length: 10, "sex=MALE": 300 },
    inference: { standard_errors: { length: 1, "sex=MALE": null }, degrees_of_freedom: 27n },
    left_out: { "sex=MALE": "constant" },
    holdout: { share: 0.25, digest: "ab".repeat(32) },
    golden: [{ row: { length: null, sex: "MALE" }, prediction: 1_700 }],
    reference: {
      features: {
        length: { type: "number", rows: 4n, missing: 0n, edges: [1, 3], counts: [1n, 2n, 1n], least: 1, greatest: 4 },
        sex: { type: "category", rows: 4n, missing: 0n, counts: { FEMALE: 4n, MALE: 0n } },
      },
      prediction: { edges: [1, 3], mean: 2.5 },
    },
  });
});

describe("values are refused that", () => {
  test.for([
    [
      "are of the format before",
      { format: 2n, features: null },
      "of format 2, and this version of pipe reads format 3: build it again",
    ],
    ["have no features", { features: null }, "features: "],
    ["have features of another kind", { features: [1n] }, "features.0: "],
    ["lack a coefficient", { coefficients: { length: 10 } }, "coefficients: "],
    ["have a coefficient of another name", { coefficients: { length: 10, sex: 1 } }, "coefficients.1: "],
    ["have an int where a measure stands", { intercept: 1n }, "intercept: "],
    ["have a count that is too large to be exact", { seed: 2n ** 53n }, "seed: "],
    ["lack a golden value", { golden: [{ row: { length: 1 }, prediction: 1 }] }, "golden.0.row: "],
    ["have no reference", { reference: null }, "reference: "],
  ] as const)("%s", ([, change, problem]) => {
    expect(() => modelOfPickled({ ...dict, ...change })).toThrow(ModelError);
    expect(() => modelOfPickled({ ...dict, ...change })).toThrow(problem);
  });

  test("are no dict, whatever else they are", () => {
    for (const value of [null, true, 3, 3n, "format", [], [dict], {}])
      expect(() => modelOfPickled(value)).toThrow(ModelError);
  });
});

describe("bytes are refused that", () => {
  test("are no pickle of plain values", () => {
    for (const bytes of [Buffer.from(""), Buffer.from(writeModel(birds)), sklearnPickleOf(birds, "1.2.1")]) {
      expect(() => modelOfPickle(bytes)).toThrow(ModelError);
      expect(() => modelOfPickle(bytes)).toThrow("this is no model that pipe wrote: ");
    }
  });

  test("were cut off, wherever that was", () => {
    const bytes = pickleOf(birds);
    for (let length = 0; length < bytes.length; length++)
      expect(() => modelOfPickle(bytes.subarray(0, length))).toThrow(ModelError);
  });

  test("have any other byte, or give a model still", () => {
    const bytes = pickleOf(birds);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = bytes.with(at, (bytes[at] as number) ^ flip);
        try {
          expect(modelOfPickle(damaged).kind).toBe("linear-regression");
        } catch (error) {
          expect(error).toBeInstanceOf(ModelError);
        }
      }),
    );
  });
});

test("what is pickled for scikit-learn is read back by readEstimator(), and predicts the same", () => {
  fc.assert(
    fc.property(
      models.filter(({ coefficients }) => coefficients.length > 0),
      (model) => {
        const estimator = readEstimator(sklearnPickleOf(model, "1.2.1"));
        expect(estimator).toMatchObject({
          kind: "LinearRegression",
          sklearnVersion: "1.2.1",
          featureNames: encodedNames(model.features),
          coefficients: [model.coefficients],
          intercepts: [model.intercept],
        });
      },
    ),
  );
  const [prediction] = predictRows(readEstimator(sklearnPickleOf(birds, "1.2.1")), [[50, 1]]);
  expect(prediction).toBe(predict(birds, [50, "MALE"]));
});
