/** What one process counts of the models that answer in it, for the first process to collect. */

import { monitorEventLoopDelay } from "node:perf_hooks";
import { Gathering } from "../monitor/gathering.ts";
import { isEmpty } from "../monitor/open-window.ts";
import type { Collected } from "../monitor/collected.ts";
import { monitoredOf } from "../monitor/part.ts";
import type { Served } from "./served.ts";

const RESOLUTION_MS = 10;
/** The lag of the event loop is that of about so long. */
const LAG_MS = 60_000;

export class Watching {
  readonly #gatherings = new Map<string, Gathering>();
  readonly #lag = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #lagSeconds = 0;
  #lagMs = performance.now();

  constructor() {
    this.#lag.enable();
  }

  /** Where the model's requests are counted. */
  of(served: Served): Gathering {
    const known = this.#gatherings.get(served.digest);
    if (known !== undefined) return known;
    const { digest, schema, reference, metrics } = served;
    const gathering = new Gathering(monitoredOf({ digest, features: schema.inputs, reference, rmse: metrics["rmse"] }));
    this.#gatherings.set(served.digest, gathering);
    return gathering;
  }

  /** All since the last time; `live` is the model that answers now. */
  collected(live: Served): Collected {
    this.of(live);
    const parts = [...this.#gatherings].map(([digest, gathering]) => {
      const part = gathering.taken();
      if (digest !== live.digest && isEmpty(part)) this.#gatherings.delete(digest);
      return { model: gathering.model, part };
    });
    return { parts, usage: { rssBytes: process.memoryUsage.rss(), lagSeconds: this.#lagNow() } };
  }

  #lagNow(): number {
    // Of the waits themselves: what is beyond the time between two looks.
    const seconds = Math.max(this.#lag.percentile(99) / 1e9 - RESOLUTION_MS / 1e3, 0);
    const nowMs = performance.now();
    if (nowMs - this.#lagMs < LAG_MS) return Math.max(seconds, this.#lagSeconds);
    this.#lagMs = nowMs;
    this.#lagSeconds = seconds;
    this.#lag.reset();
    return seconds;
  }
}
