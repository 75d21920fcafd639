/** What predicts in one process: the model in service, the one that is tried beside it, and the one it took the place of. */

import { shortDigest } from "../core/model-version.ts";
import type { ModelBytes } from "./read.ts";
import type { Row } from "../model/schema.ts";
import { predictionsProblem, rehearse } from "./rehearsal.ts";
import { Refused, type Refusal } from "./refusal.ts";
import type { Live, Served, ServedPrediction } from "./served.ts";
import { Tally } from "./tally.ts";
import { TooLate, within } from "./within.ts";

export interface ReplicaRequest {
  readonly load: Load;
  /** How long a model may take to be loaded and tried. */
  readonly loadLimitMs: number;
  /** How long it may take for the rows of one request. */
  readonly predictLimitMs: number;
  /** Called after each request while a model is on trial. */
  readonly onTried: () => void;
  /** Called with each request that was answered, and by which model. */
  readonly onPredicted: (served: Served, rows: readonly Row[], predictions: readonly ServedPrediction[]) => void;
  /** Told at a model's first failure, its tenth, its hundredth and so on: what a client is not to know. */
  readonly onFailure: (problem: string) => void;
}

/** Loads a model from its bytes; throws {@link Refused}. */
export type Load = (model: ModelBytes) => Served | Promise<Served>;

interface Standing extends Live {
  readonly tally: Tally;
}

/**
 *     (nothing) ─ prepare, swap ─► live ─ prepare, swap ─► live on trial, the one before at hand ─ settle ─► live
 *                                    ▲                                              │
 *                                    └──────────────────── back ────────────────────┘
 */
export class Replica {
  readonly #request: ReplicaRequest;
  #prepared: Served | undefined;
  #live: Standing | undefined;
  #before: Standing | undefined;

  constructor(request: ReplicaRequest) {
    this.#request = request;
  }

  /** False before there is a model that answers. */
  get isServing(): boolean {
    return this.#live !== undefined;
  }

  /** The model that answers now. */
  live(): Live {
    if (this.#live === undefined) throw new Error("no model was put in service");
    return this.#live;
  }

  /** What the model on trial did, and what the one before it did; undefined where none is on trial. */
  trial(): { readonly before: Tally; readonly now: Tally } | undefined {
    const [live, before] = [this.#live, this.#before];
    return live === undefined || before === undefined ? undefined : { before: before.tally, now: live.tally };
  }

  /** Loads and tries a model beside the one in service, which goes on meanwhile. */
  async prepare(model: ModelBytes): Promise<Refusal | undefined> {
    this.#prepared = undefined;
    const { loadLimitMs } = this.#request;
    try {
      const found = await within(this.#tested(model), loadLimitMs);
      if ("code" in found) return found;
      this.#prepared = found;
      return undefined;
    } catch (error) {
      if (error instanceof Refused) return error.refusal;
      if (!(error instanceof TooLate)) throw error;
      const message = `it could not be loaded and tried within ${loadLimitMs / 1_000} s`;
      return { code: "model-unreadable", message, digest: model.digest };
    }
  }

  async #tested(model: ModelBytes): Promise<Served | Refusal> {
    const candidate = await this.#request.load(model);
    // The last that was found healthy is what clients know.
    return (await rehearse(candidate, (this.#before ?? this.#live)?.served)) ?? candidate;
  }

  /** Puts what was prepared in service. Whoever began on the model before ends on it. */
  swap(sinceMs: number): void {
    const prepared = this.#prepared;
    if (prepared === undefined) throw new Error("no model was prepared");
    this.#prepared = undefined;
    // One that is still on trial is never what is gone back to.
    this.#before ??= this.#live;
    const tally = new Tally();
    this.#live = { served: this.#counted(prepared, tally), sinceMs, tally };
  }

  /** The model on trial has passed: the one before it is let go. */
  settle(): void {
    this.#before = undefined;
  }

  /** The model before the one on trial is in service again. */
  back(): void {
    if (this.#before === undefined) throw new Error("no model is on trial");
    [this.#live, this.#before] = [this.#before, undefined];
  }

  /** The same model, with a limit to its time, of which is counted what it does. */
  #counted(served: Served, tally: Tally): Served {
    const { predictLimitMs } = this.#request;
    const succeeded = (predictions: Predictions, rows: readonly Row[], startMs: number): Predictions => {
      const problem = predictionsProblem(served, predictions, rows.length);
      if (problem !== undefined) throw new Error(problem);
      tally.succeeded(rows.length, (performance.now() - startMs) / 1_000);
      this.#request.onPredicted(served, rows, predictions);
      this.#tried();
      return predictions;
    };
    const failed = (error: unknown): never => {
      tally.failed();
      if (isPowerOfTen(tally.failures)) this.#tell(served, tally, error);
      this.#tried();
      throw error;
    };
    return {
      ...served,
      predict(rows) {
        const startMs = performance.now();
        try {
          const predictions = served.predict(rows);
          if (!(predictions instanceof Promise)) return succeeded(predictions, rows, startMs);
          return within(predictions, predictLimitMs)
            .then((found) => succeeded(found, rows, startMs))
            .catch(failed);
        } catch (error) {
          return failed(error);
        }
      },
    };
  }

  #tell({ digest }: Served, { requests, failures }: Tally, error: unknown): void {
    const problem = error instanceof Error ? error.message : String(error);
    this.#request.onFailure(`${shortDigest(digest)} failed (${failures} of ${requests} requests): ${problem}`);
  }

  #tried(): void {
    if (this.#before !== undefined) this.#request.onTried();
  }
}

type Predictions = readonly ServedPrediction[];

const isPowerOfTen = (count: number): boolean => /^10*$/.test(String(count));
