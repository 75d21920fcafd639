/** What is watched of a model, as figures in a row: of the last window, of all, what is usual, and how it went. Pure. */

import { standingIn, type FeatureWindow, type MonitoringWindow, type Severity } from "../core/monitoring.ts";

export interface Signal {
  /** As alarms name it, where one can be raised. */
  readonly signal: string;
  readonly unit: "psi" | "share" | "count" | "rmse" | "number" | "seconds" | "bytes";
  /** Null where nothing can be told. */
  readonly last: number | null;
  /** Of all windows as one. */
  readonly all: number | null;
  /** What a PSI stays below by chance, the share that lacked the value in training, the error when the model was made. */
  readonly usual: number | null;
  readonly isAlarm: boolean;
  /** Of the last windows, the latest last. */
  readonly values: readonly (number | null)[];
}

/** What it is that is read of each window. */
interface Figure extends Pick<Signal, "signal" | "unit"> {
  readonly of: (window: MonitoringWindow) => number | null | undefined;
  readonly usual?: number | null;
  /** Where the row is not named as the alarm is. */
  readonly alarm?: string;
}

/** A longer series is seen on the page. */
const MOST_VALUES = 60;

/** `total` is all windows as one; there is at least one. */
export function signalsOf(windows: readonly MonitoringWindow[], total: MonitoringWindow): readonly Signal[] {
  const last = standingIn(windows) ?? total;
  const recent = windows.slice(-MOST_VALUES);
  const open = new Set(openIn(last).map(({ signal }) => signal));
  const figures = [
    ...last.data.features.flatMap((feature, at) => ofFeature(feature, total.data.features[at] ?? feature)),
    ...ofModel(last, total),
    ...(last.system === null ? [] : OF_SYSTEM),
    ...Object.keys(total.business.kpis).map(ofKpi),
  ];
  return figures.map(({ signal, unit, of, usual = null, alarm = signal }) => ({
    signal,
    unit,
    last: of(last) ?? null,
    all: of(total) ?? null,
    usual,
    isAlarm: open.has(alarm),
    values: recent.map((window) => of(window) ?? null),
  }));
}

export interface Open {
  readonly signal: string;
  readonly severity: Severity;
  /** ISO 8601, UTC; null for a table. */
  readonly since: string | null;
}

/** The alarms that are open after the window. A table has no episodes: what is said of it is all that there is. */
export function openIn({ source, alarms, alerts }: MonitoringWindow): readonly Open[] {
  if (source === "batch")
    return alerts.flatMap(({ signal, state, severity }) =>
      state === "open" ? [{ signal, severity, since: null }] : [],
    );
  return alarms.flatMap(({ signal, severity, open_since }) =>
    severity === null ? [] : [{ signal, severity, since: open_since }],
  );
}

function ofFeature(
  { name, psi_critical, missing_rate_reference }: FeatureWindow,
  total: FeatureWindow,
): readonly Figure[] {
  const found =
    (of: (feature: FeatureWindow) => number | null): Figure["of"] =>
    ({ data }) => {
      const feature = data.features.find((each) => each.name === name);
      return feature && of(feature);
    };
  const isEverMissing = total.missing > 0 || (missing_rate_reference ?? 0) > 0;
  return [
    { signal: `data.${name}`, unit: "psi", of: found(({ psi }) => psi), usual: psi_critical ?? total.psi_critical },
    ...(isEverMissing
      ? [
          {
            signal: `missing.${name}`,
            unit: "share",
            of: found(({ missing_rate }) => missing_rate),
            usual: missing_rate_reference,
          } as const,
        ]
      : []),
    ...(total.new_categories > 0
      ? [{ signal: `new.${name}`, unit: "count", of: found(({ new_categories }) => new_categories), usual: 0 } as const]
      : []),
  ];
}

function ofModel({ model }: MonitoringWindow, total: MonitoringWindow): readonly Figure[] {
  const { prediction, labels } = model;
  return [
    {
      signal: "prediction",
      unit: "psi",
      of: ({ model }) => model.prediction.psi,
      usual: prediction.psi_critical ?? total.model.prediction.psi_critical,
    },
    { signal: "prediction.p50", unit: "number", of: ({ model }) => model.prediction.p50 },
    ...(total.model.labels.n === 0 ? [] : ofLabels(labels.rmse_reference, total.model.labels.rmse !== null)),
  ];
}

const ofLabels = (reference: number | null, isNumber: boolean): readonly Figure[] => [
  isNumber
    ? { signal: "labels", unit: "rmse", of: ({ model }) => model.labels.rmse, usual: reference }
    : { signal: "labels.right", unit: "share", of: ({ model }) => model.labels.accuracy, alarm: "labels" },
  { signal: "labels.n", unit: "count", of: ({ model }) => model.labels.n },
  { signal: "labels.coverage", unit: "share", of: ({ model }) => model.labels.coverage },
];

const OF_SYSTEM: readonly Figure[] = [
  { signal: "requests", unit: "count", of: ({ system }) => system?.requests },
  { signal: "errors", unit: "share", of: ({ system }) => system?.error_rate },
  { signal: "latency.p50", unit: "seconds", of: ({ system }) => system?.latency_seconds_p50 },
  { signal: "latency.p95", unit: "seconds", of: ({ system }) => system?.latency_seconds_p95 },
  { signal: "latency.p99", unit: "seconds", of: ({ system }) => system?.latency_seconds_p99, alarm: "latency" },
  { signal: "rss", unit: "bytes", of: ({ system }) => system?.rss_bytes },
];

const ofKpi = (name: string): Figure => ({
  signal: `kpi.${name}`,
  unit: "number",
  of: ({ business }) => (Object.hasOwn(business.kpis, name) ? business.kpis[name]?.mean : null),
});
