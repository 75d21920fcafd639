/**
 * Runs one stale step to its end.
 *
 * What an action made counts only if nothing it reads moved meanwhile. If something did, even if its content is back,
 * the staged outputs belong to no known input: they are thrown away, and the step is judged and run again.
 */

import { attempt, type Execution } from "./attempt.ts";
import type { Step } from "./core/catalog.ts";
import { PipeError } from "./core/error.ts";
import type { StepFailed } from "./core/event.ts";
import type { Reason } from "./core/staleness.ts";
import { undeclaredPaths } from "./core/undeclared.ts";
import { finish, missingOutputs } from "./finish.ts";
import { judge, type Judgement } from "./judge.ts";
import type { Project } from "./project.ts";
import type { Stage } from "./run/stage.ts";
import { logPathOf, tailOfLog } from "./store/log.ts";
import { undeclared } from "./warning.ts";

/** How often a step is run anew because its inputs moved while it ran. */
const REPEATS = 2;
const TAIL_LINES = 20;

/** Runs a step that is stale and holds its tokens; true where it succeeded. Every outcome is an event. */
export async function execute(execution: Execution, step: Step, judged: Judgement): Promise<boolean> {
  const stage = execution.stages.take();
  const fail = failing(execution, { step, reasons: judged.reasons, startedMs: Date.now() });
  try {
    return await untilStill(execution, { step, judged, stage, fail });
  } catch (error) {
    // A log that cannot be opened, an input that cannot be read any more: the step has failed, and nothing else has.
    if (!isExpected(error)) throw error;
    return fail({ kind: "error", message: error.message, ...hintOf(error) });
  } finally {
    execution.stages.give(stage);
  }
}

async function untilStill(
  execution: Execution,
  of: { readonly step: Step; readonly judged: Judgement; readonly stage: Stage; readonly fail: Fail },
): Promise<boolean> {
  const { step, judged, stage, fail } = of;
  let judgement = judged;
  for (let count = 1; count <= REPEATS + 1; count++) {
    started(execution, { step, judgement: judged, count });
    const startedMs = Date.now();
    const outcome = await attempt(execution, { step, stage, count });
    if (!outcome.isDone) return fail({ kind: outcome.kind, message: outcome.message });
    const moved = movedInputs(execution.project, step, judgement.moment);
    if (moved.length === 0) {
      const run = { step, stage, judgement, startedMs, durationMs: Date.now() - startedMs };
      return ended(execution, { run, judged, count, fail });
    }
    stage.clear();
    for (const path of moved) execution.project.observer.forget(path);
    judgement = judge(execution.project, step);
  }
  return fail({
    kind: "input-keeps-moving",
    message: "its inputs changed each time while it ran, so what it made belongs to none of them",
    hint: "let whatever writes them finish, then build again",
  });
}

type Fail = (problem: { readonly kind: string; readonly message: string; readonly hint?: string }) => false;

function ended(
  execution: Execution,
  of: {
    readonly run: Parameters<typeof finish>[1];
    readonly judged: Judgement;
    readonly count: number;
    readonly fail: Fail;
  },
): boolean {
  const { run, judged, count, fail } = of;
  try {
    const missing = missingOutputs(execution, run);
    if (missing !== undefined) return fail({ kind: "missing-output", ...missing });
    const outputs = finish(execution, run);
    const { step, durationMs } = run;
    execution.emit({
      type: "step-built",
      step: step.id,
      reasons: judged.reasons,
      durationMs,
      attempts: count,
      outputs,
    });
    return true;
  } catch (error) {
    if (!isExpected(error)) throw error;
    return fail({ kind: "publish", message: error.message, ...hintOf(error) });
  }
}

/** A mistake of the user's, or the system refusing an operation on a file; anything else is a bug. */
export const isExpected = (error: unknown): error is Error =>
  error instanceof PipeError ||
  (error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === "string");

export const hintOf = (error: Error): { readonly hint?: string } =>
  error instanceof PipeError && error.hint !== undefined ? { hint: error.hint } : {};

function movedInputs({ observer }: Project, step: Step, moment: number): readonly string[] {
  return step.inputs.flatMap((slot) => slot.paths.filter((path) => observer.hasMoved(path, moment)));
}

function started(
  { project, emit }: Execution,
  of: { readonly step: Step; readonly judgement: Judgement; readonly count: number },
): void {
  const { step, judgement, count } = of;
  const paths =
    count === 1 && project.pipeline.options.strict !== true ? undeclaredPaths(step, project.disk.isFile) : [];
  if (paths.length > 0) emit(undeclared(step.id, paths));
  const { identity } = project.runs.get(step.rule.name) ?? {};
  emit({
    type: "step-started",
    step: step.id,
    attempt: count,
    reasons: judgement.reasons,
    run: identity?.command ?? identity?.module ?? "",
    log: logPathOf(step.id),
    ...(judgement.trace === undefined ? {} : { lastDurationMs: judgement.trace.durationMs }),
  });
}

/** Tells of a step's failure, with the end of its log. */
export function failing(
  execution: Execution,
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
    return false;
  };
}
