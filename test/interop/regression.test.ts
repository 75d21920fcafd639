/** scikit-learn fits the same rows to the same coefficients, with a ridge and without. */

import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { encodeRow, readModel } from "pipefile/model";
import { penguins } from "../../rules/schema.ts";
import { examplesOf } from "../../rules/examples.ts";
import { fileOf, runClean, runTrain, SOURCE, TRAIN_PARAMS } from "../rules/context.ts";

const SCRIPT = `
import json, sys
import numpy as np
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import mean_absolute_error, mean_absolute_percentage_error, mean_squared_error, r2_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
given = json.load(sys.stdin)
x, y, test_x, test_y = (np.array(given[name]) for name in ("x", "y", "testX", "testY"))
ridge = given["ridge"]
model = LinearRegression() if ridge == 0 else make_pipeline(StandardScaler(), Ridge(alpha=ridge))
model.fit(x, y)
one = np.eye(x.shape[1])
zero = model.predict(np.zeros((1, x.shape[1])))[0]
guess = model.predict(test_x)
design = np.column_stack([np.ones(len(x)), x])
errors = y - model.predict(x)
covariance = np.linalg.inv(design.T @ design) * (errors @ errors) / (len(x) - design.shape[1])
print(json.dumps({
    "intercept": zero, "coefficients": list(model.predict(one) - zero),
    "standardErrors": list(np.sqrt(np.diag(covariance))[1:]),
    "metrics": {"rmse": mean_squared_error(test_y, guess, squared=False), "mae": mean_absolute_error(test_y, guess),
                "r2": r2_score(test_y, guess), "mape": mean_absolute_percentage_error(test_y, guess)},
}))
`;

test.for([0, 3, 100])("with a ridge of %d", async (ridge) => {
  const rows = fileOf((await runClean(SOURCE)).text("rows"));
  const model = readModel((await runTrain(rows, { ridge })).text("model"));
  const given = { ridge, x: [] as unknown[], y: [] as number[], testX: [] as unknown[], testY: [] as number[] };
  for await (const { row, target, isHeldOut } of examplesOf(rows, penguins, TRAIN_PARAMS)) {
    (isHeldOut ? given.testX : given.x).push(encodeRow(model.features, row));
    (isHeldOut ? given.testY : given.y).push(target);
  }
  const { error, status, stdout, stderr } = spawnSync("python3", ["-c", SCRIPT], {
    input: JSON.stringify(given),
    encoding: "utf8",
  });
  expect([error?.message, status, stderr]).toEqual([undefined, 0, ""]);
  const found = JSON.parse(stdout);
  const close = (value: number): unknown => expect.closeTo(value, 6);
  expect(found.intercept / model.intercept).toBeCloseTo(1, 9);
  expect(found.coefficients).toEqual(model.coefficients.map(close));
  const { rmse, mae, r2, mape } = model.metrics.model;
  expect(found.metrics).toEqual({ rmse: close(rmse), mae: close(mae), r2: close(r2), mape: close(mape ?? 0) });
  if (ridge === 0) expect(found.standardErrors).toEqual(model.inference.standardErrors.map((each) => close(each ?? 0)));
});
