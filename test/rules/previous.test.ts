/** The model of before, scored on the rows that a new one is measured on. */

import { describe, expect, test } from "vitest";
import { readModel, type FeatureColumn } from "pipefile/model";
import type { Example } from "../../rules/examples.ts";
import { previousMetrics } from "../../rules/previous.ts";
import train from "../../rules/train.ts";
import { penguins } from "../../rules/schema.ts";
import { fileOf, run, runClean, runIngest, schemaFileOf, SOURCE, TRAIN_PARAMS, type Ran } from "./context.ts";

async function trained(seed: number, previous?: string): Promise<Ran> {
  const action: typeof train = (context) => train({ ...context, previous: { ...context.previous, model: previous } });
  const rows = (await runClean((await runIngest(SOURCE)).at("raw"))).at("rows");
  return run(action, {
    inputs: { rows, schema: schemaFileOf(penguins) },
    outputs: { model: "model/model.bin", metrics: "reports/metrics.json", evaluation: "reports/evaluation.json" },
    params: { ...TRAIN_PARAMS, seed },
  });
}

test("the same model on the same rows is as good as it said itself", async () => {
  const first = await trained(7);
  const again = await trained(7, first.at("model"));
  const { rmse, mae, r2, mape } = again.metrics;
  expect(again.rescored).toEqual({ rmse, mae, r2, mape });
  expect(first.rescored).toEqual({});
});

test("on other rows it has figures of its own, and the new model is the same for it", async () => {
  const first = await trained(7);
  const [alone, beside] = [await trained(8), await trained(8, first.at("model"))];
  expect(beside.text("model")).toBe(alone.text("model"));
  expect(beside.text("metrics")).toBe(alone.text("metrics"));
  expect(beside.rescored["rmse"]).not.toBe(first.metrics["rmse"]);
  // It has seen most of these rows, and is no worse on them than one that has not.
  expect(beside.rescored["rmse"]).toBeLessThan((beside.metrics["rmse"] ?? 0) * 1.05);
});

test("one that is no model costs a comparison, and not the step", async () => {
  const { log, rescored } = await trained(7, fileOf("{}"));
  expect([rescored, log.at(-1)]).toEqual([{}, expect.stringContaining("the model of before cannot be scored")]);
});

describe("it cannot be scored", () => {
  const examples: readonly Example[] = [{ row: [1], target: 3, isHeldOut: true }];
  const columns: readonly FeatureColumn[] = [{ name: "species", type: "number" }];

  test.each([
    ["where it predicts something else", "length", "it predicts body_mass_g"],
    ["where a column that it needs is gone, or is of another kind", "body_mass_g", "it needs the column"],
  ])("%s", async (_, target, said) => {
    const model = (await trained(7)).at("model");
    expect(await previousMetrics(model, { target, columns, examples })).toContain(said);
  });

  test("where a row has a category that it never saw", async () => {
    const ran = await trained(7);
    const { features } = readModel(ran.text("model"));
    const all = features.map(({ name, type }): FeatureColumn => ({ name, type }));
    const row = features.map(({ type }) => (type === "category" ? "unheard of" : 1));
    const hearing = { target: "body_mass_g", columns: all, examples: [{ row, target: 3, isHeldOut: true }] };
    expect(await previousMetrics(ran.at("model"), hearing)).toContain("training never saw");
  });
});
