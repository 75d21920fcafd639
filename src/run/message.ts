/**
 * What the engine and its worker processes say to each other: lines of JSON on a socket of their own. Node's channel for
 * `fork` would be open to the action as well, by `process.send`, and a broken line on it ends the engine.
 */

import type { Duplex } from "node:stream";
import type { Invocation } from "./invocation.ts";
import type { Outcome } from "./outcome.ts";

/** The worker's descriptor of the socket. */
export const CHANNEL = 3;

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

/** How a run ended, and whether the worker must not run another. */
export interface Ended {
  readonly type: "ended";
  readonly outcome: Outcome;
  readonly isSpent: boolean;
}

/** Worker to engine. */
export type WorkerMessage =
  | { readonly type: "depend"; readonly id: number; readonly path: string }
  /** The action is through, though something that it asked for has not been answered. */
  | { readonly type: "returned" }
  | { readonly type: "logged"; readonly message: string }
  | { readonly type: "metric"; readonly name: string; readonly value: number; readonly of?: "previous" }
  | { readonly type: "progress"; readonly done: number; readonly total: number }
  | Ended;

export const tell = (socket: Duplex, message: EngineMessage | WorkerMessage): void =>
  void socket.write(`${JSON.stringify(message)}\n`);

/** Calls back with every message that arrives. What is none is left out: an action can write to any descriptor. */
export function hear(socket: Duplex, onMessage: (message: unknown) => void): void {
  let parts: string[] = [];
  socket.setEncoding("utf8").on("data", (text: string) => {
    const lines = text.split("\n");
    if (lines.length === 1) return void parts.push(text);
    lines[0] = parts.join("") + lines[0];
    parts = [lines.pop() ?? ""];
    for (const line of lines) {
      const message = messageIn(line);
      if (message !== undefined) onMessage(message);
    }
  });
}

function messageIn(line: string): unknown {
  try {
    const value = JSON.parse(line) as { readonly type?: unknown } | null;
    return typeof value?.type === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
