/** A step's failure as an event, and which errors are one. */

import type { Step } from "./core/catalog.ts";
import { PipeError } from "./core/error.ts";
import { isRefusal, refused } from "./core/error-disk.ts";
import type { Emit, StepFailed } from "./core/event.ts";
import type { Reason } from "./core/staleness.ts";
import { logPathOf, tailOfLog } from "./store/log.ts";

const TAIL_LINES = 20;

/** A mistake of the user's, or the system refusing an operation on a file; anything else is a bug. */
export const isExpected = (error: unknown): error is Error =>
  error instanceof PipeError ||
  (error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === "string");

/** An expected error as a problem, in words for a person where we know more of it than the system says. */
export function problemOf(kind: string, error: Error): Problem {
  const told = isRefusal(error) ? refused(error) : error;
  const hint = told instanceof PipeError ? told.hint : undefined;
  return { kind, message: told.message, ...(hint === undefined ? {} : { hint }) };
}

export interface Problem {
  readonly kind: string;
  readonly message: string;
  readonly hint?: string;
}

export type Fail = (problem: Problem) => "failed";

/** Tells of a step's failure, with the end of its log. */
export function failing(
  execution: { readonly project: { readonly root: string }; readonly emit: Emit },
  of: { readonly step: Step; readonly reasons: readonly Reason[]; readonly startedMs: number },
): Fail {
  const { step, reasons, startedMs } = of;
  return ({ kind, message, hint }) => {
    const event: StepFailed = {
      type: "step-failed",
      step: step.id,
      reasons,
      kind,
      message,
      ...(hint === undefined ? {} : { hint }),
      durationMs: Date.now() - startedMs,
      log: logPathOf(step.id),
      tail: tailOfLog(execution.project.root, step.id, TAIL_LINES),
    };
    execution.emit(event);
    return "failed";
  };
}
