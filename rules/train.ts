/**
 * Fits a linear regression to the cleaned rows and measures it on rows that it has not seen.
 *
 * The table is read three times instead of being held: for what its columns are like, for the fit, for the metrics. So
 * it may be larger than memory.
 */

import { writeFile } from "node:fs/promises";
import mlRegression from "ml-regression/package.json" with { type: "json" };
import simpleStatistics from "simple-statistics/package.json" with { type: "json" };
import type { Action } from "pipefile";
import { Measurement, MODEL_FORMAT, predict, writeModel, type LinearModel, type Predictor } from "pipefile/model";
import { checkChoice, examplesOf, type Choice, type Example } from "./examples.ts";
import { predictorOf, surveyOf } from "./fit.ts";

interface Params extends Choice {
  /** How many encoded rows are held in memory at once; it changes nothing in the model. */
  readonly batchRows: number;
}

type Train = Action<
  { rows: string },
  { model: string; metrics: string },
  { target: string; seed: number; holdout: number; batchRows: number }
>;

const train: Train = async ({ inputs, outputs, params, log, metric, progress }) => {
  check(params);
  const examples = (): AsyncIterable<Example> => examplesOf(inputs.rows, params);
  const { rows, meanTarget, features } = await surveyOf(examples(), params.target);
  if (rows.train === 0 || rows.test === 0) {
    throw new Error(
      `the hold-out of ${params.holdout} leaves ${rows.train} rows to train on and ${rows.test} to measure on`,
    );
  }
  const predictor = await predictorOf(examples(), {
    features: features(),
    // No more than there are: a table that is small needs no more memory than it is large.
    batchRows: Math.min(params.batchRows, rows.train),
    onBatch: (done) => progress(done, rows.train),
  });
  const { model, baseline, training } = await measured(examples(), predictor, meanTarget);
  const artifact = writeModel({
    format: MODEL_FORMAT,
    kind: "linear-regression",
    target: params.target,
    ...predictor,
    metrics: { model, baseline },
    rows,
    seed: params.seed,
    libraries: { "ml-regression": mlRegression.version, "simple-statistics": simpleStatistics.version },
  });
  await writeFile(outputs.model, artifact);
  const report = { target: params.target, rows, model, baseline, training };
  await writeFile(outputs.metrics, `${JSON.stringify(report, null, 2)}\n`);
  log(`${rows.train} rows to train on, ${rows.test} held out, ${predictor.coefficients.length} coefficients`);
  for (const [name, value] of Object.entries(model)) metric(name, value);
  metric("baseline_rmse", baseline.rmse);
  metric("training_rmse", training.rmse);
};

export default train;

function check(params: Params): void {
  checkChoice(params);
  if (!Number.isSafeInteger(params.batchRows) || params.batchRows < 1)
    throw new Error(`batchRows is ${params.batchRows}, which is no number of rows`);
}

type Measured = LinearModel["metrics"] & { readonly training: LinearModel["metrics"]["model"] };

/** The model and the baseline, which guesses the training mean, on the rows held out; the model on its own rows too. */
async function measured(examples: AsyncIterable<Example>, predictor: Predictor, guess: number): Promise<Measured> {
  const [model, baseline, training] = [new Measurement(), new Measurement(), new Measurement()];
  for await (const { row, target, isHeldOut } of examples) {
    (isHeldOut ? model : training).add(target, predict(predictor, row));
    if (isHeldOut) baseline.add(target, guess);
  }
  return { model: model.metrics, baseline: baseline.metrics, training: training.metrics };
}
