/** A small model, what is known of it, and the page on it. */

import { createHash } from "node:crypto";
import { writeModel, type Feature, type LinearModel } from "pipefile/model";
import type { CleanReport } from "../../../rules/clean.ts";
import type { EvaluationReport } from "../../../rules/evaluation.ts";
import report from "../../../rules/report.ts";
import type { MetricsReport } from "../../../rules/train.ts";
import { seenBy } from "../../rig/model.ts";
import { fileOf, run, type Ran } from "../context.ts";

export const METRICS = { rmse: 12.5, mae: 10, r2: 0.75, mape: 0.1 };

const FEATURES: readonly Feature[] = [
  { name: "length", type: "number", fill: 5, imputation: "mean", range: [0, 10] },
  { name: "kind", type: "category", fill: null, imputation: "none", categories: ["a", "b", "c"] },
];

export const MODEL: LinearModel = {
  format: 3,
  kind: "linear-regression",
  target: "mass",
  features: FEATURES,
  coefficients: [2.5, -10, 0],
  intercept: 1,
  ridge: 0,
  inference: { standardErrors: [0.5, 20, null], interceptError: 0.25, residualError: 3, degreesOfFreedom: 30 },
  leftOut: { "kind=c": "constant" },
  metrics: { model: METRICS, baseline: METRICS },
  rows: { train: 34, test: 12 },
  seed: 7,
  ...seenBy(FEATURES),
  libraries: { "ml-regression": "6.3.0" },
};

export const EVALUATION: EvaluationReport = {
  target: "mass",
  rows: 3,
  points: [
    [10, 11],
    [20, 19],
    [30, 30],
  ],
  step: 1,
  errors: { start: -2, width: 1, counts: [0, 1, 1, 1] },
};

export const DATA: CleanReport = {
  schema: "",
  rows: 50,
  kept: 46,
  dropped: 3,
  rejected: 1,
  nulls: { length: 3, kind: 0, mass: 0, note: 49 },
  columns: {
    length: { type: "number", known: 44, missing: 2, least: 0, greatest: 10, mean: 5, deviation: 2 },
    kind: { type: "category", known: 46, missing: 0, counts: { a: 23, b: 20, c: 3 } },
    mass: { type: "integer", known: 46, missing: 0, least: 7, greatest: 7, mean: 7, deviation: 0 },
    note: { type: "text", known: 0, missing: 46, counts: {} },
  },
};

interface Given {
  readonly model?: LinearModel;
  readonly metrics?: Partial<MetricsReport>;
  readonly evaluation?: EvaluationReport;
  readonly data?: CleanReport;
  /** The text of the page of before. */
  readonly before?: string;
}

export const digestOf = (model: LinearModel): string => createHash("sha256").update(writeModel(model)).digest("hex");

export function reported({
  model = MODEL,
  metrics,
  evaluation = EVALUATION,
  data = DATA,
  before,
}: Given = {}): Promise<Ran> {
  const measured = { target: model.target, rows: model.rows, ...METRICS, baseline: METRICS, training: METRICS };
  const inputs = {
    model: fileOf(writeModel(model)),
    metrics: fileOf(JSON.stringify({ ...measured, ...metrics })),
    evaluation: fileOf(JSON.stringify(evaluation)),
    data: fileOf(JSON.stringify(data)),
  };
  const previous = { page: before === undefined ? undefined : fileOf(before) };
  const action: typeof report = (context) => report({ ...context, previous });
  return run(action, { inputs, outputs: { page: "reports/model.html" } });
}

export const pageOf = async (given?: Given): Promise<string> => (await reported(given)).text("page");

/** What a reader sees of a page, on one line. */
export const textOf = (page: string): string =>
  page
    .replaceAll(/<(style|script).*?<\/\1>/gs, "")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll("&#39;", "'")
    .replaceAll(/\s+/g, " ");
