/** Windows of monitoring as a service writes them: of a small model, a window an hour, each as far from training as it is told. */

import { type AlarmState, type MonitoringWindow } from "../../src/core/monitoring.ts";
import { monitorPolicyOf } from "../../src/core/monitored.ts";
import type { NumberReference } from "../../src/model/reference.ts";
import { judged } from "../../src/monitor/alarm.ts";
import { kpiOf } from "../../src/monitor/feedback.ts";
import { Gathering } from "../../src/monitor/gathering.ts";
import { labelled, NO_LABELS } from "../../src/monitor/label.ts";
import { OpenWindow } from "../../src/monitor/open-window.ts";
import { emptyPart, type Monitored } from "../../src/monitor/part.ts";
import { verdictsOn } from "../../src/monitor/verdict.ts";

const decimals = (from: number): NumberReference => ({
  type: "number",
  rows: 1_010,
  missing: 10,
  edges: [1, 2, 3, 4, 5, 6, 7, 8, 9].map((each) => from + each),
  counts: Array.from({ length: 10 }, () => 100),
  least: from,
  greatest: from + 10,
  mean: from + 5,
});

export const MODEL: Monitored = {
  digest: "3f2a9c41".padEnd(64, "0"),
  features: [
    { name: "bill_length_mm", type: "number", reference: decimals(40) },
    {
      name: "sex",
      type: "category",
      reference: { type: "category", rows: 1_010, missing: 10, categories: ["female", "male"], counts: [500, 500] },
    },
  ],
  prediction: decimals(4_000),
  rmse: 1,
};

export interface Hour {
  readonly rows?: number;
  /** Of the numbers, in tenths of the rows of training. */
  readonly shift?: number;
  /** How many rows lack the number. */
  readonly missing?: number;
  /** How many rows have a category that training never saw. */
  readonly strange?: number;
  /** How many requests failed. */
  readonly failed?: number;
  /** How far off each prediction was; no label without it. */
  readonly error?: number;
  readonly revenue?: number;
  readonly model?: Monitored;
}

const POLICY = monitorPolicyOf({});
const HOUR_MS = 3_600_000;

/** 2026-11-22T10:00Z. */
export const START_MS = Date.UTC(2026, 10, 22, 10);

/** One an hour, from {@link START_MS} on; each goes on with the alarms of the one before. */
export function hours(each: readonly Hour[]): readonly MonitoringWindow[] {
  const windows: MonitoringWindow[] = [];
  let alarms: readonly AlarmState[] = [];
  for (const [at, hour] of each.entries()) {
    const window = unjudged(hour, START_MS + at * HOUR_MS);
    const said = judged(alarms, verdictsOn(window, POLICY), { rule: POLICY.alarm, at: window.to });
    alarms = said.alarms;
    const isAny = alarms.some(({ severity }) => severity !== null);
    windows.push({ ...window, ...said, status: isAny ? "alert" : window.status });
  }
  return windows;
}

function unjudged(hour: Hour, startMs: number): MonitoringWindow {
  const { rows = 400, shift = 0, missing = 4, strange = 0, failed = 0, model = MODEL } = hour;
  const gathering = new Gathering(model);
  for (let row = 0; row < rows; row++) {
    const value = ((row % 100) + 0.5) / 10;
    const number = row < missing ? null : 40 + value + shift;
    gathering.predicted(
      [[number, row < strange ? "robot" : row % 2 === 0 ? "female" : "male"]],
      [4_000 + value + shift],
    );
    gathering.answered(row < failed ? 500 : 200, 0.001 * (1 + (row % 10)));
  }
  const open = new OpenWindow(model, startMs);
  open.add(gathering.taken());
  open.used({ rssBytes: 120e6, lagSeconds: 0.002 });
  if (hour.error !== undefined) open.add({ ...emptyPart(model), labels: labelsOf(rows, hour.error) });
  if (hour.revenue !== undefined) open.add({ ...emptyPart(model), kpis: { revenue: kpiOf(hour.revenue) } });
  return open.at(startMs + HOUR_MS, { ended: "time", level: POLICY.level });
}

function labelsOf(rows: number, error: number): typeof NO_LABELS {
  let labels = NO_LABELS;
  for (let row = 0; row < rows / 2; row++) {
    const off = error * (row % 2 === 0 ? 0.9 : 1.1);
    labels = labelled(labels, { predicted: 4_000 + row, actual: 4_000 + row + off, lagSeconds: 60 });
  }
  return labels;
}

/** As lines of the journal. */
export const linesOf = (windows: readonly MonitoringWindow[]): string =>
  windows.map((window) => `${JSON.stringify(window)}\n`).join("");
