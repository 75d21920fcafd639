/** What was counted, as a line of monitoring: with the figures that follow from it, and back. Pure. */

import {
  MONITORING_VERSION,
  type Drift,
  type FeatureWindow,
  type LabelWindow,
  type MonitoringWindow,
  type PredictionWindow,
  type SystemWindow,
} from "../core/monitoring.ts";
import { driftOf, isEnough } from "./drift.ts";
import { errorsOf } from "./label.ts";
import type { FeatureCounts, Part, PredictionCounts } from "./part.ts";
import type { FeatureShape, Shape } from "./shape.ts";
import { sharesDiffer } from "./share.ts";
import { mergedSketch } from "./sketch.ts";

/** All of a line that is not counted. */
export interface WindowContext {
  readonly source: MonitoringWindow["source"];
  /** ISO 8601, UTC; null for a table. */
  readonly from: string | null;
  readonly to: string | null;
  readonly ended: MonitoringWindow["ended"];
  /** How often a window without drift may raise an alarm, all its tests together. */
  readonly level: number;
  /** Of the processes that answer; undefined for a table. */
  readonly usage: Usage | undefined;
}

export interface Usage {
  readonly rssBytes: number;
  readonly lagSeconds: number;
}

/** The line, before it is judged. */
export function windowOf(part: Part, shape: Shape, context: WindowContext): MonitoringWindow {
  const { source, from, to, ended, level, usage } = context;
  const { rows, refusedRequests, features, prediction, requests, labels, kpis } = part;
  const tests = testsOf(shape);
  const each = level / Math.max(tests, 1);
  return {
    v: MONITORING_VERSION,
    type: "window",
    source,
    from,
    to,
    ended,
    model_digest: shape.digest,
    reference_digest: shape.referenceDigest,
    data: {
      rows,
      refused_requests: refusedRequests,
      level,
      tests,
      features: shape.features.map((known, at) =>
        featureOf(features[at] as FeatureCounts, { known, rows, level: each }),
      ),
    },
    model: { prediction: predictionOf(prediction, shape, each), labels: labelsOf(labels, rows, shape.rmse) },
    system: usage === undefined ? null : systemOf(requests, usage),
    business: { kpis },
    judged: true,
    alerts: [],
    alarms: [],
    status: isEnough(rows) || tests === 0 ? "ok" : "insufficient",
  };
}

/** Each feature's values and its missing ones, and the predictions: so many tests share the level. */
const testsOf = ({ features, prediction }: Shape): number =>
  2 * features.filter(({ bins }) => bins !== null).length + (prediction === null ? 0 : 1);

function featureOf(
  { counts, missing, newCategories, outOfRange }: FeatureCounts,
  { known, rows, level }: { readonly known: FeatureShape; readonly rows: number; readonly level: number },
): FeatureWindow {
  const { name, type, bins, missingReference } = known;
  const referenceRows = (bins?.reference ?? []).reduce((sum, count) => sum + count, missingReference ?? 0);
  return {
    name,
    type,
    missing,
    missing_rate: rows === 0 ? null : missing / rows,
    missing_rate_reference: missingReference === null || referenceRows === 0 ? null : missingReference / referenceRows,
    missing_reference: missingReference,
    missing_differs:
      missingReference === null || !isEnough(rows)
        ? null
        : sharesDiffer({ current: [missing, rows], reference: [missingReference, referenceRows] }, level),
    new_categories: newCategories,
    out_of_range: outOfRange,
    ...driftOf({ n: rows - missing, bins, counts, others: newCategories }, level),
  };
}

function predictionOf(part: PredictionCounts, { prediction }: Shape, level: number): PredictionWindow {
  const { n, counts, least, greatest, sketch } = part;
  const all = mergedSketch([sketch]);
  const at = (share: number): number | null => (n === 0 ? null : all.getValueAtQuantile(share));
  const drift: Drift = driftOf({ n, bins: prediction, counts, others: 0 }, level);
  const quantiles = { p05: at(0.05), p25: at(0.25), p50: at(0.5), p75: at(0.75), p95: at(0.95) };
  return { ...drift, least, greatest, ...quantiles, sketch: sketch ?? null };
}

function labelsOf(moments: Part["labels"], rows: number, rmse: number | null): LabelWindow {
  const { n, numbers, right, lag_seconds, lag_seconds_max } = moments;
  return {
    n,
    coverage: rows === 0 ? null : n / rows,
    lag_seconds_mean: n === 0 ? null : lag_seconds / n,
    lag_seconds_max: n === 0 ? null : lag_seconds_max,
    ...errorsOf(moments),
    accuracy: n === numbers ? null : right / (n - numbers),
    rmse_reference: rmse,
    moments,
  };
}

function systemOf(requests: Part["requests"], { rssBytes, lagSeconds }: Usage): SystemWindow {
  const { requests: count, clientErrors, serverErrors, shed, greatest, sketch } = requests;
  const all = mergedSketch([sketch]);
  const at = (share: number): number | null => (count === 0 ? null : all.getValueAtQuantile(share));
  return {
    requests: count,
    client_errors: clientErrors,
    server_errors: serverErrors,
    error_rate: count === 0 ? null : serverErrors / count,
    shed,
    latency_seconds_p50: at(0.5),
    latency_seconds_p95: at(0.95),
    latency_seconds_p99: at(0.99),
    latency_seconds_max: count === 0 ? null : greatest,
    latency_sketch: sketch ?? null,
    rss_bytes: rssBytes,
    event_loop_lag_seconds_p99: lagSeconds,
  };
}
