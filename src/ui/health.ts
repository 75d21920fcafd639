/** How a model fares, as `pipe monitor --json` prints it and its text is made of: status, open alarms, figures. Pure. */

import { standingIn, type MonitoringAlert, type MonitoringWindow } from "../core/monitoring.ts";
import { openIn, signalsOf, type Open, type Signal } from "./signal.ts";

export interface Health {
  readonly status: MonitoringWindow["status"];
  readonly source: MonitoringWindow["source"];
  /** SHA-256 of the model's file, hex. */
  readonly digest: string;
  /** ISO 8601, UTC; null for a table. */
  readonly from: string | null;
  readonly to: string | null;
  readonly windows: number;
  /** How many of them are of this model; the figures of all are of these. */
  readonly ofModel: number;
  readonly rows: number;
  readonly refusedRequests: number;
  readonly alarms: readonly OpenAlarm[];
  readonly signals: readonly Signal[];
}

export interface OpenAlarm extends Open {
  /** What was said when it opened. */
  readonly message: string;
  readonly advice: string;
}

export interface HealthRequest {
  /** The latest last; one at least. */
  readonly windows: readonly MonitoringWindow[];
  /** All of them as one. */
  readonly total: MonitoringWindow;
  /** What was said last when an alarm opened, by its signal; also before these windows. */
  readonly openings: ReadonlyMap<string, MonitoringAlert>;
}

export function healthOf({ windows, total, openings }: HealthRequest): Health {
  const last = standingIn(windows) ?? total;
  return {
    status: last.status,
    source: last.source,
    digest: last.model_digest,
    from: windows[0]?.from ?? null,
    to: last.to,
    windows: windows.length,
    ofModel: windows.filter(
      ({ model_digest, reference_digest }) =>
        model_digest === last.model_digest && reference_digest === last.reference_digest,
    ).length,
    rows: total.data.rows,
    refusedRequests: total.data.refused_requests,
    alarms: openIn(last).map(({ signal, severity, since }) => {
      const message = openings.get(signal)?.message ?? `${signal}: what was said when it opened is kept no longer`;
      return { signal, severity, since, message, advice: adviceOn(signal) };
    }),
    signals: signalsOf(windows, total),
  };
}

/** What a person can do about an alarm. */
function adviceOn(signal: string): string {
  const [kind = "", ...rest] = signal.split(".");
  return ADVICE[kind]?.(rest.join(".")) ?? "look at the page, and at what changed when it began";
}

const ADVICE: Readonly<Record<string, (name: string) => string>> = {
  data: (name) =>
    `see where ${name} comes from: another unit, source or kind of row? Where the world changed, train on newer rows: pipe build`,
  missing: (name) => `see why other rows than in training lack ${name}: who asks, and where they have it from`,
  prediction: () =>
    "look at the features that drift, and at labels as they come; 'pipe rollback' puts the model before back",
  labels: () => "train on newer rows: pipe build; where the model before did better: pipe rollback",
  errors: () => "look at what 'pipe serve' says on stderr; after a new model: pipe rollback",
  latency: () => "answer from more processes (pipe serve --workers N), or send fewer rows in a request",
};
