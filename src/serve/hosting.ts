/** From the settings to the processes that answer, and to what `/metrics` says of all of them. */

import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Notice } from "./alert.ts";
import { Crew } from "./crew.ts";
import type { Fleet, Watch } from "./fleet.ts";
import { loadFrom, type LoadRequest } from "./load.ts";
import { mergedSnapshots, Meter, type MeterSnapshot, type Outcome } from "./meter.ts";
import { openMetricsText } from "./openmetrics.ts";
import type { Config } from "./setting.ts";
import { Station } from "./station.ts";

export interface HostingRequest {
  readonly config: Config;
  /** The name of the model in paths and documents. */
  readonly name: string;
  /** Of pipe. */
  readonly version: string;
  readonly model: LoadRequest;
  readonly alert: (notice: Notice) => void;
  readonly onFailure: (problem: string) => void;
}

export interface Hosting {
  /** Starts the processes. */
  readonly fleet: (watch: Watch) => Promise<Fleet>;
  readonly onOutcome: (outcome: Outcome) => void;
}

export function hostingFor(request: HostingRequest): Hosting {
  const { config, name, version, model, alert, onFailure } = request;
  const outcomes = new Meter();
  const lag = monitorEventLoopDelay();
  lag.enable();
  const startedMs = Date.now() - performance.now();
  const textOf = (about: About, snapshot: MeterSnapshot): string =>
    openMetricsText(mergedSnapshots([outcomes.snapshot(0), snapshot]), {
      ...about,
      name,
      version,
      startedMs,
      residentBytes: process.memoryUsage.rss(),
      lagSeconds: lag.percentile(99) / 1e9,
      workers: config.workers,
    });
  return {
    onOutcome: (outcome) => outcomes.outcome(outcome),
    async fleet({ onTried, about }) {
      const { workers } = config;
      const station = { ...stationOf(config), name, version };
      // By each worker too; a module that is no predictor is found before there are any.
      const load = await loadFrom(model);
      const metrics = async (): Promise<string> => textOf(about(), await fleet.snapshot());
      const fleet: Fleet =
        workers === 1
          ? new Station({ ...station, load, onTried, onFailure, metrics })
          : await Crew.started({ workers, order: { ...model, station }, onTried, onFailure, metrics, alert });
      return fleet;
    },
  };
}

type About = ReturnType<Watch["about"]>;

const stationOf = (config: Config) => ({
  host: config.host,
  port: config.port,
  limits: {
    maxInFlight: config.maxInFlight,
    maxConnections: config.maxConnections,
    headerTimeoutMs: config.headerTimeoutMs,
    bodyTimeoutMs: config.bodyTimeoutMs,
    idleTimeoutMs: config.idleTimeoutMs,
  },
  token: config.apiToken,
  mostRows: config.maxRows,
  mostBytes: config.maxBodyBytes,
});
