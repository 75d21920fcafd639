/** What an override makes of its step in a build: fresh, put back, or ended. */

import { outputPaths, type Execution } from "./attempt.ts";
import type { Step } from "./core/catalog.ts";
import { overrideHeld, overrideLost } from "./core/error-override.ts";
import { isForced, type Force } from "./core/force.ts";
import { noteOf, overrideOf, type Hold } from "./core/override.ts";
import type { PathState } from "./core/staleness.ts";
import { publishAll } from "./finish.ts";
import { stillHeldBack, type HeldBack } from "./gate.ts";
import { isHeldBack, type Judgement } from "./judge.ts";
import type { Project } from "./project.ts";
import { stagedFrom } from "./restore.ts";
import { isKept } from "./versions.ts";
import { overrideEnded } from "./warning.ts";

/** What becomes of a step that a person decided about; undefined where it is judged as any other. */
export function decideByOverride(
  execution: Execution,
  step: Step,
  judgement: Judgement,
): "held" | "put-back" | "restored" | HeldBack | undefined {
  const { hold } = judgement;
  if (hold === undefined) return undefined;
  if (isHeldBack(judgement)) {
    const isOpen = step.rule.policy.isAlways && execution.accepts === undefined;
    return isOpen ? undefined : stillHeldBack(execution, step, hold.override);
  }
  if (hold.state === "holds") {
    execution.emit({ type: "step-fresh", step: step.id, override: noteOf(hold.override) });
    return "held";
  }
  if (hold.state === "broken") {
    putBack(execution, step, { ...judgement, hold });
    return "put-back";
  }
  end(execution, step, { ...judgement, hold });
  return undefined;
}

/** Before anything runs: a forced run would undo an override without a word about the one who made it. */
export function refuseForced(project: Project, steps: readonly Step[], force: Force): void {
  const { overrides } = project.state;
  if (overrides.size === 0) return;
  for (const step of steps) {
    const override = isForced(force, step) ? overrideOf(overrides, step) : undefined;
    if (override !== undefined && override.kind !== "held") throw overrideHeld({ step: step.id, override });
  }
}

/** What a broken override would put back; undefined where it cannot. */
export function outputsToPutBack(
  { cache }: Project,
  step: Step,
  of: { readonly hold: Hold; readonly standing: readonly PathState[] },
): readonly PathState[] | undefined {
  const lost = lostOutputs(step, of);
  return lost?.every(({ digest }) => isKept(cache, digest)) === true ? lost : undefined;
}

/** Those that do not stand as decided; undefined where the step is declared with other outputs by now. */
function lostOutputs(
  step: Step,
  { hold, standing }: { readonly hold: Hold; readonly standing: readonly PathState[] },
): readonly PathState[] | undefined {
  const { outputs } = hold.override.trace;
  if (JSON.stringify(outputs.map(({ path }) => path)) !== JSON.stringify(outputPaths(step))) return undefined;
  return outputs.filter(({ digest }, at) => standing[at]?.digest !== digest);
}

function putBack(execution: Execution, step: Step, judgement: Judgement & { readonly hold: Hold }): void {
  const { project, stages, emit } = execution;
  const { hold, reasons } = judgement;
  const startedMs = Date.now();
  const override = noteOf(hold.override);
  const lost = lostOutputs(step, { hold, standing: judgement.observed.outputs });
  const fail = (problem: string): Error => overrideLost({ step: step.id, override, problem });
  if (lost === undefined) throw fail("the rule declares other outputs by now");
  const stage = stages.take();
  try {
    const staged = stagedFrom(project, lost, stage);
    if (staged === undefined)
      throw fail(`the cache no longer has what stood at ${lost.map(({ path }) => path).join(", ")}`);
    const outputs = publishAll(execution, { step, trace: hold.override, staged, judgement });
    emit({ type: "step-restored", step: step.id, reasons, durationMs: Date.now() - startedMs, outputs, override });
  } finally {
    stages.give(stage);
  }
}

/**
 * An acceptance that what changed has ended stays on record until another run's outputs are: where that run fails, and
 * the change is taken back, it holds again.
 */
function end({ project, emit }: Execution, step: Step, judgement: Judgement & { readonly hold: Hold }): void {
  const { override, reasons } = judgement.hold;
  // Nobody decided that it be so; that it is tried again is what everybody waits for.
  if (override.kind !== "held") emit(overrideEnded(step.id, override, reasons));
  const isOver = judgement.reasons.length === 0 || override.trace.step !== step.id;
  if (isOver) project.state.append({ released: [override.trace.step] });
}
