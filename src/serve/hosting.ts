/** From the settings to the processes that answer, and to what `/metrics` says of all of them. */

import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Notice } from "./alert.ts";
import { appendWindow, lastWindow, type Journal } from "../monitor/journal.ts";
import type { Feedback, Taken } from "../monitor/feedback.ts";
import { Monitor, type MonitorRequest } from "../monitor/monitor.ts";
import type { MonitorPolicy } from "../core/monitored.ts";
import type { MonitoringWindow } from "../core/monitoring.ts";
import { Crew } from "./crew.ts";
import type { Fleet, Watch } from "./fleet.ts";
import { kpisFrom } from "./kpis.ts";
import { loadFrom, type LoadRequest } from "./load.ts";
import { mergedSnapshots, Meter, type MeterSnapshot, type Outcome } from "./meter.ts";
import { openMetricsText } from "./openmetrics.ts";
import type { Config } from "./setting.ts";
import { Station } from "./station.ts";

export interface HostingRequest {
  /** Absolute path of the project. */
  readonly root: string;
  readonly config: Config;
  /** The name of the model in paths and documents. */
  readonly name: string;
  /** Of pipe. */
  readonly version: string;
  readonly model: LoadRequest;
  readonly monitor: MonitorPolicy;
  /** Absolute path of the bundle of the module that gives figures of the business, where there is one. */
  readonly kpis: string | undefined;
  readonly alert: (notice: Notice) => void;
  readonly onFailure: (problem: string) => void;
}

export interface Hosting {
  /** Starts the processes, and who watches their models. */
  readonly host: (watch: Watch) => Promise<{ readonly fleet: Fleet; readonly monitor: Monitor }>;
  readonly onOutcome: (outcome: Outcome) => void;
}

export function hostingFor(request: HostingRequest): Hosting {
  const { config, name, version, model, alert, onFailure } = request;
  const outcomes = new Meter();
  const lag = monitorEventLoopDelay();
  lag.enable();
  const startedMs = Date.now() - performance.now();
  const textOf = (about: About, snapshot: MeterSnapshot, monitor: Monitor): string =>
    openMetricsText(mergedSnapshots([outcomes.snapshot(0), snapshot]), {
      ...about,
      ...monitor.current(),
      name,
      version,
      startedMs,
      residentBytes: process.memoryUsage.rss(),
      lagSeconds: lag.percentile(99) / 1e9,
      workers: config.workers,
    });
  return {
    onOutcome: (outcome) => outcomes.outcome(outcome),
    async host({ onTried, about }) {
      const { workers } = config;
      const station = { ...stationOf(config), name, version };
      // By each worker too; a module that is no predictor is found before there are any.
      const load = await loadFrom(model);
      const monitor = monitorOf(request, {
        collect: () => fleet.collect(),
        live: () => about().digest,
        kpis: await kpisFrom(request.kpis),
      });
      const answers = {
        onTried,
        onFailure,
        metrics: async (): Promise<string> => textOf(about(), await fleet.snapshot(), monitor),
        feedback: async (given: Feedback): Promise<Taken> => monitor.take(given),
      };
      const fleet: Fleet =
        workers === 1
          ? new Station({ ...station, ...answers, load })
          : await Crew.started({ ...answers, workers, order: { ...model, station }, alert });
      return { fleet, monitor };
    },
  };
}

function monitorOf(
  { root, monitor: policy, alert }: HostingRequest,
  of: Pick<MonitorRequest, "collect" | "live" | "kpis">,
): Monitor {
  const { maxBytes, keep } = policy;
  return new Monitor({
    ...of,
    policy,
    alert,
    write: (window) => written({ root, maxBytes, keep }, window),
    last: lastOf(root, alert),
    now: Date.now,
  });
}

/** The system's own words do not say to which file it was. */
function written(journal: Journal, window: MonitoringWindow): void {
  try {
    appendWindow(journal, window);
  } catch (error) {
    throw new Error(`reports/monitoring.jsonl: ${(error as Error).message}`, { cause: error });
  }
}

/** A service starts without knowing which alarms were open, rather than not at all. */
function lastOf(root: string, alert: HostingRequest["alert"]): MonitoringWindow | undefined {
  try {
    return lastWindow(root);
  } catch (error) {
    alert({ level: "warning", code: "monitoring-not-read", message: (error as Error).message });
    return undefined;
  }
}

type About = ReturnType<Watch["about"]>;

const stationOf = (config: Config) => ({
  limits: {
    maxInFlight: config.maxInFlight,
    maxConnections: config.maxConnections,
    headerTimeoutMs: config.headerTimeoutMs,
    bodyTimeoutMs: config.bodyTimeoutMs,
    idleTimeoutMs: config.idleTimeoutMs,
  },
  loadLimitMs: config.loadTimeoutMs,
  predictLimitMs: config.predictTimeoutMs,
  token: config.apiToken,
  mostRows: config.maxRows,
  mostBytes: config.maxBodyBytes,
});
