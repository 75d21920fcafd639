/** What a model's bytes hold decides how it is served. */

import { describe, expect, test } from "vitest";
import { pickleOf, predict, writeModel } from "../../src/model/index.ts";
import { servedBy, predictorOf } from "../../src/serve/custom.ts";
import { servedFrom } from "../../src/serve/kind.ts";
import { Refused } from "../../src/serve/refusal.ts";
import type { ModelPredictor, PredictorSchema } from "../../src/core/serving.ts";
import { assembled, estimator, linear, stackGlobal, text, tuple, op } from "../model/assembler.ts";
import { golden } from "./served.ts";

const OF = { path: "model/model.pkl", digest: "ab".repeat(32) };
const refusalOf = async (make: () => unknown): Promise<unknown> => {
  try {
    return await make();
  } catch (error) {
    return error instanceof Refused ? error.refusal : error;
  }
};

describe("a model of pipe's own", () => {
  const model = golden();

  test.each([
    ["as a pickle", pickleOf(model)],
    ["as JSON", Buffer.from(writeModel(model))],
  ])("%s takes its features and predicts as in training", async (_, bytes) => {
    const found = servedFrom(bytes, OF);
    expect(found.kind).toBe("linear-regression");
    expect(found.schema).toEqual({
      inputs: [
        { name: "length", type: "number", range: [30, 60], isNullable: true },
        { name: "sex", type: "category", categories: ["FEMALE", "MALE"], isNullable: true },
      ],
      output: { name: "mass", type: "number", range: [1_000, 2_000] },
    });
    const rows = [
      [41.5, "MALE"],
      [null, null],
    ] as const;
    expect(await found.predict(rows)).toEqual(rows.map((row) => predict(model, row)));
    expect(found.metrics).toEqual({ rmse: 2, mae: 1, r2: 0.5 });
    expect(found.golden).toEqual(model.golden);
  });
});

describe("a model of scikit-learn", () => {
  test("takes numbers, by the names that scikit-learn would give them", async () => {
    const found = servedFrom(linear(), OF);
    expect(found.kind).toBe("scikit-learn LinearRegression");
    expect(found.schema.inputs).toEqual(["x0", "x1"].map((name) => ({ name, type: "number", isNullable: false })));
    expect(
      await found.predict([
        [1, 2],
        [0, 0],
      ]),
    ).toEqual([8, 3]);
  });

  test("that predicts nothing is refused", async () => {
    const scaler = estimator("sklearn.preprocessing._data", "StandardScaler", {});
    expect(await refusalOf(() => servedFrom(assembled(scaler), OF))).toMatchObject({ code: "model-unreadable" });
  });
});

describe("what is no model", () => {
  test.each([
    ["a pickle that would run a command", assembled(stackGlobal("os", "system"), tuple(text("true")), op("REDUCE"))],
    ["half a pickle", pickleOf(golden()).subarray(0, 100)],
    ["nothing", Buffer.alloc(0)],
    ["JSON of something else", Buffer.from("{}")],
  ])("%s is refused by the file's name", async (_, bytes) => {
    expect(await refusalOf(() => servedFrom(bytes, OF))).toMatchObject({
      code: "model-unreadable",
      digest: OF.digest,
      message: expect.stringMatching(/^model\/model\.pkl: /),
    });
  });
});

const SCHEMA: PredictorSchema = {
  inputs: [
    { name: "a", type: "number" },
    { name: "b", type: "category", categories: ["x"], nullable: true },
  ],
  output: { name: "sum", type: "number" },
  golden: [{ row: { b: "x", a: 1 }, prediction: 2 }],
};
const doubling: ModelPredictor<number> = {
  load: (bytes) => bytes.length,
  schema: () => SCHEMA,
  predict: (factor, rows) => rows.map(({ a }) => factor * Number(a)),
};

describe("a model of another kind", () => {
  test("is what the predictor makes of it", async () => {
    const found = await servedBy(doubling, Buffer.alloc(2), OF);
    expect(found.schema.inputs).toEqual([
      { name: "a", type: "number", isNullable: false },
      { name: "b", type: "category", categories: ["x"], isNullable: true },
    ]);
    expect(found.golden).toEqual([{ row: [1, "x"], prediction: 2 }]);
    expect(await found.predict([[3, null]])).toEqual([6]);
  });

  test.each([
    [
      "a load that fails",
      { load: () => Promise.reject(new Error("bad magic")) },
      /load\(\) of the predictor failed .*bad magic/,
    ],
    ["a schema that fails", { schema: () => null as never }, /gives no schema/],
    ["a schema with no input", { schema: () => ({ ...SCHEMA, inputs: [] }) }, /inputs: there is no input/],
    [
      "a schema with two inputs of one name",
      { schema: () => ({ ...SCHEMA, inputs: [...SCHEMA.inputs, ...SCHEMA.inputs] }) },
      /two inputs have one name/,
    ],
    [
      "a category without categories",
      { schema: () => ({ ...SCHEMA, inputs: [{ name: "a", type: "category" as const }] }) },
      /a category has categories/,
    ],
  ])("%s refuses it", async (_, changed, words) => {
    const refusal = await refusalOf(() => servedBy({ ...doubling, ...changed } as ModelPredictor, Buffer.alloc(1), OF));
    expect(refusal).toMatchObject({ code: "model-unreadable", message: expect.stringMatching(words) });
  });

  test.each([
    [undefined, "exports no predictor by default"],
    [{ load: () => 1, schema: () => 1 }, "exports a predictor without predict()"],
  ])("a module that is none is told so", (value, problem) => {
    expect(predictorOf(value)).toBe(problem);
  });
});
