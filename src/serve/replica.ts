/** What predicts in one process: the model in service, the one that is tried beside it, and the one it took the place of. */

import { shortDigest } from "../core/model-version.ts";
import type { ModelBytes } from "./read.ts";
import { predictionsProblem, rehearse } from "./rehearsal.ts";
import { Refused, type Refusal } from "./refusal.ts";
import type { Live, Served, ServedPrediction } from "./served.ts";
import { Tally } from "./tally.ts";

export interface ReplicaRequest {
  readonly load: Load;
  /** Called after each request while a model is on trial. */
  readonly onTried: () => void;
  /** Called with the rows of each request that was answered. */
  readonly onPredicted: (rowCount: number) => void;
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
    try {
      const candidate = await this.#request.load(model);
      // The last that was found healthy is what clients know.
      const refusal = await rehearse(candidate, (this.#before ?? this.#live)?.served);
      if (refusal === undefined) this.#prepared = candidate;
      return refusal;
    } catch (error) {
      if (error instanceof Refused) return error.refusal;
      throw error;
    }
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

  /** The same model, of which is counted what it does. */
  #counted(served: Served, tally: Tally): Served {
    const succeeded = (predictions: Predictions, rowCount: number, startMs: number): Predictions => {
      const problem = predictionsProblem(served, predictions, rowCount);
      if (problem !== undefined) throw new Error(problem);
      tally.succeeded(rowCount, (performance.now() - startMs) / 1_000);
      this.#request.onPredicted(rowCount);
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
          if (!(predictions instanceof Promise)) return succeeded(predictions, rows.length, startMs);
          return predictions.then((found) => succeeded(found, rows.length, startMs)).catch(failed);
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
