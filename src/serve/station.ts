/** One process that answers requests: a socket, the routes behind it, and the models that predict. */

import { listenerOf } from "./app.ts";
import type { Fleet, Trial } from "./fleet.ts";
import { Meter, type MeterSnapshot } from "./meter.ts";
import type { ModelBytes } from "./read.ts";
import { Replica, type Load } from "./replica.ts";
import type { Refusal } from "./refusal.ts";
import { isSignOfLife, routeOf } from "./route.ts";
import { listen, type Listening, type ServerLimits } from "./server.ts";

export interface StationRequest {
  readonly host: string;
  readonly port: number;
  readonly limits: ServerLimits;
  readonly name: string;
  readonly version: string;
  readonly token: string | undefined;
  readonly mostRows: number;
  readonly mostBytes: number;
  readonly load: Load;
  /** Called after a request to a model on trial. */
  readonly onTried: () => void;
  readonly onFailure: (problem: string) => void;
  /** What `/metrics` says: of all processes. */
  readonly metrics: () => Promise<string>;
}

export class Station implements Fleet {
  readonly #request: StationRequest;
  readonly #replica: Replica;
  readonly #meter = new Meter();
  #listening: Listening | undefined;
  #isReady = false;

  constructor(request: StationRequest) {
    this.#request = request;
    const { load, onTried, onFailure } = request;
    this.#replica = new Replica({
      load,
      onTried,
      onFailure,
      onPredicted: (rowCount) => this.#meter.predicted(rowCount),
    });
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

  async listen(): Promise<string> {
    const { host, port, limits, name, version, token, mostRows, mostBytes, metrics } = this.#request;
    const listener = listenerOf({
      name,
      version,
      token,
      mostRows,
      mostBytes,
      metrics,
      live: () => this.#replica.live(),
      isReady: () => this.#isReady,
    });
    this.#listening = await listen({
      host,
      port,
      limits,
      listener,
      isAlways: ({ url = "" }) => isSignOfLife(url),
      onAnswered: ({ request: { method = "", url = "" }, status, seconds, isAborted }) =>
        this.#meter.record({ route: routeOf(url), method, status, seconds, isAborted }),
      onShed: () => this.#meter.shed(),
    });
    this.#isReady = true;
    return this.#listening.url;
  }

  async end(limitMs: number): Promise<void> {
    this.#isReady = false;
    await this.#listening?.end(limitMs);
  }

  async snapshot(): Promise<MeterSnapshot> {
    return this.#meter.snapshot(this.#listening?.inFlight() ?? 0);
  }
}
