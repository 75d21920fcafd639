/** What the model says of rows, checked before it is told to anyone. Pure. */

import type { Row } from "../model/schema.ts";
import { Problem } from "./problem.ts";
import type { Served, ServedPrediction } from "./served.ts";
import { TooLate } from "./within.ts";

export type Tell<T> = (predictions: readonly ServedPrediction[]) => T;

/** One prediction a row, told at once by a model that gives them at once. What it throws may hold what was sent. */
export function predicted<T>(served: Served, rows: readonly Row[], tell: Tell<T>): T | Promise<T> {
  const given = attempted(served, rows);
  if (!(given instanceof Promise)) return tell(checked(given, rows.length));
  return given.then(
    (predictions) => tell(checked(predictions, rows.length)),
    (error: unknown) => {
      throw error instanceof TooLate ? new Problem(504, "the model took too long") : modelFailed();
    },
  );
}

function attempted(served: Served, rows: readonly Row[]): ReturnType<Served["predict"]> {
  try {
    return served.predict(rows);
  } catch {
    throw modelFailed();
  }
}

function checked(predictions: unknown, count: number): readonly ServedPrediction[] {
  if (!Array.isArray(predictions) || predictions.length !== count || !predictions.every(isPrediction))
    throw modelFailed();
  return predictions;
}

const isPrediction = (value: unknown): boolean =>
  typeof value === "number"
    ? Number.isFinite(value)
    : typeof value === "string" || (Array.isArray(value) && value.every((each) => Number.isFinite(each)));

const modelFailed = (): Problem => new Problem(500, "the model failed");
