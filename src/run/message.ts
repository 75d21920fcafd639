/** What the engine and its worker processes say to each other. */

import type { Invocation } from "./invocation.ts";
import type { Outcome } from "./outcome.ts";

/** Engine to worker: run this action once. */
export interface RunRequest {
  /** URL of the bundle. */
  readonly bundle: string;
  readonly invocation: Invocation;
  /** Absolute path of the log; what the action prints is appended. */
  readonly log: string;
}

/** Worker to engine. */
export type WorkerMessage =
  | { readonly type: "logged"; readonly message: string }
  | { readonly type: "metric"; readonly name: string; readonly value: number }
  | { readonly type: "progress"; readonly done: number; readonly total: number }
  | { readonly type: "ended"; readonly outcome: Outcome };
