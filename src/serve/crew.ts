/** Several processes that answer on one port, and are told the same. One that dies is replaced by another. */

import cluster, { type Worker } from "node:cluster";
import { fileURLToPath } from "node:url";
import { Channel } from "./channel.ts";
import type { Notice } from "./alert.ts";
import type { Fleet, Trial } from "./fleet.ts";
import { mergedSnapshots, type MeterSnapshot } from "./meter.ts";
import type { ModelBytes } from "./read.ts";
import type { Refusal } from "./refusal.ts";
import { Tally, type TallyRecord } from "./tally.ts";
import type { WorkerOrder } from "./worker.ts";

export interface CrewRequest {
  readonly workers: number;
  readonly order: WorkerOrder;
  readonly onTried: () => void;
  readonly onFailure: (problem: string) => void;
  /** What `/metrics` says, of all processes. */
  readonly metrics: () => Promise<string>;
  readonly alert: (notice: Notice) => void;
}

interface Mate {
  readonly worker: Worker;
  readonly channel: Channel;
}

interface InService {
  readonly model: ModelBytes;
  readonly sinceMs: number;
}

export class Crew implements Fleet {
  readonly #request: CrewRequest;
  readonly #mates = new Set<Mate>();
  #prepared: ModelBytes | undefined;
  /** The model on probation last, and before it the one that may come back; else the one in service alone. */
  #models: readonly InService[] = [];
  #deaths = 0;
  #isListening = false;
  #isEnding = false;

  private constructor(request: CrewRequest) {
    this.#request = request;
  }

  static async started(request: CrewRequest): Promise<Crew> {
    cluster.setupPrimary({
      exec: fileURLToPath(new URL("./serve-worker.js", import.meta.url)),
      args: [],
      serialization: "advanced",
    });
    const crew = new Crew(request);
    await Promise.all(Array.from({ length: request.workers }, () => crew.#hire()));
    return crew;
  }

  async prepare(model: ModelBytes): Promise<Refusal | undefined> {
    const found = await this.#all<Refusal | undefined>("prepare", model);
    const refusal = found.find((each) => each !== undefined);
    this.#prepared = refusal === undefined ? model : undefined;
    return refusal;
  }

  async swap(sinceMs: number): Promise<void> {
    const model = this.#prepared;
    if (model === undefined) throw new Error("no model was prepared");
    const [first] = this.#models;
    this.#models = [...(first === undefined ? [] : [first]), { model, sinceMs }];
    await this.#all("swap", sinceMs);
  }

  async settle(): Promise<void> {
    this.#models = this.#models.slice(-1);
    await this.#all("settle");
  }

  async back(): Promise<void> {
    this.#models = this.#models.slice(0, 1);
    await this.#all("back");
  }

  async trial(): Promise<Trial | undefined> {
    type Recorded = { readonly before: TallyRecord; readonly now: TallyRecord } | undefined;
    const found = (await this.#all<Recorded>("trial")).filter((each) => each !== undefined);
    if (found.length === 0) return undefined;
    const [before, now] = [new Tally(), new Tally()];
    for (const each of found) {
      before.add(each.before);
      now.add(each.now);
    }
    return { before, now };
  }

  async listen(): Promise<string> {
    const [url = ""] = await this.#all<string>("listen");
    this.#isListening = true;
    return url;
  }

  async end(limitMs: number): Promise<void> {
    this.#isEnding = true;
    const ended = [...this.#mates].map(
      ({ worker }) => new Promise<void>((resolve) => worker.once("exit", () => resolve())),
    );
    await this.#all("end", limitMs).catch(() => {});
    await Promise.all(ended);
  }

  async snapshot(): Promise<MeterSnapshot> {
    return mergedSnapshots(await this.#all<MeterSnapshot>("snapshot"));
  }

  #all<T>(name: string, value?: unknown): Promise<readonly T[]> {
    return Promise.all([...this.#mates].map(({ channel }) => channel.ask<T>(name, value)));
  }

  async #hire(): Promise<void> {
    const { order, onTried, onFailure, metrics } = this.#request;
    const worker = cluster.fork();
    let onReady: () => void = () => {};
    const ready = new Promise<void>((resolve, reject) => {
      onReady = resolve;
      worker.once("exit", () => reject(new Error("a worker process ended before it began")));
    });
    const channel = new Channel(worker, {
      // What is asked of a process before it has loaded its code is lost.
      ready: async () => onReady(),
      tried: async () => onTried(),
      failed: async (problem: string) => onFailure(problem),
      metrics,
    });
    const mate = { worker, channel };
    worker.once("exit", (code, signal) => this.#left(mate, signal ?? `code ${code}`));
    await ready;
    await channel.ask("begin", order);
    const models = this.#models;
    for (const { model, sinceMs } of models) {
      const refusal = await channel.ask<Refusal | undefined>("prepare", model);
      if (refusal !== undefined) throw new Error(refusal.message);
      await channel.ask("swap", sinceMs);
    }
    // Another model was put in service meanwhile: this one begins again with that.
    if (models !== this.#models) {
      worker.kill();
      return;
    }
    if (this.#isListening) await channel.ask("listen");
    this.#mates.add(mate);
  }

  #left(mate: Mate, how: string): void {
    mate.channel.end();
    this.#mates.delete(mate);
    // One that dies before there is anything to answer ends the start, and is no matter for an alert.
    if (this.#isEnding || !this.#isListening) return;
    const { alert } = this.#request;
    alert({ level: "error", code: "worker-died", message: `a worker process ended (${how}); another takes its place` });
    const failed = (error: Error): void =>
      alert({ level: "error", code: "worker-died", message: `no other takes its place: ${error.message}` });
    // One that dies as soon as it lives is not started without end.
    setTimeout(() => void (this.#isEnding || this.#hire().catch(failed)), REST_MS * 2 ** Math.min(this.#deaths++, 8));
  }
}

const REST_MS = 100;
