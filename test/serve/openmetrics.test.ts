/** What is measured, as text that others can read: a parser that knows nothing of pipe does. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import parse, { type ParsedFamily } from "parse-prometheus-text-format";
import { mergedSnapshots } from "../../src/serve/meter.ts";
import { openMetricsText, type Measured } from "../../src/serve/openmetrics.ts";
import { about, HARD, measured } from "./measured.ts";

const text = openMetricsText(measured(), about);

/** The samples of one name. */
function metricsOf(name: string, said: string = text): ParsedFamily["metrics"] {
  const found = parse(said).filter((family) => family.name === name);
  if (found.length === 0) throw new Error(`there is no '${name}'`);
  return found.flatMap(({ metrics }) => metrics);
}

const valueOf = (name: string, said?: string): number => Number(metricsOf(name, said)[0]?.value);

describe("the text", () => {
  test("ends as OpenMetrics has it, and has no empty line", () => {
    expect(text.endsWith("\n# EOF\n")).toBe(true);
    expect(text.split("\n").indexOf("")).toBe(text.split("\n").length - 1);
  });

  test("names each family once, before its samples, with its unit at its end", () => {
    const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const [, name = "", unit = ""] of text.matchAll(/^# UNIT (\S+) (\S+)$/gm))
      expect(name.endsWith(`_${unit}`)).toBe(true);
    expect([...text.matchAll(/^# HELP (\S+) \S/gm)].map(([, name]) => name)).toEqual(names);
  });

  test("says what was counted", () => {
    const counts = {
      pipe_requests_shed_total: 1,
      pipe_requests_aborted_total: 1,
      pipe_predicted_rows_total: 2_001,
      http_server_active_requests: 7,
      pipe_model_on_probation: 1,
      pipe_workers: 4,
      process_start_time_seconds: 1_777_636_800.25,
      process_resident_memory_bytes: 87_654_321,
      nodejs_eventloop_lag_p99_seconds: 0.0112,
    };
    expect(Object.fromEntries(Object.keys(counts).map((name) => [name, valueOf(name)]))).toEqual(counts);
    expect(valueOf("pipe_model_on_probation", openMetricsText(measured(), { ...about, isOnProbation: false }))).toBe(0);
  });

  test("says how the model's rows are, and which alarms are open", () => {
    const found = metricsOf("pipe_alarm_open").map(({ labels, value }) => [labels?.["signal"], value]);
    expect(found).toEqual([
      ["data.length", "1"],
      ["errors", "0"],
    ]);
    expect(metricsOf("pipe_drift_psi").map(({ labels }) => labels?.["feature"])).toEqual(["length", "sex"]);
    expect(metricsOf("pipe_prediction_psi")).toHaveLength(1);
    expect([valueOf("pipe_labels"), valueOf("pipe_label_rmse"), valueOf("pipe_kpi_mean")]).toEqual([2, 2, 12]);
  });

  test("says what came of models, also what never came", () => {
    const found = metricsOf("pipe_deployments_total").map(({ labels, value }) => [labels?.["outcome"], value]);
    expect(found).toEqual([
      ["live", "2"],
      ["refused", "1"],
      ["rolled-back", "0"],
    ]);
  });

  test("says which model is in service, however it is called", () => {
    const { digest, name } = about;
    expect(metricsOf("pipe_model_info")).toEqual([{ value: "1", labels: { digest, name } }]);
    expect(metricsOf("pipe_build_info")).toEqual([{ value: "1", labels: { version: "0.1.0" } }]);
    expect(name).toBe(HARD);
  });

  test("keeps any text of a label as it is, on one line", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (name) => {
        const said = openMetricsText(measured(), { ...about, name } satisfies Measured);
        expect(said.split("\n")).toHaveLength(text.split("\n").length);
        expect(metricsOf("pipe_model_info", said)[0]?.labels?.["name"]).toBe(name);
      }),
    );
  });

  test("says nothing of requests before the first", () => {
    const said = openMetricsText(mergedSnapshots([]), about);
    expect(said).toContain("# TYPE http_server_request_duration_seconds histogram");
    expect(said).not.toContain("http_server_request_duration_seconds_");
    expect(valueOf("pipe_requests_shed_total", said)).toBe(0);
  });
});

describe("the histogram of requests", () => {
  const name = "http_server_request_duration_seconds";
  // The parser joins the series of a histogram, but reads their samples one by one where it does not know the type.
  const samples = text.replaceAll(/^# TYPE .*\n/gm, "");
  const ofPredictions = (status: string): Readonly<Record<string, string>> =>
    Object.fromEntries(
      metricsOf(`${name}_bucket`, samples)
        .filter(({ labels }) => labels?.["http_response_status_code"] === status)
        .filter(({ labels }) => labels?.["http_route"] === "/v1/predict")
        .map(({ labels, value }) => [labels?.["le"] ?? "", value ?? ""]),
    );

  test("has one series for each route, method and status", () => {
    const found = ["_count", "_sum"].map((suffix) =>
      metricsOf(name + suffix, samples).map(({ labels, value }) => [...Object.values(labels ?? {}), value]),
    );
    expect(found).toEqual([
      [
        ["GET", "200", "/", "1"],
        ["POST", "200", "/v1/predict", "2"],
        ["POST", "422", "/v1/predict", "1"],
        ["POST", "499", "/v1/predict", "1"],
      ],
      [
        ["GET", "200", "/", "0.1"],
        ["POST", "200", "/v1/predict", "0.804"],
        ["POST", "422", "/v1/predict", "0.000001"],
        ["POST", "499", "/v1/predict", "30"],
      ],
    ]);
    const labels = Object.keys(metricsOf(`${name}_sum`, samples)[0]?.labels ?? {});
    expect(labels).toEqual(["http_request_method", "http_response_status_code", "http_route"]);
  });

  test("counts in each bucket what is in those below, with bounds that are floats", () => {
    const below = ["0.005", "0.01", "0.025", "0.05", "0.075", "0.1", "0.25", "0.5", "0.75"];
    const above = ["1.0", "2.5", "5.0", "7.5", "10.0", "+Inf"];
    expect(ofPredictions("200")).toEqual(
      Object.fromEntries([...below.map((bound) => [bound, "1"]), ...above.map((bound) => [bound, "2"])]),
    );
    expect(ofPredictions("499")).toMatchObject({ "10.0": "0", "+Inf": "1" });
  });
});
