/** The curves of a model and its service: predictions, what came true, requests, the business. Pure. */

import type { MonitoringWindow } from "../../core/monitoring.ts";
import { shortNumber } from "../figure.ts";
import { binsOf } from "./histogram.ts";
import { html, type Html } from "./html.ts";
import { timePlot, type Curve, type Stroke, type TimePlot } from "./plot.ts";
import { edgeOf, marksOf, pointsOf, type Figure, type Timeline } from "./timeline.ts";

/** As many as a picture of this width can show apart. */
export const MOST_POINTS = 400;

type Wanted = Pick<TimePlot, "title" | "unit" | "isLogarithmic" | "isFloating"> & {
  readonly signal: string;
  readonly curves: readonly (readonly [label: string, stroke: Stroke, figure: Figure])[];
};

function plotOf(timeline: Timeline, { signal, curves, ...rest }: Wanted): Html {
  const drawn = curves.map(([label, stroke, figure]): Curve => ({
    label,
    stroke,
    points: pointsOf(timeline, figure, MOST_POINTS),
  }));
  return timePlot({ ...rest, span: timeline.span, curves: drawn, marks: marksOf(timeline, signal) });
}

export function predictionSection({ model: { prediction } }: MonitoringWindow, timeline: Timeline | undefined): Html {
  const { p05, p25, p75, p95 } = prediction;
  const [most, half] = [rangeText(p05, p95), rangeText(p25, p75)];
  const note =
    most === undefined || half === undefined
      ? "The last window has none that are numbers."
      : `In the target's unit. Half of those of the last window lie ${half}, nine of ten ${most}.`;
  const curves = timeline === undefined ? [] : [quantilePlot(timeline), predictionDrift(timeline)];
  const bins = binsOf({ ...prediction, name: "predictions", new_categories: 0 });
  return section("Predictions", note, [...curves, ...(bins === null ? [] : [bins])]);
}

const rangeText = (from: number | null, to: number | null): string | undefined =>
  from === null || to === null ? undefined : `between ${shortNumber(from)} and ${shortNumber(to)}`;

const predictionDrift = (timeline: Timeline): Html =>
  plotOf(timeline, {
    title: "Drift (PSI)",
    unit: "psi",
    signal: "prediction",
    curves: [
      ["PSI", "first", ({ model }) => model.prediction.psi],
      ["by chance at most", "usual", ({ model }) => model.prediction.psi_critical],
    ],
  });

function quantilePlot(timeline: Timeline): Html {
  const edge = (figure: Figure, sign: 1 | -1) => edgeOf(timeline, figure, { sign, mostPoints: MOST_POINTS });
  return timePlot({
    title: "Quantiles",
    unit: "number",
    isFloating: true,
    span: timeline.span,
    curves: [
      {
        label: "median",
        stroke: "first",
        points: pointsOf(timeline, ({ model }) => model.prediction.p50, MOST_POINTS),
      },
    ],
    bands: [
      {
        label: "5 % to 95 %",
        tint: "wide",
        low: edge(({ model }) => model.prediction.p05, -1),
        high: edge(({ model }) => model.prediction.p95, 1),
      },
      {
        label: "25 % to 75 %",
        tint: "narrow",
        low: edge(({ model }) => model.prediction.p25, -1),
        high: edge(({ model }) => model.prediction.p75, 1),
      },
    ],
    marks: timeline.changes,
  });
}

/** Null where no label came. */
export function labelSection(timeline: Timeline): Html | null {
  const { windows } = timeline;
  if (windows.every(({ model }) => model.labels.n === 0)) return null;
  const isNumber = windows.some(({ model }) => model.labels.rmse !== null);
  const error: Wanted = isNumber
    ? {
        title: "Error (RMSE)",
        unit: "number",
        signal: "labels",
        curves: [
          ["of the labels", "first", ({ model }) => model.labels.rmse],
          [
            "when the model was made",
            "usual",
            ({ model }) => (model.labels.n === 0 ? null : model.labels.rmse_reference),
          ],
        ],
      }
    : {
        title: "Share that was right",
        unit: "share",
        signal: "labels",
        curves: [["right", "first", ({ model }) => model.labels.accuracy]],
      };
  return section("What came true", "Labels count in the window in which they came.", [
    plotOf(timeline, error),
    plotOf(timeline, {
      title: "Labels in a window",
      unit: "count",
      signal: "labels",
      curves: [["labels", "first", ({ model }) => model.labels.n]],
    }),
  ]);
}

const ERRORS: Wanted = {
  title: "Requests that failed (5xx)",
  unit: "share",
  signal: "errors",
  curves: [["failed", "first", ({ system }) => system?.error_rate]],
};

const SERVICE: readonly Wanted[] = [
  {
    title: "Requests in a window",
    unit: "count",
    signal: "requests",
    curves: [
      ["all", "first", ({ system }) => system?.requests],
      ["refused (4xx)", "second", ({ system }) => system?.client_errors],
      ["turned away", "third", ({ system }) => system?.shed],
    ],
  },
  ERRORS,
  {
    title: "Latency",
    unit: "seconds",
    signal: "latency",
    isLogarithmic: true,
    curves: [
      ["p50", "first", ({ system }) => system?.latency_seconds_p50],
      ["p95", "second", ({ system }) => system?.latency_seconds_p95],
      ["p99", "third", ({ system }) => system?.latency_seconds_p99],
    ],
  },
  {
    title: "Memory of the largest process",
    unit: "bytes",
    signal: "rss",
    curves: [["memory", "first", ({ system }) => system?.rss_bytes]],
  },
  {
    title: "Lag of the event loop, p99",
    unit: "seconds",
    signal: "lag",
    curves: [["lag", "first", ({ system }) => system?.event_loop_lag_seconds_p99]],
  },
];

export const serviceSection = (timeline: Timeline): Html | null =>
  timeline.windows.every(({ system }) => system === null)
    ? null
    : section(
        "Service",
        "Requests for predictions, of all processes together.",
        SERVICE.map((each) => plotOf(timeline, each)),
      );

/** As many as a person looks at. */
const MOST_KPIS = 24;

/** Null where there are none. */
export function businessSection(timeline: Timeline): Html | null {
  const names = [...new Set(timeline.windows.flatMap(({ business }) => Object.keys(business.kpis)))];
  if (names.length === 0) return null;
  const left = names.length - MOST_KPIS;
  const more = left > 0 ? ` The first ${MOST_KPIS} of ${names.length}.` : "";
  return section(
    "Business",
    `The mean of each figure in a window.${more}`,
    names.slice(0, MOST_KPIS).map((name) =>
      plotOf(timeline, {
        title: name,
        unit: "number",
        signal: `kpi.${name}`,
        isFloating: true,
        curves: [[name, "first", (window) => meanOf(window, name)]],
      }),
    ),
  );
}

const meanOf = ({ business }: MonitoringWindow, name: string): number | null =>
  Object.hasOwn(business.kpis, name) ? (business.kpis[name]?.mean ?? null) : null;

const section = (title: string, note: string, plots: readonly Html[]): Html =>
  html`<section>
    <h2>${title}</h2>
    <p class="note">${note}</p>
    <div class="figures">${plots}</div>
  </section>`;
