/** What the model says of rows, checked before it is told to anyone. Pure. */

import type { Row } from "../model/schema.ts";
import { Problem } from "./problem.ts";
import type { Served, ServedPrediction } from "./served.ts";

/** One prediction a row. What the model throws may hold what was sent: none of it is told. */
export async function predictionsOf(served: Served, rows: readonly Row[]): Promise<readonly ServedPrediction[]> {
  const predictions = await resultOf(served, rows);
  if (!Array.isArray(predictions) || predictions.length !== rows.length || !predictions.every(isPrediction))
    throw modelFailed();
  return predictions;
}

async function resultOf(served: Served, rows: readonly Row[]): Promise<unknown> {
  try {
    return await served.predict(rows);
  } catch {
    throw modelFailed();
  }
}

const isPrediction = (value: unknown): boolean =>
  typeof value === "number"
    ? Number.isFinite(value)
    : typeof value === "string" || (Array.isArray(value) && value.every((each) => Number.isFinite(each)));

const modelFailed = (): Problem => new Problem(500, "the model failed");
