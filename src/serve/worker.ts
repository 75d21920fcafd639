/** The entry of a worker process: a station that does what the first process says. */

import cluster from "node:cluster";
import type { Socket } from "node:net";
import { Channel, type Peer } from "./channel.ts";
import { loadFrom, type LoadRequest } from "./load.ts";
import type { ModelBytes } from "./read.ts";
import { Station, type StationRequest } from "./station.ts";

/** What a worker is started with. */
export interface WorkerOrder extends LoadRequest {
  readonly station: Omit<StationRequest, "load" | "onTried" | "onFailure" | "metrics" | "feedback">;
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
      onTried: () => channel.tell("tried"),
      onFailure: (problem) => channel.tell("failed", problem),
      metrics: () => channel.ask("metrics"),
      feedback: (given) => channel.ask("feedback", given),
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
  // What is sent on it is read after the answer, so that a connection without one is as it came.
  take: async (_: undefined, connection: Socket) => {
    begun().take(connection);
    connection.once("close", () => channel.tell("left"));
  },
  end: async (limitMs: number) => {
    const last = await begun().end(limitMs);
    // After the answer.
    setImmediate(() => cluster.worker?.disconnect());
    return last;
  },
  collect: () => begun().collect(),
  snapshot: () => begun().snapshot(),
});

channel.tell("ready");

// A terminal's Ctrl-C reaches every process: when to end is for the first one to say.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
