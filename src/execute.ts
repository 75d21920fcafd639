/**
 * Runs one stale step to its end.
 *
 * What an action made counts only if nothing it reads moved meanwhile. If something did, even if its content is back,
 * the staged outputs belong to no known input: they are thrown away, and the step is judged and run again. What failed
 * is tried again as the rule's retry says, with the params of its fallback.
 */

import { rmSync } from "node:fs";
import { attempt, type Execution } from "./attempt.ts";
import type { Step } from "./core/catalog.ts";
import { waitBeforeRetry } from "./core/retry.ts";
import type { Reason } from "./core/staleness.ts";
import { undeclaredPaths } from "./core/undeclared.ts";
import { decide, restored } from "./decide.ts";
import { failing, isExpected, problemOf, type Fail, type Problem } from "./failing.ts";
import type { Fate } from "./fate.ts";
import { finish, undoneWork, unmadeOutputs } from "./finish.ts";
import { Finds, type BringUp } from "./found.ts";
import { fallbackOf, judge, type Judgement, type Look } from "./judge.ts";
import { scratchOf } from "./scratch.ts";
import type { Stage } from "./run/stage.ts";
import { logPathOf } from "./store/log.ts";
import { undeclared } from "./warning.ts";

/** How often a step is run anew because its inputs moved while it ran. */
const REPEATS = 2;

/** A step that is stale and holds its tokens. */
export interface Task {
  readonly step: Step;
  readonly judgement: Judgement;
  readonly look: Look;
  /** It runs whatever its state. */
  readonly isForced: boolean;
  readonly bringUp: BringUp;
  /** Lets others have the tokens while it waits. */
  readonly aside: (wait: () => Promise<unknown>) => Promise<void>;
}

/** Where a task is: what it runs now, and how often it has. */
interface Course extends Task {
  readonly stage: Stage;
  readonly fail: Fail;
  /** Why it runs at all. */
  readonly reasons: readonly Reason[];
  /** The step with the params of this attempt. */
  readonly tried: Step;
  readonly attempts: number;
  readonly failures: number;
  readonly repeats: number;
  readonly scratches: readonly string[];
}

/** Every outcome is an event. */
export async function execute(execution: Execution, task: Task): Promise<Fate> {
  const stage = execution.stages.take();
  const { step, judgement } = task;
  const fail = failing(execution, { step, reasons: judgement.reasons, startedMs: Date.now() });
  const { reasons } = judgement;
  const start = { ...task, stage, fail, reasons, tried: step, attempts: 0, failures: 0, repeats: 0, scratches: [] };
  try {
    for (let course: Course | Fate = start; ;) {
      course = await run(execution, course);
      if (typeof course === "string") return course;
    }
  } catch (error) {
    // A log that cannot be opened, an input that cannot be read any more: the step has failed, and nothing else has.
    if (!isExpected(error)) throw error;
    return fail(problemOf("error", error));
  } finally {
    execution.stages.give(stage);
  }
}

/** One attempt: what became of the step, or how it goes on. */
async function run(execution: Execution, before: Course): Promise<Course | Fate> {
  const course = { ...before, attempts: before.attempts + 1 };
  const { step, tried, stage, judgement, attempts: count } = course;
  const scratch = scratchOf(tried, judgement);
  if (scratch !== undefined) course.scratches = [...course.scratches, scratch];
  const isInPlace = tried.rule.isFetch && judgement.reasons.length === 0;
  if (isInPlace) course.reasons = [{ part: "remote", name: tried.id }];
  const startedMs = Date.now();
  const onStart = (): void => started(execution, course);
  const finds = new Finds({ project: execution.project, step, bringUp: course.bringUp });
  const rescored = new Map<string, number>();
  const outcome = await attempt(execution, { step: tried, stage, count, finds, scratch, isInPlace, onStart, rescored });
  if (outcome.isDone && outcome.isSame === true) return same(execution, step);
  const run = { step: tried, stage, judgement };
  const refusalBefore = finds.refusal;
  await finds.end();
  if (outcome.isDone && tried.rule.policy.hasDepfile && !(await readDepfile(execution, course, finds)))
    return course.fail(NO_DEPFILE);
  const refusal = outcome.isDone ? finds.refusal : refusalBefore;
  if (refusal === "stopping") return skipped(execution, step);
  // What it asked for was given up with the build, and is no reason of its own.
  if (refusal !== undefined) return course.fail(execution.signal.aborted ? INTERRUPTED : problemOf("depend", refusal));
  if (!outcome.isDone) return failed(execution, course, { ...outcome, ...undoneWork(execution, run, outcome.message) });
  const moved = { inputs: movedInputs(execution, course), found: finds.moved() };
  if (moved.inputs.length + moved.found.length > 0) return repeated(execution, course, moved);
  const discovered = finds.states;
  return ended(execution, course, { ...run, discovered, startedMs, durationMs: Date.now() - startedMs, rescored });
}

const INTERRUPTED: Problem = { kind: "interrupted", message: "the build was interrupted" };

const NO_DEPFILE: Problem = {
  kind: "missing-output",
  message: "its command wrote no depfile",
  hint: 'write it to "$depfile", or take depfile: true away',
};

