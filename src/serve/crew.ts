/** Several processes that answer on one port, and are told the same. One that dies is replaced by another. */

import cluster from "node:cluster";
import { fileURLToPath } from "node:url";
import { collectedTogether, type Collected } from "../monitor/collected.ts";
import type { Feedback, Taken } from "../monitor/feedback.ts";
import { Gone } from "./channel.ts";
import type { Notice } from "./alert.ts";
import { Doorman } from "./doorman.ts";
import type { Fleet, Trial } from "./fleet.ts";
import { Mate, type InService, type TrialRecord } from "./mate.ts";
import { mergedSnapshots, type MeterSnapshot } from "./meter.ts";
import type { Address } from "./port.ts";
import type { ModelBytes } from "./read.ts";
import type { Refusal } from "./refusal.ts";
import { Tally } from "./tally.ts";
import { within } from "./within.ts";
import type { WorkerOrder } from "./worker.ts";

export interface CrewRequest {
  readonly workers: number;
  readonly order: WorkerOrder;
  readonly onTried: () => void;
  readonly onFailure: (problem: string) => void;
  /** What `/metrics` says, of all processes. */
  readonly metrics: () => Promise<string>;
  readonly feedback: (given: Feedback) => Promise<Taken>;
  readonly alert: (notice: Notice) => void;
}

/** Before a process that died is replaced; twice as long each time where that goes on. */
const REST_MS = 100;
const MOST_DOUBLINGS = 8;
/** One that dies after this long dies of something else. */
const FORGET_MS = 60_000;

/** How often each is asked what it counted: what it knew last is counted on when it dies, and one in a loop is found. */
const BEAT_MS = 1_000;

