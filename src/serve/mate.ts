/** One of several processes that answer: what it is told, and what is known of it once it is gone. */

import type { Worker } from "node:cluster";
import type { Socket } from "node:net";
import { NOTHING_COLLECTED, type Collected } from "../monitor/collected.ts";
import { Channel, Gone } from "./channel.ts";
import { mergedSnapshots, type MeterSnapshot } from "./meter.ts";
import type { ModelBytes } from "./read.ts";
import type { Refusal } from "./refusal.ts";
import type { TallyRecord } from "./tally.ts";
import { TooLate, within } from "./within.ts";
import type { WorkerOrder } from "./worker.ts";

export interface InService {
  readonly model: ModelBytes;
  readonly sinceMs: number;
}

/** What a model on trial did in one process, and what the one before it did. */
export interface TrialRecord {
  readonly before: TallyRecord;
  readonly now: TallyRecord;
}

/** What no more than a question takes: one that is silent for longer is caught in a loop. */
const PATIENCE_MS = 10_000;

/** What a process that has nothing more to do may take to end. */
const GRACE_MS = 1_000;

export class Mate {
  /** Resolves with how it ended. */
  readonly ended: Promise<string>;
  /** What it had counted when it was asked last. */
  snapshot: MeterSnapshot = mergedSnapshots([]);
  trial: TrialRecord | undefined;
  readonly #worker: Worker;
  readonly #channel: Channel;
  readonly #ready: Promise<void>;
  readonly #loadLimitMs: number;
  #prepared: ModelBytes | undefined;
  #problem: string | undefined;

  constructor(
    worker: Worker,
    loadLimitMs: number,
    answers: Readonly<Record<string, (question: never) => Promise<unknown>>>,
  ) {
    this.#worker = worker;
    this.#loadLimitMs = loadLimitMs;
    let onReady: () => void = () => {};
    this.#ready = new Promise((resolve) => (onReady = resolve));
    // What is asked of a process before it has loaded its code is lost.
    this.#channel = new Channel(worker, { ...answers, ready: async () => onReady() });
    this.ended = new Promise((resolve) => {
      // Not its exit: what it said before that may still have to be read.
      worker.process.once("close", (code, signal) => {
        this.#channel.end();
        resolve(this.#problem ?? signal ?? `code ${code}`);
      });
    });
    // Its end is told anyway.
    worker.on("error", () => {});
  }

  /** Has it put these models in service, one after the other. */
  async begin(order: WorkerOrder, models: readonly InService[]): Promise<void> {
    const gone = this.ended.then(() => {
      throw new Gone();
    });
    await Promise.race([this.#ready, gone]);
    this.#prepared = undefined;
    await this.ask("begin", order);
    for (const each of models) await this.swap(each);
  }

  ask<T>(name: string, value?: unknown, limitMs = PATIENCE_MS): Promise<T> {
    return this.#answered(this.#channel.ask<T>(name, value), limitMs);
  }

  /** Resolves once the connection is open there too. */
  take(connection: Socket): Promise<void> {
    return this.#answered(this.#channel.ask<void>("take", undefined, connection), PATIENCE_MS);
  }

  async prepare(model: ModelBytes): Promise<Refusal | undefined> {
    this.#prepared = undefined;
    const refusal = await this.ask<Refusal | undefined>("prepare", model, this.#loadLimitMs + PATIENCE_MS);
    if (refusal === undefined) this.#prepared = model;
    return refusal;
  }

  /** One that came after the model was prepared in the others makes up for it. */
  async swap({ model, sinceMs }: InService): Promise<void> {
    this.trial = undefined;
    const refusal = this.#prepared === model ? undefined : await this.prepare(model);
    if (refusal !== undefined) throw new Error(refusal.message);
    await this.ask("swap", sinceMs);
  }

  async tell(name: "settle" | "back"): Promise<void> {
    this.trial = undefined;
    await this.ask(name);
  }

  /** Asks what it has counted. */
  async count(): Promise<void> {
    this.snapshot = await this.ask<MeterSnapshot>("snapshot");
  }

  async judge(): Promise<void> {
    this.trial = await this.ask<TrialRecord | undefined>("trial");
  }

  /** What it counted for the monitor since the last time. */
  collect(): Promise<Collected> {
    return this.ask<Collected>("collect");
  }

  /** Resolves once it takes nothing more, nothing being in flight or the limit being over, with what was not collected. */
  async quiet(limitMs: number): Promise<Collected> {
    const last = within(this.#channel.ask<Collected>("end", limitMs), limitMs + GRACE_MS);
    return last.catch(() => NOTHING_COLLECTED);
  }

  /** Resolves once it has ended, by itself or not. */
  async end(): Promise<void> {
    // What a predictor holds open, or a loop of its, keeps it from ending.
    await within(this.ended, GRACE_MS).catch(() => this.kill("it did not end"));
    await this.ended;
  }

  kill(problem: string): void {
    this.#problem ??= problem;
    this.#worker.process.kill("SIGKILL");
  }

  /** Kills it where it does not answer. */
  async #answered<T>(answer: Promise<T>, limitMs: number): Promise<T> {
    try {
      return await within(answer, limitMs);
    } catch (error) {
      if (!(error instanceof TooLate)) throw error;
      this.kill(`it did not answer within ${limitMs / 1_000} s`);
      throw new Gone();
    }
  }
}
