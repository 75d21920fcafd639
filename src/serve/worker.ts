/** The entry of a worker process: a station that does what the first process says. */

import cluster from "node:cluster";
import { Channel, type Peer } from "./channel.ts";
import { loadFrom, type LoadRequest } from "./load.ts";
import type { ModelBytes } from "./read.ts";
import { Station, type StationRequest } from "./station.ts";

/** What a worker is started with. */
export interface WorkerOrder extends LoadRequest {
  readonly station: Omit<StationRequest, "load" | "onTried" | "onFailure" | "metrics">;
}

let station: Station | undefined;

const begun = (): Station => {
  if (station === undefined) throw new Error("the worker has no orders");
  return station;
};

const channel = new Channel(process as Peer, {
  begin: async (order: WorkerOrder) => {
    station = new Station({
      ...order.station,
      load: await loadFrom(order),
      onTried: () => void channel.ask("tried"),
      onFailure: (problem) => void channel.ask("failed", problem),
      metrics: () => channel.ask("metrics"),
    });
  },
  prepare: (model: ModelBytes) => begun().prepare({ ...model, bytes: Buffer.from(model.bytes) }),
  swap: (sinceMs: number) => begun().swap(sinceMs),
  settle: () => begun().settle(),
  back: () => begun().back(),
  trial: async () => {
    const { before, now } = (await begun().trial()) ?? {};
    return before && now && { before: before.record(), now: now.record() };
  },
  listen: () => begun().listen(),
  end: async (limitMs: number) => {
    await begun().end(limitMs);
    cluster.worker?.disconnect();
  },
  snapshot: () => begun().snapshot(),
});

void channel.ask("ready");

// A terminal's Ctrl-C reaches every process: when to end is for the first one to say.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
