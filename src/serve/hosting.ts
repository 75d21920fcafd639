/** From the settings to the processes that answer, and to what `/metrics` says of all of them. */

import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Notice } from "./alert.ts";
import { Crew } from "./crew.ts";
import type { Fleet } from "./fleet.ts";
import { loadFrom, type LoadRequest } from "./load.ts";
import { mergedSnapshots, Meter, type Outcome } from "./meter.ts";
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
  /** The model in service, for the metrics. */
  readonly about: () => { readonly digest: string; readonly isOnProbation: boolean };
}

export interface Hosting {
  /** Starts the processes; `onTried` is called after each request to a model on trial. */
  fleet(onTried: () => void): Promise<Fleet>;
  onOutcome(outcome: Outcome): void;
}

export function hostingFor(request: HostingRequest): Hosting {
  const { config, name, version, model, alert, onFailure, about } = request;
  const outcomes = new Meter();
  const lag = monitorEventLoopDelay();
  lag.enable();
  const startedMs = Date.now() - performance.now();
  let fleet: Fleet | undefined;
  const metrics = async (): Promise<string> => {
    const snapshots = fleet === undefined ? [] : [await fleet.snapshot()];
    return openMetricsText(mergedSnapshots([outcomes.snapshot(0), ...snapshots]), {
      ...about(),
      name,
      version,
      startedMs,
      residentBytes: process.memoryUsage.rss(),
      lagSeconds: lag.percentile(99) / 1e9,
      workers: config.workers,
    });
  };
  return {
    onOutcome: (outcome) => outcomes.outcome(outcome),
    async fleet(onTried) {
      const station = { ...stationOf(config), name, version };
      fleet =
        config.workers === 1
          ? new Station({ ...station, load: await loadFrom(model), onTried, onFailure, metrics })
          : await Crew.started({
              workers: config.workers,
              order: { ...model, station },
              onTried,
              onFailure,
              metrics,
              alert,
            });
      return fleet;
    },
  };
}

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
