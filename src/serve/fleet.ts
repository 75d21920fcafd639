/** The processes that answer requests, as one: what is done to the model in service is done in all of them, or in none. */

import type { Collected } from "../monitor/collected.ts";
import type { MeterSnapshot } from "./meter.ts";
import type { Address } from "./port.ts";
import type { ModelBytes } from "./read.ts";
import type { Refusal } from "./refusal.ts";
import type { Tally } from "./tally.ts";

export interface Trial {
  readonly before: Tally;
  readonly now: Tally;
}

/** Who decides which model is in service. */
export interface Watch {
  /** Is to be called after each request to a model on trial. */
  readonly onTried: () => void;
  /** The model in service, for what is measured. */
  readonly about: () => { readonly digest: string; readonly isOnProbation: boolean };
}

export interface Fleet {
  /** Loads and tries a model beside the one in service. */
  prepare(model: ModelBytes): Promise<Refusal | undefined>;
  /** Puts what was prepared in service. */
  swap(sinceMs: number): Promise<void>;
  /** The model on trial stays. */
  settle(): Promise<void>;
  /** The model before the one on trial is in service again. */
  back(): Promise<void>;
  /** What the model on trial and the one before it did so far; undefined where none is on trial. */
  trial(): Promise<Trial | undefined>;
  /** Takes requests from now on; resolves with the address. Rejects with Node's error where the port is not to be had. */
  listen(at: Address): Promise<string>;
  /** What was counted since the last time. */
  collect(): Promise<Collected>;
  /** Resolves once no request is in flight, or at the limit; then nothing is taken any more. Gives what was not collected. */
  end(limitMs: number): Promise<Collected>;
  snapshot(): Promise<MeterSnapshot>;
}
