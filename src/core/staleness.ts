/** Whether a step is stale, and why: one list of reasons that the scheduler, `status` and `why` all use. Pure. */

import type { Fingerprint } from "./fingerprint.ts";

/** A content digest in hex, or `absent` where nothing stands at the path. */
export type Digest = string;
export const ABSENT: Digest = "absent";

export interface InputState {
  readonly name: string;
  readonly path: string;
  readonly digest: Digest;
}

export interface PathState {
  readonly path: string;
  readonly digest: Digest;
}

/** The record of one successful run. */
export interface Trace {
  readonly step: string;
  readonly fingerprint: Fingerprint;
  /** Declared inputs, sorted by name; a list keeps its order. */
  readonly inputs: readonly InputState[];
  /** Inputs found while running, in the order found. */
  readonly discovered: readonly PathState[];
  readonly outputs: readonly PathState[];
  readonly startedMs: number;
  readonly durationMs: number;
}

/** What stands on disk now. `outputs` are those the trace names or the step declares. */
export interface Observed {
  readonly inputs: readonly InputState[];
  readonly discovered: readonly PathState[];
  readonly outputs: readonly PathState[];
}

/**
 * One thing that makes a step stale, with its old and its new state.
 *
 * `part` says where to look; `name` is the input, param, variable, tool or path; `was` and `now` are absent where the
 * thing was added or removed.
 */
export interface Reason {
  readonly part: "record" | "code" | "command" | "shell" | "param" | "env" | "tool" | "input" | "discovered" | "output" | "forced";
  readonly name: string;
  readonly was?: string;
  readonly now?: string;
}
