/** What the service measured, as text of OpenMetrics 1.0. Pure. */

import type { AlarmState, MonitoringWindow } from "../core/monitoring.ts";
import { BOUNDS, OUTCOMES, type MeterSnapshot, type Series } from "./meter.ts";
import { ofMonitoring } from "./openmetrics-monitoring.ts";

/** What is measured at the moment of asking, and of which model. */
export interface Measured {
  /** SHA-256 of the model in service, hex. */
  readonly digest: string;
  /** Of the model. */
  readonly name: string;
  /** Of pipe itself. */
  readonly version: string;
  /** When the service was started: milliseconds since 1970-01-01 UTC. */
  readonly startedMs: number;
  readonly residentBytes: number;
  /** The 99th percentile of how late the event loop was. */
  readonly lagSeconds: number;
  readonly workers: number;
  readonly isOnProbation: boolean;
  /** Of the model in service; undefined before it was asked anything. */
  readonly window: MonitoringWindow | undefined;
  readonly alarms: readonly AlarmState[];
}

export interface Sample {
  /** What follows the name of the family, such as `_total`. */
  readonly suffix: string;
  readonly labels?: Labels;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram" | "info";
  /** What its name ends with. */
  readonly unit?: "seconds" | "bytes";
  readonly help: string;
  readonly samples: readonly Sample[];
}

type Labels = Readonly<Record<string, string>>;

export const openMetricsText = (snapshot: MeterSnapshot, about: Measured): string =>
  [...ofRequests(snapshot), ...ofModel(snapshot, about), ...ofMonitoring(about), ...ofProcess(about)]
    .flatMap(linesOf)
    .concat("# EOF", "")
    .join("\n");

function ofRequests({ series, inFlight, shed, aborted, predictedRows }: MeterSnapshot): readonly Family[] {
  return [
    {
      name: "http_server_request_duration_seconds",
      type: "histogram",
      unit: "seconds",
      help: "From the first byte of a request to the end of its answer.",
      samples: series.flatMap(histogramOf),
    },
    {
      name: "http_server_active_requests",
      type: "gauge",
      help: "Requests that are being answered.",
      samples: [{ suffix: "", value: inFlight }],
    },
    counted("pipe_requests_shed", "Requests that were told to come again, since too many were in flight.", shed),
    counted("pipe_requests_aborted", "Requests whose client left before it had the answer.", aborted),
    counted("pipe_predicted_rows", "Rows that were predicted.", predictedRows),
  ];
}

function ofModel({ outcomes }: MeterSnapshot, about: Measured): readonly Family[] {
  const { digest, name, isOnProbation } = about;
  return [
    {
      name: "pipe_deployments",
      type: "counter",
      help: "Models that were to be put in service, by what came of them.",
      samples: OUTCOMES.map((outcome) => ({ suffix: "_total", labels: { outcome }, value: outcomes[outcome] })),
    },
    {
      name: "pipe_model",
      type: "info",
      help: "The model in service.",
      samples: [{ suffix: "_info", labels: { digest, name }, value: 1 }],
    },
    gauge("pipe_model_on_probation", "1 while the model in service is compared with the one before.", {
      value: Number(isOnProbation),
    }),
  ];
}

function ofProcess({ version, startedMs, residentBytes, lagSeconds, workers }: Measured): readonly Family[] {
  return [
    {
      name: "pipe_build",
      type: "info",
      help: "The version of pipe.",
      samples: [{ suffix: "_info", labels: { version }, value: 1 }],
    },
    gauge("pipe_workers", "Processes that answer requests.", { value: workers }),
    gauge("process_start_time_seconds", "When the service was started, since 1970-01-01 UTC.", {
      value: startedMs / 1_000,
      unit: "seconds",
    }),
    gauge("process_resident_memory_bytes", "Memory of the service that is not swapped out.", {
      value: residentBytes,
      unit: "bytes",
    }),
    gauge("nodejs_eventloop_lag_p99_seconds", "How late the event loop was, at its 99th percentile.", {
      value: lagSeconds,
      unit: "seconds",
    }),
  ];
}

const counted = (name: string, help: string, value: number): Family => ({
  name,
  type: "counter",
  help,
  samples: [{ suffix: "_total", value }],
});

const gauge = (
  name: string,
  help: string,
  { value, unit }: { readonly value: number; readonly unit?: "seconds" | "bytes" },
): Family => ({ name, type: "gauge", help, samples: [{ suffix: "", value }], ...(unit !== undefined && { unit }) });

/** The names are those that OpenTelemetry's attributes have in Prometheus. */
function histogramOf({ route, method, status, totalMicroseconds, buckets }: Series): readonly Sample[] {
  const labels = { http_request_method: method, http_response_status_code: String(status), http_route: route };
  let count = 0;
  const samples = buckets.map((each, at): Sample => {
    count += each;
    return { suffix: "_bucket", labels: { ...labels, le: boundText(BOUNDS[at]) }, value: count };
  });
  return [
    ...samples,
    { suffix: "_count", labels, value: count },
    { suffix: "_sum", labels, value: totalMicroseconds / 1e6 },
  ];
}

/** As a float, also where it is whole: 1 and 1.0 would be two buckets. */
function boundText(bound: number | undefined): string {
  if (bound === undefined) return "+Inf";
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

function linesOf({ name, type, unit, help, samples }: Family): readonly string[] {
  return [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escaped(help)}`,
    ...samples.map(({ suffix, labels, value }) => `${name}${suffix}${labelText(labels)} ${numberText(value)}`),
  ];
}

function labelText(labels: Labels = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", '"': '\\"', "\n": "\\n" };

const escaped = (text: string): string => text.replaceAll(/["\\\n]/g, (character) => ESCAPES[character] ?? "");

const numberText = (value: number): string => (Number.isFinite(value) ? String(value) : "NaN");
