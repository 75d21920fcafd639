/** A line of monitoring, checked: whoever reads it need not ask again whether a figure is one. Pure. */

import * as v from "valibot";
import { MONITORING_VERSION, type MonitoringWindow } from "../core/monitoring.ts";
import { sketchOf } from "./sketch.ts";

export interface Line {
  readonly window?: MonitoringWindow;
  /** Why it is none; undefined for what is there for others: an empty line, or one of another type. */
  readonly problem?: string;
}

export function lineOf(bytes: Buffer): Line {
  const text = bytes.toString();
  if (text.trim() === "") return {};
  const value = jsonOf(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { problem: "it is no JSON object" };
  const { type, v: version } = value as { readonly type?: unknown; readonly v?: unknown };
  if (type !== "window") return {};
  if (typeof version === "number" && version > MONITORING_VERSION)
    return { problem: `it has the version ${version}, and this pipe reads ${MONITORING_VERSION}` };
  const { issues, success } = v.safeParse(shape, value, { abortEarly: true });
  if (!success) return { problem: `${v.getDotPath(issues[0]) ?? "it"}: ${issues[0].message}` };
  // Not the copy: what a person reads again, and what is passed on, is the line as it was written.
  return { window: value as MonitoringWindow };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const finite = v.pipe(v.number(), v.finite());
const figure = v.nullable(finite);
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const isCounts = (given: unknown): boolean =>
  Array.isArray(given) && given.every((each) => Number.isSafeInteger(each) && each >= 0);
const isRising = (given: unknown): boolean =>
  Array.isArray(given) && given.every((each, at) => Number.isFinite(each) && (at === 0 || each > given[at - 1]));
// A function asks much less of each number than a schema does, and most of a line are these.
const counts = v.custom<number[]>(isCounts, "they are no counts");
const edges = v.custom<number[]>(isRising, "they are no rising numbers");
const time = v.nullable(
  v.pipe(
    v.string(),
    v.check((text) => !Number.isNaN(Date.parse(text)), "it is no time"),
  ),
);
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "it is no SHA-256"));
const severity = v.picklist(["slight", "moderate", "strong"]);
const sketch = v.nullable(v.pipe(v.string(), v.check(isSketch, "it is no sketch")));

function isSketch(text: string): boolean {
  try {
    return Number.isFinite(sketchOf(text).count);
  } catch {
    return false;
  }
}

const histogram = v.pipe(
  v.object({
    edges: v.exactOptional(edges),
    categories: v.exactOptional(v.array(v.string())),
    counts,
    reference: counts,
  }),
  v.check(({ counts, reference }) => counts.length === reference.length, "its counts are not those of its reference"),
  v.check(
    ({ edges, counts }) => edges === undefined || counts.length === edges.length + 1,
    "it has other bins than edges",
  ),
  v.check(
    ({ categories, counts }) => categories === undefined || counts.length === categories.length,
    "it has not one count for each category",
  ),
);

const drift = {
  n: count,
  histogram: v.nullable(histogram),
  psi: figure,
  psi_expected: figure,
  psi_critical: figure,
  ks: figure,
  ks_resolution: figure,
  chi2: figure,
  chi2_critical: figure,
  severity: v.nullable(severity),
};

const feature = v.object({
  name: v.string(),
  type: v.picklist(["number", "category", "text"]),
  missing: count,
  missing_rate: figure,
  missing_rate_reference: figure,
  missing_reference: v.nullable(count),
  missing_differs: v.nullable(v.boolean()),
  new_categories: count,
  out_of_range: count,
  ...drift,
});

const prediction = v.object({
  ...drift,
  least: figure,
  greatest: figure,
  p05: figure,
  p25: figure,
  p50: figure,
  p75: figure,
  p95: figure,
  sketch,
});

const labels = v.object({
  n: count,
  coverage: figure,
  lag_seconds_mean: figure,
  lag_seconds_max: figure,
  rmse: figure,
  mae: figure,
  r2: figure,
  accuracy: figure,
  rmse_reference: figure,
  moments: v.object({
    n: count,
    numbers: count,
    right: count,
    lag_seconds: finite,
    lag_seconds_max: finite,
    absolute_error: finite,
    square_error_mean: finite,
    square_error_spread: finite,
    actual_mean: finite,
    actual_spread: finite,
  }),
});

const system = v.object({
  requests: count,
  client_errors: count,
  server_errors: count,
  error_rate: figure,
  shed: count,
  latency_seconds_p50: figure,
  latency_seconds_p95: figure,
  latency_seconds_p99: figure,
  latency_seconds_max: figure,
  latency_sketch: sketch,
  rss_bytes: finite,
  event_loop_lag_seconds_p99: finite,
});

const kpi = v.object({ n: count, sum: finite, mean: finite, least: finite, greatest: finite });
const alert = v.object({ signal: v.string(), state: v.picklist(["open", "recovered"]), severity, message: v.string() });
const alarm = v.object({
  signal: v.string(),
  recent: v.array(v.boolean()),
  open_since: time,
  severity: v.nullable(severity),
});

const shape: v.GenericSchema<unknown, MonitoringWindow> = v.object({
  v: v.literal(MONITORING_VERSION),
  type: v.literal("window"),
  source: v.picklist(["service", "batch"]),
  from: time,
  to: time,
  ended: v.picklist(["rows", "time", "model", "end", "merged"]),
  model_digest: digest,
  reference_digest: v.nullable(digest),
  data: v.object({
    rows: count,
    refused_requests: count,
    level: finite,
    tests: count,
    features: v.array(feature),
  }),
  model: v.object({ prediction, labels }),
  system: v.nullable(system),
  business: v.object({ kpis: v.record(v.string(), kpi) }),
  judged: v.boolean(),
  alerts: v.array(alert),
  alarms: v.array(alarm),
  status: v.picklist(["ok", "insufficient", "alert"]),
});