export class Crew implements Fleet {
  readonly #request: CrewRequest;
  /** All that were started, and of them those that are told everything. */
  readonly #living = new Set<Mate>();
  readonly #mates = new Set<Mate>();
  #prepared: ModelBytes | undefined;
  /** The model on probation last, and before it the one that may come back; else the one in service alone. */
  #models: readonly InService[] = [];
  /** Of those that died: what they had counted, and what the model on trial did in them. */
  #dead: MeterSnapshot = mergedSnapshots([]);
  #lost: readonly TrialRecord[] = [];
  #deaths = 0;
  #lastDeathMs = -Infinity;
  #beat: NodeJS.Timeout | undefined;
  #doorman: Doorman | undefined;
  #arrivals: readonly (() => void)[] = [];
  #isStarted = false;
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
    try {
      await Promise.all(Array.from({ length: request.workers }, () => crew.#hire()));
    } catch (error) {
      await crew.end(0);
      throw error;
    }
    crew.#isStarted = true;
    crew.#beat = setInterval(() => void crew.#count(), BEAT_MS);
    return crew;
  }

  async prepare(model: ModelBytes): Promise<Refusal | undefined> {
    this.#prepared = undefined;
    await this.#someone();
    const found = await Promise.all([...this.#mates].map((mate) => mate.prepare(model).catch(ifGone)));
    if (this.#isEnding) throw new Error("the service is ending");
    const refusal = found.find((each) => typeof each === "object");
    if (refusal !== undefined) return refusal;
    // One alone may have died of something else.
    if (found.every((each) => each === "gone"))
      return { code: "model-unreadable", message: "each process that tried it died", digest: model.digest };
    this.#prepared = model;
    return undefined;
  }

  async swap(sinceMs: number): Promise<void> {
    const model = this.#prepared;
    if (model === undefined) throw new Error("no model was prepared");
    const [first] = this.#models;
    const next = { model, sinceMs };
    this.#models = [...(first === undefined ? [] : [first]), next];
    await this.#told((mate) => mate.swap(next));
  }

  async settle(): Promise<void> {
    this.#models = this.#models.slice(-1);
    await this.#told((mate) => mate.tell("settle"));
  }

  async back(): Promise<void> {
    this.#models = this.#models.slice(0, 1);
    await this.#told((mate) => mate.tell("back"));
  }

  async trial(): Promise<Trial | undefined> {
    if (this.#models.length < 2) return undefined;
    await Promise.all([...this.#mates].map((mate) => mate.judge().catch(ifGone)));
    const [before, now] = [new Tally(), new Tally()];
    for (const each of [...this.#lost, ...[...this.#mates].map(({ trial }) => trial)]) {
      if (each === undefined) continue;
      before.add(each.before);
      now.add(each.now);
    }
    return { before, now };
  }

  async listen(at: Address): Promise<string> {
    const doorman = await Doorman.at(at, this.#request.order.station.limits.maxConnections);
    this.#doorman = doorman;
    for (const mate of this.#mates) doorman.admit(mate);
    return doorman.url;
  }

  async collect(): Promise<Collected> {
    const found = await Promise.all([...this.#mates].map((mate) => mate.collect().catch(ifGone)));
    return collectedTogether(found.flatMap((each) => (each === "gone" ? [] : [each])));
  }

  async end(limitMs: number): Promise<Collected> {
    this.#isEnding = true;
    clearInterval(this.#beat);
    this.#arrived();
    const living = [...this.#living];
    const quiet = living.map(async (mate) => {
      if (!this.#mates.has(mate)) mate.kill("the service ends");
      const last = await mate.quiet(limitMs);
      this.#doorman?.dismiss(mate);
      return last;
    });
    const last = collectedTogether(await Promise.all(quiet));
    // Until now, whoever was not done answered who still came.
    this.#doorman?.end();
    await Promise.all(living.map((mate) => mate.end()));
    return last;
  }

  async snapshot(): Promise<MeterSnapshot> {
    // One that is busy is counted as it was.
    await within(this.#count(), BEAT_MS).catch(() => {});
    return mergedSnapshots([this.#dead, ...[...this.#mates].map(({ snapshot }) => snapshot)]);
  }

  async #count(): Promise<void> {
    await Promise.all([...this.#mates].map((mate) => mate.count().catch(ifGone)));
  }

  /** One that does not do as the others is replaced by one that does. */
  async #told(deed: (mate: Mate) => Promise<void>): Promise<void> {
    this.#lost = [];
    await Promise.all([...this.#mates].map((mate) => deed(mate).catch((error: Error) => mate.kill(error.message))));
  }

  /** Resolves once there is one to ask. */
  async #someone(): Promise<void> {
    while (this.#mates.size === 0 && !this.#isEnding)
      await new Promise<void>((resolve) => (this.#arrivals = [...this.#arrivals, resolve]));
    if (this.#isEnding) throw new Error("the service is ending");
  }

  #arrived(): void {
    for (const resolve of this.#arrivals) resolve();
    this.#arrivals = [];
  }

  async #hire(): Promise<void> {
    const { order, onTried, onFailure, metrics, feedback } = this.#request;
    const mate: Mate = new Mate(cluster.fork(), order.station.loadLimitMs, {
      tried: async () => onTried(),
      failed: async (problem: string) => onFailure(problem),
      metrics,
      feedback,
      left: async () => this.#doorman?.left(mate),
    });
    this.#living.add(mate);
    void mate.ended.then((how) => this.#left(mate, how));
    try {
      let models: readonly InService[];
      do {
        models = this.#models;
        await mate.begin(order, models);
        // Another model may have been put in service meanwhile: it begins again, with that.
      } while (models !== this.#models);
      this.#mates.add(mate);
      this.#arrived();
      this.#doorman?.admit(mate);
    } catch (error) {
      mate.kill((error as Error).message);
      throw error;
    }
  }

  #left(mate: Mate, how: string): void {
    this.#living.delete(mate);
    this.#dead = mergedSnapshots([this.#dead, { ...mate.snapshot, inFlight: 0 }]);
    this.#doorman?.dismiss(mate);
    if (this.#mates.delete(mate)) this.#mourn(mate);
    // One that dies before there is anything to answer ends the start, and is no matter for an alert.
    if (this.#isEnding || !this.#isStarted) return;
    const message = `a worker process ended (${how}); another takes its place`;
    this.#request.alert({ level: "error", code: "worker-died", message });
    const nowMs = performance.now();
    this.#deaths = nowMs - this.#lastDeathMs > FORGET_MS ? 0 : this.#deaths + 1;
    this.#lastDeathMs = nowMs;
    // One that dies as soon as it lives is not started without end. Its death tells of a start that fails.
    const hire = (): void => void (this.#isEnding || this.#hire().catch(() => {}));
    setTimeout(hire, REST_MS * 2 ** Math.min(this.#deaths, MOST_DOUBLINGS)).unref();
  }

  /** A model that ends its process leaves nothing behind that could be judged, but that. */
  #mourn({ trial }: Mate): void {
    if (this.#models.length < 2 || this.#isEnding) return;
    const { before, now } = trial ?? { before: NOTHING, now: NOTHING };
    this.#lost = [...this.#lost, { before, now: { ...now, requests: now.requests + 1, failures: now.failures + 1 } }];
    this.#request.onTried();
  }
}

const NOTHING = { requests: 0, failures: 0, durations: {} };

const ifGone = (error: unknown): "gone" => {
  if (error instanceof Gone) return "gone";
  throw error;
};
