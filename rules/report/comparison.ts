/** What a page knows of the page before it: the metrics of another model. Pure. */

import * as v from "valibot";
import type { Metrics } from "pipefile/model";
import type { MetricsReport } from "../train.ts";
import { scriptValue, type Html, jsonScript } from "./html.ts";

/** One model and how good it was. */
export interface Measured extends Pick<MetricsReport, "target" | "rows" | "baseline" | "training"> {
  /** On the rows held out, as `baseline` is. */
  readonly model: Metrics;
  /** SHA-256 of `model.bin`, as hex. */
  readonly digest: string;
}

/** What the page carries along for the page after it. */
interface Carried {
  readonly format: typeof FORMAT;
  readonly measured: Measured;
  /** What it is compared with itself. */
  readonly before: Measured | null;
}

const ID = "pipefile-report";
const FORMAT = 1;
const finite = v.pipe(v.number(), v.finite());
const metrics = v.object({ rmse: finite, mae: finite, r2: finite, mape: v.nullable(finite) });
const measured = v.object({
  digest: v.string(),
  target: v.string(),
  rows: v.object({ train: finite, test: finite }),
  model: metrics,
  baseline: metrics,
  training: metrics,
});
const carried: v.GenericSchema<unknown, Carried> = v.object({
  format: v.literal(FORMAT),
  measured,
  before: v.nullable(measured),
});

/**
 * What the metrics of now are compared with: those of the page of before, if that was of another model; else what that
 * page was compared with itself, so that a page which is made again says the same. Null where nothing is known.
 * A page that is damaged throws.
 */
export function comparedWith(previousPage: string, digest: string): Measured | null {
  const { measured: last, before } = v.parse(carried, scriptValue(previousPage, ID));
  return last.digest === digest ? before : last;
}

export const carriedOn = (now: Measured, before: Measured | null): Html =>
  jsonScript(ID, { format: FORMAT, measured: now, before } satisfies Carried);
