/** Python reads the pickles that are written here: the same values, and the very bytes that its own pickler writes. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  encodedNames,
  isHeldOut,
  modelOfPickle,
  predict,
  readModel,
  writePickle,
  type PickleValue,
  type Row,
} from "pipefile/model";
import { penguins } from "../../rules/schema.ts";
import { rowsOf } from "../../rules/table.ts";
import { blocksOf } from "../docs/markdown.ts";
import { runAll } from "../rules/context.ts";
import { python } from "./interpreter.ts";
import { pickleValues, taggedOf } from "./value.ts";

function expectSame(values: readonly PickleValue[]): void {
  const lines = values.map((value) =>
    JSON.stringify({ pickle: Buffer.from(writePickle(value)).toString("hex"), value: taggedOf(value) }),
  );
  // The count shows that Python saw them all.
  expect(python(["value.py"], { input: lines.map((line) => `${line}\n`).join("") })).toBe(String(values.length));
}

test("values where one opcode ends and the next begins", () => {
  const powers = [8n, 16n, 31n, 32n, 53n, 63n, 64n, 2038n].flatMap((bits) => [2n ** bits, -(2n ** bits)]);
  const floats = [
    0,
    -0,
    0.1,
    5e-324,
    -Number.MAX_VALUE,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  const texts = ["", "é", "𝄞", "\0", "\u2028", '"', "\r\n"];
  const lengths = [255, 256, 65_535, 65_536, 65_537, 200_000];
  const counts = [0, 1, 2, 999, 1_000, 1_001, 2_000, 2_001];
  expectSame([
    ...powers.flatMap((power) => [power - 1n, power, power + 1n]),
    ...floats,
    ...texts,
    ...lengths.map((length) => "x".repeat(length)),
    ...counts.map((length) => Array.from({ length }, () => null)),
    Object.fromEntries(Array.from({ length: 2_001 }, (_, at) => [`key ${at}`, BigInt(at)])),
    JSON.parse('{"__proto__":1,"constructor":{}}') as PickleValue,
  ]);
});

test("values of several frames, and texts between them", () => {
  const floats = Array.from({ length: 30_000 }, (_, at) => at / 7);
  const large = "é".repeat(40_000);
  expectSame([floats, [floats, large, floats], [large, large], [null, large], { [large]: large, a: floats }, large]);
});

test("any nested value", () => {
  const seed = Number(process.env.PIPE_SEED ?? Date.now() % 2 ** 31);
  const values = fc.sample(pickleValues, { numRuns: 2_000, seed });
  try {
    expectSame(values);
  } catch (error) {
    throw new Error(`repeat it with PIPE_SEED=${seed}`, { cause: error });
  }
});

test("the model of the penguins, with each number as it is in model.bin and its counts as ints", async () => {
  const { train, serialize } = await runAll();
  const script = "import json, pickle, sys; print(json.dumps(pickle.load(open(sys.argv[1], 'rb'))))";
  const text = python(["-c", script, serialize.at("pickle")]);
  // Both sides write the shortest text that reads back as the same bits.
  const pickled = JSON.parse(text);
  const model = readModel(train.text("model"));
  const named = (values: readonly unknown[], names: readonly string[] = encodedNames(model.features)) =>
    Object.fromEntries(names.map((name, at) => [name, values[at]]));
  const names = model.features.map(({ name }) => name);
  const { coefficients, inference, leftOut, targetRange, golden, reference, ...rest } = model;
  expect(pickled).toEqual({
    ...rest,
    target_range: targetRange,
    coefficients: named(coefficients),
    left_out: leftOut,
    inference: {
      standard_errors: named(inference.standardErrors),
      intercept_error: inference.interceptError,
      residual_error: inference.residualError,
      degrees_of_freedom: inference.degreesOfFreedom,
    },
    golden: golden.map(({ row, prediction }) => ({ row: named(row, names), prediction })),
    reference: {
      prediction: reference.prediction,
      features: named(
        reference.features.map((seen) => {
          if (seen.type === "number") return seen;
          const { categories, ...others } = seen;
          return { ...others, counts: named(seen.counts, categories) };
        }),
        names,
      ),
    },
  });
  expect(text).toContain('"target_range": [2700.0, 6300.0]');
  expect(text).toContain('"rows": {"train": 258, "test": 84}');
});

test("the pickle is read back as the model that model.bin holds, from Python's own bytes too", async () => {
  const { train, serialize } = await runAll();
  const model = readModel(train.text("model"));
  expect(modelOfPickle(serialize.bytes("pickle"))).toStrictEqual(model);
  const again = "import pickle, sys; print(pickle.dumps(pickle.load(open(sys.argv[1], 'rb'))).hex())";
  const rewritten = Buffer.from(python(["-c", again, serialize.at("pickle")]), "hex");
  expect(rewritten).not.toEqual(serialize.bytes("pickle"));
  expect(modelOfPickle(rewritten)).toStrictEqual(model);
});

test("the golden rows, by the reader in docs/model.md, have the predictions that stand beside them", async () => {
  const { serialize } = await runAll();
  const reader = readerLines();
  const [last = ""] = reader.splice(-1);
  const script = [
    ...reader.filter((line) => !line.startsWith("row =") && !line.startsWith("numbers =")),
    "for golden in model['golden']:",
    "    row = {f['name']: f['fill'] for f in model['features']} | {k: v for k, v in golden['row'].items() if v is not None}",
    `    ${reader.find((line) => line.startsWith("numbers =")) ?? ""}`,
    `    ${last}`,
    "    print(golden['prediction'])",
  ].join("\n");
  const printed = python(["-c", script], { cwd: join(dirname(serialize.at("pickle")), "..") }).split("\n");
  expect(printed).toHaveLength(12);
  for (let at = 0; at < printed.length; at += 2) expect(Number(printed[at])).toBeCloseTo(Number(printed[at + 1]), 9);
});

test("NumPy and pandas find the edges and the counts of each bin that the reference has", async () => {
  const { clean, train } = await runAll();
  const { reference, features, holdout, seed } = readModel(train.text("model"));
  const at = penguins.columns.findIndex(({ name }) => name === "body_mass_g");
  const training: Row[] = [];
  let index = 0;
  for await (const row of rowsOf(clean.at("rows"), penguins))
    if (!isHeldOut(index++, { seed, fraction: holdout.share })) training.push(row.toSpliced(at, 1));
  const numbers = features.flatMap(({ type }, place) => {
    const seen = reference.features[place];
    return type === "category" || seen?.type !== "number"
      ? []
      : [{ ...seen, values: training.map((row) => row[place]).filter((cell) => cell !== null) }];
  });
  expect(numbers).toHaveLength(3);
  const script = `
import json, sys
import numpy as np, pandas as pd
for column in json.load(sys.stdin):
    values, edges = column["values"], column["edges"]
    deciles = np.quantile(values, np.arange(1, 10) / 10, method="inverted_cdf")
    assert np.unique(deciles).tolist() == edges, (deciles, edges)
    bins = pd.cut(values, [-np.inf, *edges, np.inf])
    assert np.bincount(bins.codes, minlength=len(edges) + 1).tolist() == column["counts"], (bins, column["counts"])
    assert np.bincount(np.searchsorted(edges, values), minlength=len(edges) + 1).tolist() == column["counts"]
print("all")`;
  expect(python(["-c", script], { input: JSON.stringify(numbers) })).toBe("all");
});

test("the reader in docs/model.md predicts what predict() does", async () => {
  const { train, serialize } = await runAll();
  const reader = readerLines();
  expect(reader.length).toBe(5);
  const printed = Number(python(["-c", reader.join("\n")], { cwd: join(dirname(serialize.at("pickle")), "..") }));
  const model = readModel(train.text("model"));
  const bird: Readonly<Record<string, string | number>> = {
    species: "Gentoo",
    island: "Biscoe",
    flipper_length_mm: 230,
  };
  const row = model.features.map(({ name }) => bird[name] ?? null);
  expect(printed).toBeCloseTo(predict(model, row), 6);
});

test("sha256sum accepts the checksum from the project's root", async () => {
  const { serialize } = await runAll();
  const cwd = join(dirname(serialize.at("pickle")), "..");
  const { status, stdout } = spawnSync("sh", ["-c", "sha256sum -c model/checksum.txt"], { cwd, encoding: "utf8" });
  expect([status, stdout]).toEqual([0, "model/model.pkl: OK\n"]);
});

function readerLines(): string[] {
  const [reader = ""] = blocksOf(readFileSync(resolve(import.meta.dirname, "../../docs/model.md"), "utf8"), "python");
  return reader.trim().split("\n");
}
