/** What the engine and its worker processes say to each other. */

import type { Invocation } from "./invocation.ts";
import type { Outcome } from "./outcome.ts";

/** What a worker runs: the bundle of a module by its URL, or a shell command. */
export type Work =
  | { readonly kind: "module"; readonly bundle: string }
  | { readonly kind: "command"; readonly command: string; readonly shell: "sh" | "bash"; readonly stage: string };

/** Engine to worker: run this once. */
export interface RunRequest {
  readonly work: Work;
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
