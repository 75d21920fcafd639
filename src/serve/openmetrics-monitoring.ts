/** What is known of a model's data, its labels and the business, as families of OpenMetrics. Pure. */

import type { AlarmState, Drift, MonitoringWindow } from "../core/monitoring.ts";
import type { Family, Sample } from "./openmetrics.ts";

export function ofMonitoring(of: {
  readonly window: MonitoringWindow | undefined;
  readonly alarms: readonly AlarmState[];
}): readonly Family[] {
  const { window, alarms } = of;
  const open = gauges(
    "pipe_alarm_open",
    "1 while an alarm is open.",
    alarms.map(({ signal, severity }) => ({ suffix: "", labels: { signal }, value: Number(severity !== null) })),
  );
  return window === undefined ? open : [...open, ...ofData(window), ...ofLabels(window), ...ofBusiness(window)];
}

function ofData({ data: { features }, model: { prediction } }: MonitoringWindow): readonly Family[] {
  const drift = (figure: (drift: Drift) => number | null): readonly Sample[] =>
    features.flatMap((each) => sampleOf({ feature: each.name }, figure(each)));
  return [
    ...gauges(
      "pipe_drift_psi",
      "Population stability index against training, of the last window that could tell.",
      drift(({ psi }) => psi),
    ),
    ...gauges(
      "pipe_drift_psi_critical",
      "What it exceeds by chance as seldom as the level says.",
      drift(({ psi_critical }) => psi_critical),
    ),
    // A family of its own: a feature may be named so.
    ...gauges(
      "pipe_prediction_psi",
      "Population stability index of the predictions against training.",
      sampleOf({}, prediction.psi),
    ),
    ...gauges(
      "pipe_prediction_psi_critical",
      "What that of the predictions exceeds by chance as seldom as the level says.",
      sampleOf({}, prediction.psi_critical),
    ),
    ...gauges(
      "pipe_missing_ratio",
      "Share of the rows that lack the value.",
      features.flatMap(({ name: feature, missing_rate }) => sampleOf({ feature }, missing_rate)),
    ),
    ...gauges(
      "pipe_new_categories",
      "Values in the window that training never saw.",
      features.flatMap(({ name: feature, type, new_categories }) =>
        type === "category" ? sampleOf({ feature }, new_categories) : [],
      ),
    ),
  ];
}

function ofLabels({ model: { labels } }: MonitoringWindow): readonly Family[] {
  const { n, rmse, mae, accuracy } = labels;
  return [
    ...gauges("pipe_labels", "Labels in the window.", sampleOf({}, n)),
    ...gauges("pipe_label_rmse", "Root of the mean squared error over the window's labels.", sampleOf({}, rmse)),
    ...gauges("pipe_label_mae", "Mean absolute error over the window's labels.", sampleOf({}, mae)),
    ...gauges("pipe_label_accuracy", "Share of the window's labels that were predicted.", sampleOf({}, accuracy)),
  ];
}

const ofBusiness = ({ business }: MonitoringWindow): readonly Family[] =>
  gauges(
    "pipe_kpi_mean",
    "Mean of a figure of the business over the window.",
    Object.entries(business.kpis).flatMap(([kpi, { mean }]) => sampleOf({ kpi }, mean)),
  );

const sampleOf = (labels: Sample["labels"], value: number | null): readonly Sample[] =>
  value === null ? [] : [{ suffix: "", ...(labels !== undefined && { labels }), value }];

/** A family without samples is left out. */
const gauges = (name: string, help: string, samples: readonly Sample[]): readonly Family[] =>
  samples.length === 0 ? [] : [{ name, type: "gauge", help, samples }];
