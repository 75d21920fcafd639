/** What predicts in one process: the model in service, the one that is tried beside it, and the one it took the place of. */

import type { Row } from "../model/schema.ts";
import type { ModelBytes } from "./read.ts";
import { predictionsProblem, rehearse } from "./rehearsal.ts";
import { Refused, type Refusal } from "./refusal.ts";
import type { Live, Served, ServedPrediction } from "./served.ts";
import { Tally } from "./tally.ts";

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
  readonly #load: Load;
  /** Called after each request while a model is on trial. */
  readonly #onTried: () => void;
  #prepared: Served | undefined;
  #live: Standing | undefined;
  #before: Standing | undefined;

  constructor(load: Load, onTried: () => void) {
    this.#load = load;
    this.#onTried = onTried;
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
      const candidate = await this.#load(model);
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
    this.#live = { served: counted(prepared, tally, () => this.#tried()), sinceMs, tally };
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

  #tried(): void {
    if (this.#before !== undefined) this.#onTried();
  }
}

/** The same model, of which is counted what it does. */
function counted(served: Served, tally: Tally, onCounted: () => void): Served {
  const succeeded = (
    predictions: readonly ServedPrediction[],
    rows: readonly Row[],
    startMs: number,
  ): typeof predictions => {
    const problem = predictionsProblem(served, predictions, rows.length);
    if (problem !== undefined) throw new Error(problem);
    tally.succeeded(rows.length, (performance.now() - startMs) / 1_000);
    onCounted();
    return predictions;
  };
  const failed = (error: unknown): never => {
    tally.failed();
    onCounted();
    throw error;
  };
  return {
    ...served,
    predict(rows) {
      const startMs = performance.now();
      try {
        const predictions = served.predict(rows);
        if (!(predictions instanceof Promise)) return succeeded(predictions, rows, startMs);
        return predictions.then((found) => succeeded(found, rows, startMs)).catch(failed);
      } catch (error) {
        return failed(error);
      }
    },
  };
}