function readDepfile({ project }: Execution, { stage }: Course, finds: Finds): Promise<boolean> {
  return finds.readDepfile(`${project.root}/${stage.depfile}`);
}

function same({ emit }: Execution, step: Step): Fate {
  emit({ type: "step-fresh", step: step.id });
  return "fresh";
}

function skipped({ emit }: Execution, step: Step): Fate {
  emit({ type: "step-skipped", step: step.id, because: "the build is stopping" });
  return "skipped";
}

/** The end of a failed attempt: the step has failed, or is tried again. */
async function failed(execution: Execution, course: Course, problem: Problem): Promise<Course | Fate> {
  const { step, aside, attempts } = course;
  const { signal, sleep, emit, project } = execution;
  const failures = course.failures + 1;
  const { kind, message } = problem;
  const waitMs = waitBeforeRetry(step.rule.policy.retry, { kind, failures });
  if (waitMs === undefined) return course.fail(problem);
  const fallback = fallbackOf(project, step);
  emit({
    type: "step-retrying",
    step: step.id,
    attempt: attempts,
    kind,
    message,
    waitMs,
    isFallback: fallback !== undefined,
  });
  if (waitMs > 0) await aside(() => sleep(waitMs, signal));
  if (signal.aborted) return course.fail(INTERRUPTED);
  course.stage.clear();
  for (const path of movedInputs(execution, course)) project.observer.forget(path);
  return judgedAgain(execution, { ...course, tried: fallback ?? step, failures });
}

interface Moved {
  readonly inputs: readonly string[];
  readonly found: readonly string[];
}

/** What it made belongs to no inputs that can be named: the step is judged anew, with the declared params. */
async function repeated(execution: Execution, course: Course, { inputs, found }: Moved): Promise<Course | Fate> {
  const { step } = course;
  const moved = [...inputs, ...found];
  if (course.repeats === REPEATS)
    return course.fail({
      kind: "input-keeps-moving",
      message: `each time while it ran something changed that it reads (${moved.join(", ")}), so what it made belongs to none of it`,
      hint: "let whatever writes it finish, then build again",
    });
  course.stage.clear();
  const { observer } = execution.project;
  // Another step may have looked again already; to give up that look as well would repeat that step for nothing.
  for (const path of inputs) if (observer.hasMoved(path)) observer.forget(path);
  for (const path of found) observer.forget(path);
  // What was written just before a step started is told from what was written after only once that is past.
  await execution.sleep(observer.settlingMs(moved), execution.signal);
  return judgedAgain(execution, { ...course, tried: step, failures: 0, repeats: course.repeats + 1 });
}

/** A step that is to run once more, unless there is no need to: what has to be up to date to know that comes first. */
async function judgedAgain(execution: Execution, course: Course): Promise<Course | Fate> {
  const { step, tried, look } = course;
  for (;;) {
    const judgement = judge(execution.project, tried, look);
    const next = { ...course, judgement };
    if (course.isForced) return next;
    const decision = (tried === step ? decide : restored)(execution, tried, { judgement, look });
    if (decision === "stale") return next;
    if (typeof decision === "string") return decision;
    const brought = await course.bringUp(decision.waitsFor);
    // It will ask for the path itself, if it has to.
    if (brought === "stopping" || "refused" in brought) return next;
  }
}

function movedInputs({ project }: Execution, { step, judgement }: Course): readonly string[] {
  const { observer } = project;
  return step.inputs.flatMap((slot) => slot.paths.filter((path) => observer.hasMoved(path, judgement.moment)));
}

function ended(execution: Execution, course: Course, run: Parameters<typeof finish>[1]): Fate {
  const { fail, step, attempts, tried, reasons } = course;
  try {
    const unmade = unmadeOutputs(execution, run);
    if (unmade !== undefined) return fail({ kind: "missing-output", ...unmade });
    const outputs = finish(execution, run);
    if (typeof outputs === "string") return outputs;
    const { durationMs } = run;
    const isFallback = tried === step ? {} : { isFallback: true };
    execution.emit({ type: "step-built", step: step.id, reasons, durationMs, attempts, outputs, ...isFallback });
    for (const scratch of course.scratches)
      rmSync(`${execution.project.root}/${scratch}`, { recursive: true, force: true });
    return "built";
  } catch (error) {
    if (!isExpected(error)) throw error;
    return fail(problemOf("publish", error));
  }
}

function started({ project, emit }: Execution, { step, judgement, reasons, attempts }: Course): void {
  const paths =
    attempts === 1 && project.pipeline.options.strict !== true ? undeclaredPaths(step, project.disk.isFile) : [];
  if (paths.length > 0) emit(undeclared(step.id, paths));
  const { identity } = project.runs.get(step.rule.name) ?? {};
  emit({
    type: "step-started",
    step: step.id,
    attempt: attempts,
    reasons,
    run: identity?.command ?? identity?.module ?? "",
    log: logPathOf(step.id),
    ...(judgement.trace === undefined ? {} : { lastDurationMs: judgement.trace.durationMs }),
  });
}
