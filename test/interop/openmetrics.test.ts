/** Prometheus' own strict parser of OpenMetrics reads what the service says, whatever was measured. */

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { mergedSnapshots, Meter } from "../../src/serve/meter.ts";
import { openMetricsText } from "../../src/serve/openmetrics.ts";
import { about, measured } from "../serve/measured.ts";
import { python } from "./interpreter.ts";

interface Parsed {
  readonly name: string;
  readonly type: string;
  readonly unit: string;
  readonly samples: readonly (readonly [name: string, labels: Readonly<Record<string, string>>, value: number])[];
}

const READER = `
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as families
def told(text):
    return [dict(name=f.name, type=f.type, unit=f.unit, samples=[[s.name, s.labels, s.value] for s in f.samples])
            for f in families(text)]
def problem(text):
    try:
        told(text)
    except ValueError as error:
        return str(error)
print(json.dumps([globals()[sys.argv[1]](text) for text in json.load(sys.stdin)]))
`;

const asked = (what: "told" | "problem", texts: readonly string[]): unknown =>
  JSON.parse(python(["-c", READER, what], { input: JSON.stringify(texts) }));

const problemsOf = (texts: readonly string[]): readonly (string | null)[] =>
  asked("problem", texts) as readonly (string | null)[];

const text = openMetricsText(measured(), about);

test("it reads every family with its type, its unit and its values", () => {
  const [found = []] = asked("told", [text]) as readonly (readonly Parsed[])[];
  expect(found.map(({ name, type, unit }) => [name, type, unit])).toEqual([
    ["http_server_request_duration_seconds", "histogram", "seconds"],
    ["http_server_active_requests", "gauge", ""],
    ["pipe_requests_shed", "counter", ""],
    ["pipe_requests_aborted", "counter", ""],
    ["pipe_predicted_rows", "counter", ""],
    ["pipe_deployments", "counter", ""],
    ["pipe_model", "info", ""],
    ["pipe_model_on_probation", "gauge", ""],
    ["pipe_alarm_open", "gauge", ""],
    ["pipe_drift_psi", "gauge", ""],
    ["pipe_drift_psi_critical", "gauge", ""],
    ["pipe_prediction_psi", "gauge", ""],
    ["pipe_prediction_psi_critical", "gauge", ""],
    ["pipe_missing_ratio", "gauge", ""],
    ["pipe_new_categories", "gauge", ""],
    ["pipe_labels", "gauge", ""],
    ["pipe_label_rmse", "gauge", ""],
    ["pipe_label_mae", "gauge", ""],
    ["pipe_label_accuracy", "gauge", ""],
    ["pipe_kpi_mean", "gauge", ""],
    ["pipe_build", "info", ""],
    ["pipe_workers", "gauge", ""],
    ["process_start_time_seconds", "gauge", "seconds"],
    ["process_resident_memory_bytes", "gauge", "bytes"],
    ["nodejs_eventloop_lag_p99_seconds", "gauge", "seconds"],
  ]);
  const { digest, name } = about;
  const samples = found.flatMap((family) => family.samples);
  expect(samples).toContainEqual(["pipe_model_info", { digest, name }, 1]);
  expect(samples).toContainEqual(["pipe_predicted_rows_total", {}, 2_001]);
  expect(samples).toContainEqual(["pipe_alarm_open", { signal: "data.length" }, 1]);
  const labels = { http_request_method: "POST", http_response_status_code: "200", http_route: "/v1/predict" };
  expect(samples).toContainEqual(["http_server_request_duration_seconds_count", labels, 2]);
  expect(samples).toContainEqual(["http_server_request_duration_seconds_bucket", { ...labels, le: "1.0" }, 2]);
});

test("it refuses what is not OpenMetrics", () => {
  const spoiled = [
    text.replace("# EOF\n", ""),
    text.replaceAll('le="+Inf"', 'le="1e9"'),
    text.replaceAll("_total", ""),
    `\n${text}`,
  ];
  expect(problemsOf(spoiled)).toEqual(spoiled.map(() => expect.any(String)));
});

test("it reads whatever was measured", () => {
  const number = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
  const texts = fc
    .record({
      requests: fc.array(
        fc.record({
          route: fc.string({ unit: "grapheme" }),
          method: fc.constantFrom("GET", "POST", "BREW"),
          status: fc.integer({ min: 100, max: 599 }),
          seconds: fc.double({ min: 0, max: 1e6, noNaN: true }),
          isAborted: fc.boolean(),
        }),
      ),
      about: fc.record({
        digest: fc.string(),
        name: fc.string({ unit: "grapheme" }),
        version: fc.string(),
        startedMs: number,
        residentBytes: number,
        // Before the first measurement there is none.
        lagSeconds: fc.oneof(number, fc.constant(Number.NaN)),
        workers: fc.nat(),
        isOnProbation: fc.boolean(),
        window: fc.constant(undefined),
        alarms: fc.constant([]),
      }),
      rows: fc.maxSafeNat(),
    })
    .map(({ requests, about, rows }) => {
      const meter = new Meter();
      for (const each of requests) meter.record(each);
      meter.predicted(rows);
      return openMetricsText(mergedSnapshots([meter.snapshot(1), measured()]), about);
    });
  // All in one process: a Python for each of them would take minutes.
  const all = [openMetricsText(mergedSnapshots([]), about), ...fc.sample(texts, 200)];
  expect(problemsOf(all).filter((problem) => problem !== null)).toEqual([]);
});
