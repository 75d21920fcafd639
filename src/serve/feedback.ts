/** `POST /feedback`: what came true for predictions, and figures of the business. */

import { predictionId, readPredictionId, type Predicted } from "../monitor/prediction-id.ts";
import { isKpiName, isMeasure, type Feedback, type LabelGiven } from "../monitor/feedback.ts";
import { jsonAnswer } from "./answer.ts";
import { reply, type Exchange, type Service } from "./asked.ts";
import { jsonOf } from "./body.ts";
import type { Hosted } from "./hosted.ts";
import { Problem, shown, tooManyRows } from "./problem.ts";
import { isObject } from "./rows.ts";
import type { ServedPrediction } from "./served.ts";

export function feedback(service: Service, exchange: Exchange): void {
  const { mostRows } = service.front;
  reply(service, { exchange, protocol: "plain" }, async ({ body, format }) => {
    if (format !== "json") throw new Problem(415, "feedback is JSON", { headers: { accept: "application/json" } });
    return jsonAnswer(await service.front.feedback(feedbackIn(jsonOf(body), mostRows)));
  });
}

/** By which what comes true is told later; undefined for a prediction that is a list, or too long a text. */
export function idOf(
  { version }: Pick<Hosted, "version">,
  prediction: ServedPrediction,
  atMs: number,
): string | undefined {
  return typeof prediction === "object" ? undefined : predictionId({ version, atMs, prediction });
}

/** One object, or a list of them, each with a label or with figures. */
export function feedbackIn(value: unknown, mostRows: number): Feedback {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > mostRows) throw tooManyRows(mostRows);
  const read = list.map((each, at) => itemOf(each, at + 1));
  return { labels: read.flatMap(({ labels }) => labels), kpis: read.flatMap(({ kpis }) => kpis) };
}

const EXAMPLE = 'such as {"id": "…", "actual": 4050} or {"kpi": {"orders": 12}}';

function itemOf(value: unknown, row: number): Feedback {
  if (!isObject(value))
    throw new Problem(400, `row ${row} is ${shown(value)}, which is no feedback: ${EXAMPLE}`, { row });
  const unknown = Object.keys(value).find((key) => !["id", "actual", "kpi"].includes(key));
  if (unknown !== undefined)
    throw new Problem(400, `row ${row} has ${shown(unknown)}, which is no feedback: ${EXAMPLE}`, { row });
  const [isLabel, isKpi] = [Object.hasOwn(value, "id") || Object.hasOwn(value, "actual"), Object.hasOwn(value, "kpi")];
  if (!isLabel && !isKpi) throw new Problem(400, `row ${row} has no feedback: ${EXAMPLE}`, { row });
  return { labels: isLabel ? [labelOf(value, row)] : [], kpis: isKpi ? kpisOf(value["kpi"], row) : [] };
}

function labelOf({ id, actual }: Readonly<Record<string, unknown>>, row: number): LabelGiven {
  const predicted: Predicted | undefined = typeof id === "string" ? readPredictionId(id) : undefined;
  if (predicted === undefined || typeof id !== "string")
    throw new Problem(400, `row ${row}: the id ${shown(id)} is none that /predict gave`, { row, column: "id" });
  const isNumber = typeof predicted.prediction === "number";
  if (isNumber ? !isMeasure(actual) : typeof actual !== "string" || actual.length > LONGEST)
    throw new Problem(
      400,
      `row ${row}: actual is ${shown(actual)}, and a ${isNumber ? "number" : "text"} was predicted`,
      {
        row,
        column: "actual",
      },
    );
  return { id, predicted, actual: actual as number | string };
}

const LONGEST = 1_000;

function kpisOf(value: unknown, row: number): Feedback["kpis"] {
  if (!isObject(value))
    throw new Problem(400, `row ${row}: kpi is ${shown(value)}, which is no object`, { row, column: "kpi" });
  return Object.entries(value).map(([name, figure]) => {
    if (!isKpiName(name))
      throw new Problem(400, `row ${row}: the kpi ${shown(name)} needs a name of letters, digits, _ . - alone`, {
        row,
        column: "kpi",
      });
    if (!isMeasure(figure))
      throw new Problem(400, `row ${row}: the kpi ${name} is ${shown(figure)}, which is no number`, {
        row,
        column: "kpi",
      });
    return [name, figure] as const;
  });
}
