/**
 * Fits a linear regression to the cleaned rows and measures it on rows that it has not seen.
 *
 * The table is never held. It is read once, and put aside as plain numbers that are read again for what its columns are
 * like, for the fit and for the metrics; so it may be larger than memory.
 */

import { rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import mlRegression from "ml-regression/package.json" with { type: "json" };
import simpleStatistics from "simple-statistics/package.json" with { type: "json" };
import type { Action } from "pipefile";
import {
  checkedSchema,
  encodedNames,
  MODEL_FORMAT,
  writeModel,
  type FeatureColumn,
  type Holdout,
  type LinearModel,
  type Metrics,
  type Predictor,
} from "pipefile/model";
import { checkChoice, examplesOf, featureColumnsOf, type Choice } from "./examples.ts";
import { triangleOf } from "./fit.ts";
import { featureReferencesOf, measured, type Measured } from "./measure.ts";
import { previousMetrics } from "./previous.ts";
import { solutionOf, type Solution } from "./regression.ts";
import { Spool } from "./spool.ts";
import { featuresOf, quantilesOf, surveyOf, type Quantiles, type Survey } from "./survey.ts";

interface Params extends Choice {
  /** How many encoded rows are held in memory at once; it changes nothing in the model. */
  readonly batchRows: number;
  /** The penalty on the squares of the coefficients; 0 for plain least squares. */
  readonly ridge: number;
}

type Train = Action<
  { rows: string; schema: string },
  { model: string; metrics: string; evaluation: string },
  { target: string; seed: number; holdout: number; batchRows: number; ridge: number }
>;

/** What `reports/metrics.json` holds: at its top the metrics on the rows held out. The report and the gate read it. */
export interface MetricsReport extends Metrics {
  readonly target: string;
  readonly rows: LinearModel["rows"];
  readonly holdout: Holdout;
  /** Of a guess at the training mean, on the rows held out. */
  readonly baseline: Metrics;
  /** On the rows that the model was fitted to. */
  readonly training: Metrics;
}

const train: Train = async (context) => {
  const { inputs, outputs, params, previous, scratch, log, metric, progress } = context;
  const schema = checkedSchema(JSON.parse(await readFile(inputs.schema, "utf8")));
  check(params);
  checkChoice(schema, params);
  const columns = featureColumnsOf(schema, params.target);
  const folder = scratch ?? dirname(outputs.model);
  const [place, predictions] = [join(folder, "examples"), join(folder, "predictions")];
  const spool = new Spool(place, columns);
  try {
    for await (const example of examplesOf(inputs.rows, schema, params)) spool.add(example);
    const survey = surveyOf(spool, columns);
    checkCounts(survey, params);
    const fitted = fittedTo(spool, columns, { params, survey, progress });
    const deviation = fitted.solution.inference.residualError ?? 0;
    const found = measured(spool, { fitted, survey, deviation, target: params.target, place: predictions });
    const model = modelOf(fitted, { params, found, survey });
    const { target, rows, holdout } = model;
    const { metrics } = found;
    await writeFile(outputs.model, writeModel(model));
    const { model: heldOut, baseline, training } = metrics;
    const report: MetricsReport = { target, rows, holdout, ...heldOut, baseline, training };
    await writeFile(outputs.metrics, jsonOf(report));
    await writeFile(outputs.evaluation, jsonOf(found.evaluation.report));
    for (const [name, why] of Object.entries(model.leftOut)) log(`${name} is left out: ${WHY[why]}`);
    log(`${rows.train} rows to train on, ${rows.test} held out, ${model.coefficients.length} coefficients`);
    for (const [name, value] of Object.entries(heldOut)) if (value !== null) metric(name, value);
    metric("baseline_rmse", baseline.rmse);
    metric("training_rmse", training.rmse);
    if (previous.model !== undefined) {
      const before = await previousMetrics(previous.model, { target, columns, examples: spool });
      if (typeof before === "string") log(`the model of before cannot be scored on these rows: ${before}`);
      else for (const [name, value] of Object.entries(before)) if (value !== null) metric(name, value, PREVIOUS);
    }
  } finally {
    spool.close();
    for (const path of [place, predictions]) rmSync(path, { force: true });
  }
};

export default train;

const PREVIOUS = { of: "previous" } as const;
const WHY = {
  constant: "it is the same in all training rows",
  collinear: "the numbers before it say the same",
} as const;
const jsonOf = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function check({ batchRows, ridge }: Params): void {
  if (!Number.isSafeInteger(batchRows) || batchRows < 1)
    throw new Error(`batchRows is ${batchRows}, which is no number of rows`);
  if (!Number.isFinite(ridge) || ridge < 0) throw new Error(`ridge is ${ridge}, which is no penalty`);
}

function checkCounts({ rows }: Survey, { holdout }: Params): void {
  if (rows.train === 0 || rows.test === 0)
    throw new Error(`the hold-out of ${holdout} leaves ${rows.train} rows to train on and ${rows.test} to measure on`);
}

/** A solution, how rows are encoded for it, and what the columns hold. */
interface Fitted extends Predictor {
  readonly solution: Solution;
  readonly quantiles: readonly Quantiles[];
}

function fittedTo(
  spool: Spool,
  columns: readonly FeatureColumn[],
  of: {
    readonly params: Params;
    readonly survey: Survey;
    readonly progress: (done: number, total: number) => void;
  },
): Fitted {
  const { params, survey, progress } = of;
  const { train: rows } = survey.rows;
  const quantiles = quantilesOf(spool, columns, survey.summaries);
  const features = featuresOf(spool, columns, { ...survey, quantiles });
  const triangle = triangleOf(spool, {
    features,
    // No more than there are: a table that is small needs no more memory than it is large.
    batchRows: Math.min(params.batchRows, rows),
    onBatch: (done) => progress(done, rows),
  });
  const solution = solutionOf(triangle, params.ridge);
  return { features, solution, quantiles, coefficients: solution.coefficients, intercept: solution.intercept };
}

function modelOf(
  { features, solution, quantiles }: Fitted,
  of: { readonly params: Params; readonly found: Measured; readonly survey: Survey },
): LinearModel {
  const { params, found, survey } = of;
  const { coefficients, intercept, inference, leftOut } = solution;
  const { least, greatest } = survey.target;
  const names = encodedNames(features);
  return {
    format: MODEL_FORMAT,
    kind: "linear-regression",
    target: params.target,
    targetRange: [least ?? 0, greatest ?? 0],
    features,
    coefficients,
    intercept,
    ridge: params.ridge,
    inference,
    leftOut: Object.fromEntries([...leftOut].map(([at, why]) => [names[at] ?? "", why])),
    metrics: { model: found.metrics.model, baseline: found.metrics.baseline },
    rows: survey.rows,
    seed: params.seed,
    holdout: { share: params.holdout, digest: found.digest },
    golden: found.golden,
    reference: {
      features: featureReferencesOf(features, survey.summaries, quantiles),
      prediction: found.predictions,
    },
    libraries: { "ml-regression": mlRegression.version, "simple-statistics": simpleStatistics.version },
  };
}
