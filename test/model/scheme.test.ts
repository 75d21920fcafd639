/** How a classifier of many classes comes to its probabilities depends on which scikit-learn fitted it. */

import { describe, expect, test } from "vitest";
import { probabilitiesOf } from "../../src/model/estimator.ts";
import { readEstimator } from "../../src/model/sklearn-estimator.ts";
import { assembled, bytes, dtype, estimator, floats, integer, ndarray, text, tuple } from "./assembler.ts";

const doubles = (...values: readonly number[]): Buffer => {
  const data = Buffer.alloc(8 * values.length);
  values.forEach((value, at) => data.writeDoubleLE(value, 8 * at));
  return data;
};
const classes = Buffer.alloc(24);
[0n, 1n, 2n].forEach((value, at) => classes.writeBigInt64LE(value, 8 * at));

/** Three classes of one feature, whose decisions for the row [1] are 1, 2 and 3. */
const logistic = (version: Readonly<Record<string, Uint8Array>>): Uint8Array =>
  assembled(
    estimator("sklearn.linear_model._logistic", "LogisticRegression", {
      solver: text("newton-cholesky"),
      n_features_in_: integer(1),
      classes_: ndarray({ shape: tuple(integer(3)), dtype: dtype("i8"), data: bytes(...classes) }),
      coef_: ndarray({ shape: tuple(integer(3), integer(1)), data: bytes(...doubles(1, 2, 3)) }),
      intercept_: floats(0, 0, 0),
      ...version,
    }),
  );

const DECISIONS = [1, 2, 3];
const shares = (parts: readonly number[]): readonly number[] => {
  const sum = parts.reduce((total, part) => total + part, 0);
  return parts.map((part) => part / sum);
};
const EACH_ALONE = shares(DECISIONS.map((decision) => 1 / (1 + Math.exp(-decision))));
const ALL_AT_ONCE = shares(DECISIONS.map(Math.exp));

describe("newton-cholesky with three classes", () => {
  test.each([
    ["1.2.1", EACH_ALONE],
    ["1.5.2", EACH_ALONE],
    ["1.6.0", ALL_AT_ONCE],
    ["1.10.1", ALL_AT_ONCE],
    ["2.0", ALL_AT_ONCE],
  ])("of scikit-learn %s", (version, expected) => {
    const [found = []] = probabilitiesOf(readEstimator(logistic({ _sklearn_version: text(version) })), [[1]]);
    found.forEach((chance, at) => expect(chance).toBeCloseTo(expected[at] ?? Number.NaN, 12));
  });

  test("is refused where nothing says which scikit-learn that was", () => {
    expect(() => readEstimator(logistic({}))).toThrow(/does not say which scikit-learn/);
  });
});
