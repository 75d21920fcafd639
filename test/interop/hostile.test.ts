/** Pickles that Python wrote to do harm are refused, and damaged ones are read as Python reads them, or not at all. */

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { PickleError, predictRows, readEstimator, readPickle, type Estimator } from "pipefile/model";
import { mutated, randomFrom } from "../model/mutation.ts";
import { temporaryFolder } from "../rig/project.ts";

const HOSTILE = join(import.meta.dirname, "hostile.py");
const SEED = Number(process.env["PIPE_SEED"] ?? Date.now() % 2 ** 31);

function python(args: readonly string[], input = ""): string {
  const { error, status, stdout, stderr } = spawnSync("python3", args, { input, encoding: "utf8", maxBuffer: 1 << 26 });
  if (error !== undefined) throw new Error(`python3 does not run: ${error.message}`);
  if (status !== 0) throw new Error(`python3 ended with ${status}: ${stderr}`);
  return stdout;
}

test("what Python made to do harm, or of another kind, is refused, and does none", () => {
  const folder = temporaryFolder();
  const marker = join(temporaryFolder(), "harm");
  python([HOSTILE, "write", folder, marker]);
  const files = readdirSync(folder);
  expect(files.length).toBe(18 * 6 + 5);
  const read = files.filter((file) => {
    const bytes = readFileSync(join(folder, file));
    return [readPickle, readEstimator].some((reader) => {
      try {
        reader(bytes);
        return true;
      } catch (error) {
        if (error instanceof PickleError) return false;
        throw new Error(file, { cause: error });
      }
    });
  });
  expect(read).toEqual([]);
  expect(existsSync(marker)).toBe(false);
  // They are what they are said to be.
  for (const file of ["os.system, 2.pkl", "in an estimator, 4.pkl", "in an array of objects, 5.pkl"]) {
    python(["-c", `import pickle, sys; pickle.load(open(sys.argv[1], "rb"))`, join(folder, file)]);
    expect([file, existsSync(marker)]).toEqual([file, true]);
    python(["-c", "import os, sys; os.remove(sys.argv[1])", marker]);
  }
});

const FILES = 12_000;

test("damaged pickles of real estimators are refused, or predict what Python says they do", () => {
  const folder = temporaryFolder();
  const source = resolve(import.meta.dirname, "../../data/source/penguins.csv");
  python([join(import.meta.dirname, "estimators.py"), source, folder]);
  const whole = readdirSync(folder)
    // Debian's Python has no NumPy 2 to compare with, and of a scaler there is no prediction.
    .filter((name) => !/scaler|gap|NumPy_2/.test(name))
    .map((name) => readFileSync(join(folder, name)));
  const random = randomFrom(SEED);
  const passed: { readonly path: string; readonly estimator: Estimator }[] = [];
  for (let at = 0; at < FILES; at++) {
    const file = mutated(whole[at % whole.length] ?? Buffer.alloc(0), random);
    try {
      const path = join(folder, `damaged-${at}`);
      passed.push({ path, estimator: readEstimator(file) });
      writeFileSync(path, file);
    } catch (error) {
      if (!(error instanceof PickleError))
        throw new Error(`PIPE_SEED=${SEED}: ${file.length < 4000 ? Buffer.from(file).toString("hex") : at}`, {
          cause: error,
        });
    }
  }
  const lines = python([HOSTILE, "load"], passed.map(({ path }) => `${path}\n`).join(""))
    .trim()
    .split("\n");
  const differing = passed.flatMap(({ path, estimator }, at) => {
    const theirs: unknown = JSON.parse(lines[at] ?? "null");
    const width = widthOf(estimator);
    const rows = [1, 2.5].map((value) => Array.from({ length: width }, () => value));
    const ours = predictedOrRefused(estimator, rows);
    return isSame(ours, theirs) ? [] : [`PIPE_SEED=${SEED} ${path}: ${JSON.stringify(ours)} is not ${lines[at]}`];
  });
  expect(differing).toEqual([]);
  expect(passed.length).toBeGreaterThan(FILES / 200);
}, 240_000);

/** A scale that was damaged may leave rows that are not finite, which scikit-learn refuses as well. */
function predictedOrRefused(estimator: Estimator, rows: readonly (readonly number[])[]): unknown {
  try {
    return predictRows(estimator, rows);
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

function widthOf(estimator: Estimator): number {
  if (estimator.kind !== "Pipeline") return estimator.featureCount;
  const [first] = estimator.steps;
  return first === undefined ? 0 : widthOf(first.estimator);
}

/** Where Python refuses what changes no prediction, such as another attribute, there is nothing to compare. */
function isSame(ours: unknown, theirs: unknown): boolean {
  if (typeof theirs === "object" && theirs !== null && "error" in theirs) return true;
  const [a, b] = [[ours].flat(3), [theirs].flat(3)];
  return (
    a.length === b.length &&
    a.every((value, at) => {
      const other = b[at];
      if (typeof value !== "number" || typeof other !== "number") return value === other;
      return Math.abs(value - other) <= 1e-9 * Math.max(1, Math.abs(other));
    })
  );
}
