/** Something that a service has measured, with names that are hard to write down. */

import { kpiOf } from "../../src/monitor/feedback.ts";
import { labelled, NO_LABELS } from "../../src/monitor/label.ts";
import { Meter, type MeterSnapshot } from "../../src/serve/meter.ts";
import type { Measured } from "../../src/serve/openmetrics.ts";
import { partOfRows, rowsLikeTraining, windowOfPart } from "../monitor/model.ts";

/** What breaks a label that is not escaped. */
export const HARD = 'a "quoted" \\ kind\nof\\n two lines, {x="y"} # größer';

const labels = [
  { predicted: 5, actual: 7, lagSeconds: 60 },
  { predicted: "F", actual: "M", lagSeconds: 60 },
].reduce(labelled, NO_LABELS);

export const about: Measured = {
  digest: "ab".repeat(32),
  name: HARD,
  version: "0.1.0",
  startedMs: 1_777_636_800_250,
  residentBytes: 87_654_321,
  lagSeconds: 0.0112,
  workers: 4,
  isOnProbation: true,
  window: windowOfPart({ ...partOfRows(rowsLikeTraining(300)), labels, kpis: { orders: kpiOf(12) } }),
  alarms: [
    { signal: "data.length", recent: [true, true], open_since: "2026-01-01T00:00:00.000Z", severity: "strong" },
    { signal: "errors", recent: [false], open_since: null, severity: null },
  ],
};

/** Of five requests, two of them on one route. */
export function measured(): MeterSnapshot {
  const meter = new Meter();
  const request = { route: "/v1/predict", method: "POST", status: 200, seconds: 0.004, isAborted: false };
  meter.record(request);
  meter.record({ ...request, seconds: 0.8 });
  meter.record({ ...request, status: 422, seconds: 0.000_001 });
  meter.record({ ...request, seconds: 30, isAborted: true });
  meter.record({ ...request, route: "/", method: "GET", seconds: 0.1 });
  meter.shed();
  for (const rows of [1, 2_000]) meter.predicted(rows);
  for (const outcome of ["live", "live", "refused"] as const) meter.outcome(outcome);
  return meter.snapshot(7);
}
