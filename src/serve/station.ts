/** One process that answers requests: connections, the routes behind them, and the models that predict. */

import type { Socket } from "node:net";
import { NOTHING_COLLECTED, type Collected } from "../monitor/collected.ts";
import type { Feedback, Taken } from "../monitor/feedback.ts";
import { listenerOf } from "./app.ts";
import type { Fleet, Trial } from "./fleet.ts";
import { Meter, type MeterSnapshot } from "./meter.ts";
import { bound, type Address } from "./port.ts";
import type { ModelBytes } from "./read.ts";
import { Replica, type Load } from "./replica.ts";
import type { Refusal } from "./refusal.ts";
import { asksPrediction, isSignOfLife, routeOf } from "./route.ts";
import { answering, type Answered, type Answering, type ServerLimits } from "./server.ts";
import { Watching } from "./watching.ts";

export interface StationRequest {
  readonly limits: ServerLimits;
  readonly name: string;
  readonly version: string;
  readonly token: string | undefined;
  readonly mostRows: number;
  readonly mostBytes: number;
  readonly load: Load;
  readonly loadLimitMs: number;
  readonly predictLimitMs: number;
  /** Called after a request to a model on trial. */
  readonly onTried: () => void;
  readonly onFailure: (problem: string) => void;
  /** What `/metrics` says: of all processes. */
  readonly metrics: () => Promise<string>;
  readonly feedback: (given: Feedback) => Promise<Taken>;
}

export class Station implements Fleet {
  readonly #replica: Replica;
  readonly #meter = new Meter();
  readonly #watching = new Watching();
  readonly #answering: Answering;
  #isReady = true;

  constructor(request: StationRequest) {
    const { load, loadLimitMs, predictLimitMs, onTried, onFailure } = request;
    this.#replica = new Replica({
      load,
      loadLimitMs,
      predictLimitMs,
      onTried,
      onFailure,
      onPredicted: (served, rows, predictions) => {
        this.#meter.predicted(rows.length);
        this.#watching.of(served).predicted(rows, predictions);
      },
    });
    this.#answering = this.#answeringTo(request);
  }

  prepare(model: ModelBytes): Promise<Refusal | undefined> {
    return this.#replica.prepare(model);
  }

  async swap(sinceMs: number): Promise<void> {
    this.#replica.swap(sinceMs);
  }

  async settle(): Promise<void> {
    this.#replica.settle();
  }

  async back(): Promise<void> {
    this.#replica.back();
  }

  async trial(): Promise<Trial | undefined> {
    return this.#replica.trial();
  }

  listen(at: Address): Promise<string> {
    return bound(this.#answering.server, at);
  }

  /** Answers on a connection that another process accepted. */
  take(connection: Socket): void {
    this.#answering.take(connection);
  }

  async collect(): Promise<Collected> {
    return this.#watching.collected(this.#replica.live().served);
  }

  async end(limitMs: number): Promise<Collected> {
    this.#isReady = false;
    await this.#answering.end(limitMs);
    return this.#replica.isServing ? this.collect() : NOTHING_COLLECTED;
  }

  async snapshot(): Promise<MeterSnapshot> {
    return this.#meter.snapshot(this.#answering.inFlight());
  }

  #answeringTo(request: StationRequest): Answering {
    const { limits, name, version, token, mostRows, mostBytes, metrics, feedback } = request;
    return answering({
      limits,
      listener: listenerOf({
        name,
        version,
        token,
        mostRows,
        mostBytes,
        metrics,
        feedback,
        onRefusedRow: ({ column, isNewCategory }) =>
          this.#watching.of(this.#replica.live().served).refused(isNewCategory ? column : undefined),
        live: () => this.#replica.live(),
        isReady: () => this.#isReady,
      }),
      isAlways: ({ url = "" }) => isSignOfLife(url),
      onAnswered: (answered) => this.#answered(answered),
      onShed: () => {
        this.#meter.shed();
        this.#watching.of(this.#replica.live().served).shed();
      },
    });
  }

  #answered({ request: { method = "", url = "" }, status, seconds, isAborted }: Answered): void {
    const route = routeOf(url);
    this.#meter.record({ route, method, status, seconds, isAborted });
    // Of a client that left nobody knows how long it would have waited.
    if (asksPrediction(route) && !isAborted) this.#watching.of(this.#replica.live().served).answered(status, seconds);
  }
}
