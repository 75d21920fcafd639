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

/** What an action learns of a path that it asked for: whether something stands there, or why it cannot be had. */
export type DependAnswer = { readonly isThere: boolean } | { readonly problem: string };

/** Engine to worker. */
export type EngineMessage =
  | { readonly type: "run"; readonly request: RunRequest }
  | { readonly type: "answer"; readonly id: number; readonly answer: DependAnswer };

/** Worker to engine. */
export type WorkerMessage =
  | { readonly type: "depend"; readonly id: number; readonly path: string }
  | { readonly type: "logged"; readonly message: string }
  | { readonly type: "metric"; readonly name: string; readonly value: number }
  | { readonly type: "progress"; readonly done: number; readonly total: number }
  | { readonly type: "ended"; readonly outcome: Outcome };
