/** Pickles that were damaged are refused, or read as what they still are: nothing else comes of them. */

import { expect, test } from "vitest";
import {
  noCost,
  PICKLE_LIMITS,
  PickleError,
  predictRows,
  readEstimator,
  readPickle,
  writePickle,
} from "../../src/model/index.ts";
import { estimator, floats, assembled, integer, LINEAR, linear, list, text, tuple } from "./assembler.ts";
import { mutated, randomFrom } from "./mutation.ts";

const SEED = Number(process.env["PIPE_SEED"] ?? Date.now() % 2 ** 31);
const RUNS = Number(process.env["PIPE_PICKLE_RUNS"] ?? 20_000);

const scaler = estimator("sklearn.preprocessing._data", "StandardScaler", {
  n_features_in_: integer(2),
  mean_: floats(1, 2),
  scale_: floats(3, 4),
});
const whole = estimator("sklearn.linear_model._base", "LinearRegression", LINEAR);
const SEEDS = [
  linear(),
  assembled(
    estimator("sklearn.pipeline", "Pipeline", { steps: list(tuple(text("a"), scaler), tuple(text("b"), whole)) }),
  ),
  writePickle({ format: 3n, coefficients: { a: 1.5, b: -2 }, names: ["a", "b"], none: null, flag: true, n: 2n ** 70n }),
];

/** Undefined where it was refused, in the one way in which anything is. */
function readOrRefused<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof PickleError) return undefined;
    throw error;
  }
}

test(`${RUNS} damaged pickles`, () => {
  const random = randomFrom(SEED);
  let [refused, passed] = [0, 0];
  for (let run = 0; run < RUNS; run++) {
    const file = mutated(SEEDS[run % SEEDS.length] ?? Buffer.alloc(0), random);
    const place = `PIPE_SEED=${SEED}, run ${run}: ${Buffer.from(file).toString("hex")}`;
    const cost = noCost();
    try {
      const value = readOrRefused(() => readPickle(file, { cost }));
      const found = readOrRefused(() => readEstimator(file));
      expect(cost.opcodes).toBeLessThanOrEqual(file.length);
      for (const [what, amount] of Object.entries(cost))
        expect(amount).toBeLessThanOrEqual(PICKLE_LIMITS[what as keyof typeof cost]);
      // What is plain names no class, so that it is no estimator.
      expect(value !== undefined && found !== undefined).toBe(false);
      if (value !== undefined) expect(readPickle(writePickle(value))).toEqual(value);
      if (found !== undefined && found.kind !== "StandardScaler" && found.kind !== "Pipeline") {
        const [prediction] = predictRows(found, [Array.from({ length: found.featureCount }, () => 1)]);
        expect(typeof prediction === "number" || Array.isArray(prediction)).toBe(true);
      }
      if (value === undefined && found === undefined) refused += 1;
      else passed += 1;
    } catch (error) {
      throw new Error(place, { cause: error });
    }
  }
  // Both happen, or the test has tested nothing.
  expect(refused).toBeGreaterThan(RUNS / 20);
  expect(passed).toBeGreaterThan(RUNS / 100);
});
