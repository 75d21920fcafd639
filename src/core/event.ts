/**
 * Everything that can happen in a build. Every log, screen and file is a consumer of this stream; nothing else tells
 * a user what the engine does. `docs/events.md` documents each for readers of `--json`. Pure.
 */

import type { OverrideNote } from "./override.ts";
import type { Reason } from "./staleness.ts";

export const EVENT_VERSION = 1;

export type BuildEvent =
  | BuildStarted
  | Warning
  | StepFresh
  | StepPlanned
  | StepStarted
  | StepLogged
  | StepMetric
  | StepProgress
  | StepRetrying
  | StepBuilt
  | StepRestored
  | StepHeld
  | StepFailed
  | StepSkipped
  | BuildFinished
  | ModelDeployed;

export type Emit = (event: BuildEvent) => void;

export const both =
  (first: Emit, second: Emit): Emit =>
  (event) => {
    first(event);
    second(event);
  };

/** The graph is drawn and checked; nothing has run yet. */
export interface BuildStarted {
  readonly type: "build-started";
  readonly build: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly atMs: number;
  readonly targets: readonly string[];
  /** How many steps the targets need. */
  readonly steps: number;
  readonly jobs: number;
}

/** Something a person should know that stops nothing. `code` is documented in docs/errors.md. */
export interface Warning {
  readonly type: "warning";
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** The step has no reason to run. */
export interface StepFresh {
  readonly type: "step-fresh";
  readonly step: string;
  /** The person's decision that makes it fresh, where one does. */
  readonly override?: OverrideNote;
  /** It was built with the params of its retry's fallback. */
  readonly isFallback?: boolean;
}

/** Dry run only: what a build would do now. `may-run` waits on what `after` would make. */
export interface StepPlanned {
  readonly type: "step-planned";
  readonly step: string;
  readonly plan: "held" | "would-run" | "would-restore" | "may-run" | "would-fail";
  readonly reasons: readonly Reason[];
  /** The steps whose outputs decide whether a `may-run` step runs. */
  readonly after: readonly string[];
  /** The override whose bytes would be put back. */
  readonly override?: OverrideNote;
}

/** The step's action is starting. */
export interface StepStarted {
  readonly type: "step-started";
  readonly step: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly reasons: readonly Reason[];
  /** The command text, or the path of the module. */
  readonly run: string;
  readonly log: string;
  /** How long the last run took, where one is known. */
  readonly lastDurationMs?: number;
}

/** A line that a module action wrote by `log()`. */
export interface StepLogged {
  readonly type: "step-logged";
  readonly step: string;
  readonly message: string;
}

/** A figure that a module action recorded by `metric()`. */
export interface StepMetric {
  readonly type: "step-metric";
  readonly step: string;
  readonly name: string;
  readonly value: number;
  /** `previous` where it is a figure of what stands there, measured anew beside the run's own. */
  readonly of?: "previous";
}

export interface StepProgress {
  readonly type: "step-progress";
  readonly step: string;
  readonly done: number;
  readonly total: number;
}

export interface OutputMade {
  readonly path: string;
  /** BLAKE3 of the content, hex. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** False where the bytes equal those of before, which spares the dependents. */
  readonly changed: boolean;
}

/** An attempt failed, and the step is tried again. */
export interface StepRetrying {
  readonly type: "step-retrying";
  readonly step: string;
  /** The attempt that failed; 1 for the first. */
  readonly attempt: number;
  /** As in `step-failed`. */
  readonly kind: string;
  readonly message: string;
  /** How long until the next attempt. */
  readonly waitMs: number;
  /** The next attempt has the params of the retry's fallback. */
  readonly isFallback: boolean;
}

/** The action succeeded; its outputs are published and traced. */
export interface StepBuilt {
  readonly type: "step-built";
  readonly step: string;
  readonly reasons: readonly Reason[];
  readonly durationMs: number;
  readonly attempts: number;
  /** It succeeded with the params of its retry's fallback. */
  readonly isFallback?: boolean;
  readonly outputs: readonly OutputMade[];
}

/** Built before with the same fingerprint and inputs, or held by an override: the outputs came from the cache. */
export interface StepRestored {
  readonly type: "step-restored";
  readonly step: string;
  readonly reasons: readonly Reason[];
  readonly durationMs: number;
  readonly outputs: readonly OutputMade[];
  /** The override whose bytes these are. */
  readonly override?: OverrideNote;
}

/** What the step makes of its inputs was not let through: it waits as a candidate, and what stood there stands. */
export interface StepHeld {
  readonly type: "step-held";
  readonly step: string;
  /** What the gate found. */
  readonly problem: string;
  /** The digest of the version that waits. */
  readonly candidate: string;
  /** Missing where it was held back before, and nothing has changed. */
  readonly durationMs?: number;
}

/** The action failed; what stood at its outputs stands there still. */
export interface StepFailed {
  readonly type: "step-failed";
  readonly step: string;
  readonly reasons: readonly Reason[];
  /** Such as `error` or `timeout`, see docs/errors.md; an action may have kinds of its own. */
  readonly kind: string;
  readonly message: string;
  readonly hint?: string;
  readonly durationMs: number;
  readonly log: string;
  /** The last lines of the log. */
  readonly tail: readonly string[];
}

/** Not tried, because a step it needs failed or the build is stopping. */
export interface StepSkipped {
  readonly type: "step-skipped";
  readonly step: string;
  readonly because: string;
}

export interface BuildFinished {
  readonly type: "build-finished";
  readonly build: string;
  readonly durationMs: number;
  readonly built: number;
  readonly restored: number;
  readonly fresh: number;
  readonly failed: number;
  readonly skipped: number;
  /** How many of the fresh and the restored are so by an override; missing where none is. */
  readonly held?: number;
  /** How many steps have made what was not let through; missing where none has. */
  readonly candidates?: number;
  /** 0 all right, 1 a step failed or is held, 130 or 143 interrupted. */
  readonly exitCode: number;
}

/** After the build: what the project's service, where one runs, makes of the model that stands there now. */
export interface ModelDeployed {
  readonly type: "model-deployed";
  /** `live` is in service now, `refused` is not. */
  readonly outcome: "live" | "refused";
  /** SHA-256 of the model; missing where there is none. */
  readonly digest?: string;
  /** Why it was refused; empty where it was not. */
  readonly reason: string;
  /** SHA-256 of the model in service. */
  readonly live: string;
  /** Of one that was refused: whether the files of the model in service stand in their place again. */
  readonly files?: "put back" | "left";
}
