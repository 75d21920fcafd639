/** Windows added up: what would have been written had they been one. Pure. */

import { standingIn, type MonitoringWindow, type SystemWindow } from "../core/monitoring.ts";
import { addedParts, NO_REQUESTS, type Part } from "./part.ts";
import { shapeIn } from "./shape.ts";
import { windowOf } from "./window.ts";

/**
 * The windows as one, those alone that the last one's model and reference were compared in: histograms of other bins do
 * not add up. Undefined without any.
 */
export function mergedWindows(windows: readonly MonitoringWindow[]): MonitoringWindow | undefined {
  const last = standingIn(windows);
  if (last === undefined) return undefined;
  const alike = windows.filter((window) => isAlike(window, last));
  const [first = last, ...rest] = alike;
  const part = rest.reduce((sum, each) => addedParts(sum, partOf(each)), partOf(first));
  const systems = alike.flatMap(({ system }) => (system === null ? [] : [system]));
  const merged = windowOf(part, shapeIn(last), {
    source: last.source,
    from: first.from,
    to: last.to,
    ended: alike.length === 1 ? last.ended : "merged",
    level: last.data.level,
    usage: systems.length === 0 ? undefined : mostUsed(systems),
  });
  return { ...merged, alerts: alike.flatMap(({ alerts }) => alerts), alarms: last.alarms, status: last.status };
}

/** Beside the digests, what a line itself holds: a model's file may be read as one of other columns by now. */
const isAlike = (one: MonitoringWindow, other: MonitoringWindow): boolean =>
  one.model_digest === other.model_digest &&
  one.reference_digest === other.reference_digest &&
  one.data.features.length === other.data.features.length &&
  one.data.features.every(({ name, histogram }, at) => {
    const feature = other.data.features[at];
    return feature?.name === name && feature.histogram?.counts.length === histogram?.counts.length;
  });

const mostUsed = (systems: readonly SystemWindow[]): { rssBytes: number; lagSeconds: number } => ({
  rssBytes: Math.max(...systems.map(({ rss_bytes }) => rss_bytes)),
  lagSeconds: Math.max(...systems.map(({ event_loop_lag_seconds_p99 }) => event_loop_lag_seconds_p99)),
});

/** What a line was made of. */
export function partOf({ data, model, system, business }: MonitoringWindow): Part {
  const { n, histogram, least, greatest, sketch } = model.prediction;
  return {
    rows: data.rows,
    refusedRequests: data.refused_requests,
    features: data.features.map((each) => ({
      counts: each.histogram?.counts ?? [],
      missing: each.missing,
      newCategories: each.new_categories,
      outOfRange: each.out_of_range,
    })),
    prediction: { n, counts: histogram?.counts ?? [], least, greatest, sketch: sketch ?? undefined },
    requests:
      system === null
        ? NO_REQUESTS
        : {
            requests: system.requests,
            clientErrors: system.client_errors,
            serverErrors: system.server_errors,
            shed: system.shed,
            greatest: system.latency_seconds_max ?? 0,
            sketch: system.latency_sketch ?? undefined,
          },
    labels: model.labels.moments,
    kpis: business.kpis,
  };
}
