/** Fits a linear regression to the cleaned rows and measures it on rows that it has not seen. */

import { writeFile } from "node:fs/promises";
import { MultivariateLinearRegression } from "ml-regression";
import mlRegression from "ml-regression/package.json" with { type: "json" };
import simpleStatistics from "simple-statistics/package.json" with { type: "json" };
import { mean } from "simple-statistics";
import type { Action } from "pipefile";
import {
  encodedNames,
  encodeRow,
  fitFeatures,
  isHeldOut,
  metricsOf,
  MODEL_FORMAT,
  predict,
  writeModel,
  type Column,
  type LinearModel,
  type Predictor,
  type Row,
} from "pipefile/model";
import { penguins } from "./schema.ts";
import { rowsOf } from "./table.ts";

interface Params {
  /** The column to predict. */
  readonly target: string;
  /** Which rows are held out. */
  readonly seed: number;
  /** The share of rows that are held out, between 0 and 1. */
  readonly holdout: number;
}

/** Rows with their target: `rows[i]` belongs to `targets[i]`. */
interface Examples {
  readonly rows: Row[];
  readonly targets: number[];
}

interface Split {
  readonly training: Examples;
  readonly heldOut: Examples;
}

type Train = Action<
  { rows: string },
  { model: string; metrics: string },
  { target: string; seed: number; holdout: number }
>;

const train: Train = async ({ inputs, outputs, params, log, metric }) => {
  const columns = penguins.columns.filter((column) => column.name !== params.target);
  const { training, heldOut } = await readExamples(inputs.rows, params);
  if (training.rows.length === 0 || heldOut.rows.length === 0) {
    throw new Error(
      `the hold-out of ${params.holdout} leaves ${training.rows.length} rows to train on and ${heldOut.rows.length} to measure on`,
    );
  }
  const predictor = fit(columns, training);
  const metrics = measure(predictor, { training, heldOut });
  const rows = { train: training.rows.length, test: heldOut.rows.length };
  const model = writeModel({
    format: MODEL_FORMAT,
    kind: "linear-regression",
    target: params.target,
    ...predictor,
    metrics,
    rows,
    seed: params.seed,
    libraries: { "ml-regression": mlRegression.version, "simple-statistics": simpleStatistics.version },
  });
  await writeFile(outputs.model, model);
  await writeFile(outputs.metrics, `${JSON.stringify({ target: params.target, rows, ...metrics }, null, 2)}\n`);
  log(`${rows.train} rows to train on, ${rows.test} held out, ${predictor.coefficients.length} coefficients`);
  for (const [name, value] of Object.entries(metrics.model)) metric(name, value);
  metric("baseline_rmse", metrics.baseline.rmse);
};

export default train;

async function readExamples(path: string, params: Params): Promise<Split> {
  const at = penguins.columns.findIndex((column) => column.name === params.target);
  if (penguins.columns[at]?.type !== "number")
    throw new Error(`the target '${params.target}' is no number column of the schema`);
  // Refused here: the pickle holds the seed as an int, and would fail only after the model is trained.
  if (!Number.isSafeInteger(params.seed)) throw new Error(`the seed ${params.seed} is no whole number`);
  const training: Examples = { rows: [], targets: [] };
  const heldOut: Examples = { rows: [], targets: [] };
  let index = 0;
  for await (const row of rowsOf(path, penguins)) {
    const target = row[at];
    const examples = isHeldOut(index++, { seed: params.seed, fraction: params.holdout }) ? heldOut : training;
    if (typeof target !== "number") continue;
    examples.rows.push(row.toSpliced(at, 1));
    examples.targets.push(target);
  }
  return { training, heldOut };
}

function fit(columns: readonly Column[], { rows, targets }: Examples): Predictor {
  const features = fitFeatures(columns, rows);
  const encoded = rows.map((row) => encodeRow(features, row));
  // The library inverts XᵀX, which squares any offset that a column has; around its mean a column has none.
  const centers = encodedNames(features).map((_, at) => mean(encoded.map((numbers) => numbers[at] ?? 0)));
  const { weights } = new MultivariateLinearRegression(
    encoded.map((numbers) => numbers.map((number, at) => number - (centers[at] ?? 0))),
    targets.map((target) => [target]),
    { statistics: false },
  );
  // The intercept, here that of the centered columns, comes last, after one weight for each encoded column.
  const numbers = weights.map(([weight]) => weight ?? Number.NaN);
  if (!numbers.every(Number.isFinite)) throw new Error("the regression has no finite solution for these rows");
  const coefficients = numbers.slice(0, centers.length);
  const offset = coefficients.reduce((sum, coefficient, at) => sum + coefficient * (centers[at] ?? 0), 0);
  return { features, coefficients, intercept: (numbers.at(-1) ?? Number.NaN) - offset };
}

/** On the rows that were held out; the baseline guesses the training mean for each. */
function measure(predictor: Predictor, { training, heldOut }: Split): LinearModel["metrics"] {
  const guess = mean(training.targets);
  const predictions = heldOut.rows.map((row) => predict(predictor, row));
  const guesses = heldOut.targets.map(() => guess);
  return { model: metricsOf(heldOut.targets, predictions), baseline: metricsOf(heldOut.targets, guesses) };
}
