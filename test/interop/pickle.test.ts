/** Python reads the pickles that are written here: the same values, and the very bytes that its own pickler writes. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { predict, readModel, writePickle, type PickleValue } from "pipefile/model";
import { blocksOf } from "../docs/markdown.ts";
import { runAll } from "../rules/context.ts";
import { pickleValues, taggedOf } from "./value.ts";

/** What Python printed; a missing python3 fails by its name. */
function python(args: readonly string[], { input = "", cwd = import.meta.dirname } = {}): string {
  const { error, status, stdout, stderr } = spawnSync("python3", args, { input, cwd, encoding: "utf8" });
  if (error !== undefined) throw new Error(`python3 does not run: ${error.message}`);
  if (status !== 0) throw new Error(`python3 ended with ${status}: ${stderr}`);
  return stdout.trim();
}

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

test("the model of the penguins, field by field, with each number as it is in model.bin", async () => {
  const { train, serialize } = await runAll();
  const script = "import json, pickle, sys; print(json.dumps(pickle.load(open(sys.argv[1], 'rb'))))";
  // Both sides write the shortest text that reads back as the same bits.
  const pickled = JSON.parse(python(["-c", script, serialize.at("pickle")]));
  const model = readModel(train.text("model"));
  const { coefficients, inference, leftOut, ...rest } = model;
  const { standardErrors, interceptError, residualError, degreesOfFreedom } = inference;
  expect(pickled).toEqual({
    ...rest,
    coefficients: expect.anything(),
    left_out: leftOut,
    inference: {
      standard_errors: expect.anything(),
      intercept_error: interceptError,
      residual_error: residualError,
      degrees_of_freedom: degreesOfFreedom,
    },
  });
  expect(Object.values(pickled.inference.standard_errors)).toEqual(standardErrors);
  expect(Object.values(pickled.coefficients)).toEqual(coefficients);
});

test("the reader in docs/model.md predicts what predict() does", async () => {
  const { train, serialize } = await runAll();
  const [reader = ""] = blocksOf(readFileSync(resolve(import.meta.dirname, "../../docs/model.md"), "utf8"), "python");
  expect(reader.trim().split("\n").length).toBe(5);
  const printed = Number(python(["-c", reader], { cwd: join(dirname(serialize.at("pickle")), "..") }));
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
