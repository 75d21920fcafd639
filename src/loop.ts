/**
 * The build loop. It hands steps from the schedule to judgement and execution, and what becomes of each back to the
 * schedule.
 */

import type { Execution } from "./attempt.ts";
import type { Step } from "./core/catalog.ts";
import { needFailed } from "./core/error-found.ts";
import { offline } from "./core/error-url.ts";
import { PipeError } from "./core/error.ts";
import { isForced, type Force } from "./core/force.ts";
import type { GrowingGraph } from "./core/graph.ts";
import { scheduleOf } from "./core/schedule.ts";
import type { Digest } from "./core/staleness.ts";
import type { Tokens } from "./core/tokens.ts";
import { decide } from "./decide.ts";
import { execute } from "./execute.ts";
import { failing, isExpected, problemOf } from "./failing.ts";
import type { Fate } from "./fate.ts";
import type { Brought } from "./found.ts";
import { refuseForced } from "./hold.ts";
import { judge, type Judgement, type Look } from "./judge.ts";
import { Progress } from "./progress.ts";
import { Temporaries } from "./temporary.ts";

export interface LoopRequest {
  readonly execution: Execution;
  readonly graph: GrowingGraph;
  readonly capacity: Tokens;
  /** `all`, or the names of the rules to run whatever their state. */
  readonly force: Force;
  /** After a failure, whatever does not need the failed step is built still. */
  readonly keepGoing: boolean;
  /** No server is asked: the last answer holds. */
  readonly isOffline: boolean;
  /** Steps whose outputs are asked for by name, so that they stay even if they are temporary. */
  readonly asked: ReadonlySet<number>;
}

interface Loop extends LoopRequest {
  readonly progress: Progress;
  readonly temporaries: Temporaries;
  readonly judgements: Map<number, Judgement>;
  hasFailed: boolean;
}

/** What became of each step, by its index in the graph; the promise settles when every step has its fate. */
export function settleAll(request: LoopRequest): Promise<readonly (Fate | undefined)[]> {
  return new Promise((resolve, reject) => {
    const advance = (): void => {
      try {
        judgeReady(loop);
        for (let index = nextToRun(loop); index !== undefined; index = nextToRun(loop)) {
          const started = index;
          run(loop, started)
            .then((fate) => {
              settle(loop, started, fate);
              advance();
            })
            .catch(reject);
        }
        if (loop.progress.schedule.unsettled === 0) resolve(loop.progress.fates);
      } catch (error) {
        reject(error);
      }
    };
    const loop = loopOf(request, advance);
    advance();
  });
}

function loopOf(request: LoopRequest, onChange: () => void): Loop {
  const { graph, capacity, execution, asked } = request;
  const schedule = scheduleOf(graph, { capacity, durationMs: durationsOf(request) });
  const progress = new Progress({ graph, schedule, onChange });
  const temporaries = new Temporaries({ project: execution.project, progress, asked });
  return { ...request, progress, temporaries, judgements: new Map(), hasFailed: false };
}

/** Without a record, a step is taken to be as long as any other. */
const UNKNOWN_MS = 1000;

const durationsOf =
  ({ execution, graph }: LoopRequest): ((index: number) => number) =>
  (index) =>
    execution.project.state.trace(graph.steps[index]?.id ?? "")?.durationMs ?? UNKNOWN_MS;

/** Judges every step whose needs are settled; the fresh and the restored settle at once, which may make more ready. */
function judgeReady(loop: Loop): void {
  const { schedule } = loop.progress;
  for (let index = schedule.nextToJudge(); index !== undefined; index = schedule.nextToJudge()) {
    const fate = fateBeforeRunning(loop, index);
    if (fate === "must-run") schedule.enqueue(index);
    else if (typeof fate === "string") settle(loop, index, fate);
    else schedule.postpone(index, fate);
  }
}

/** A fate, or that the step must run, or the steps that come first. */
type Verdict = Fate | "must-run" | readonly number[];

function fateBeforeRunning(loop: Loop, index: number): Verdict {
  const { progress, execution } = loop;
  const lost = progress.lostNeedOf(index);
  if (lost !== undefined) return skip(loop, index, progress.stepAt(lost).id);
  if (isStopping(loop)) return skip(loop, index, "the build is stopping");
  try {
    return verdictOn(loop, index);
  } catch (error) {
    // A file that cannot be read, a link that leaves: the step fails, and nothing else does.
    if (!isExpected(error)) throw error;
    const fail = failing(execution, { step: progress.stepAt(index), reasons: [], startedMs: Date.now() });
    return fail(problemOf("error", error));
  }
}

function verdictOn(loop: Loop, index: number): Verdict {
  const { execution, progress, temporaries } = loop;
  const step = progress.stepAt(index);
  // One that was settled may be made once more, for another step.
  const open = progress.needsOf(index).filter((need) => !progress.schedule.isSettled(need));
  if (open.length > 0) return open;
  const hidden = temporaries.hiddenFrom(inputPaths(step));
  if (hidden.length > 0) return temporaries.demand(hidden);
  const look = lookFor(loop, index);
  const judgement = judge(execution.project, step, look);
  const isForcedNow = isForcedIn(loop, step);
  // Of the steps that were known when the build began none is left to refuse.
  if (isForcedNow) refuseForced(execution.project, [step], loop.force);
  const isAsked = step.rule.isFetch && !loop.isOffline && judgement.hold === undefined;
  const decision = isForcedNow || isAsked ? "stale" : decide(execution, step, { judgement, look });
  if (decision === "fresh") temporaries.fresh(index, judgement);
  if (typeof decision === "string" && decision !== "stale") return decision;
  if (decision !== "stale") {
    temporaries.demand(temporaries.hiddenFrom([decision.waitsFor]));
    return progress.makersOf(decision.waitsFor, index);
  }
  const missing = temporaries.missingFor([...inputPaths(step), ...step.after]);
  if (missing.length > 0) return temporaries.demand(missing);
  if (step.rule.isFetch && loop.isOffline) throw offline({ url: step.id, problem: problemOffline(judgement) });
  loop.judgements.set(index, judgement);
  return "must-run";
}

const problemOffline = ({ trace }: Judgement): string =>
  trace === undefined ? "was never fetched" : "is no longer here as it was fetched";

/** Offline, a source that is there is all that can be had. */
const isForcedIn = ({ force, isOffline }: LoopRequest, step: Step): boolean =>
  isForced(force, step) && !(step.rule.isFetch && isOffline);

const inputPaths = (step: Step): readonly string[] => step.inputs.flatMap((slot) => slot.paths);

function lookFor(loop: Loop, index: number): Look {
  const { execution, progress, temporaries } = loop;
  const digestOf = (path: string): Digest => temporaries.digestOf(path) ?? execution.project.observer.digestOf(path);
  return {
    digestOf,
    needsOutputs: () => temporaries.isDemanded(index),
    isForced: (step) => isForcedIn(loop, step),
    readinessOf(path) {
      try {
        const makers = progress.makersOf(path, index);
        // One that is lost is waited for as well: the step is skipped then, whenever that one was.
        const isOpen = makers.some((maker) => !progress.schedule.isSettled(maker) || progress.isLost(maker));
        return isOpen || temporaries.hiddenFrom([path]).length > 0 ? "pending" : "ready";
      } catch (error) {
        if (!(error instanceof PipeError)) throw error;
        return "lost";
      }
    },
  };
}

/** The next step to start; once the build is stopping, those that wait are skipped instead. */
function nextToRun(loop: Loop): number | undefined {
  const { progress } = loop;
  for (;;) {
    const index = progress.schedule.nextToStart();
    if (index === undefined) return undefined;
    if (progress.schedule.isSettled(index)) progress.schedule.suspend(index);
    else if (!progress.resume(index)) {
      if (!isStopping(loop)) return index;
      settle(loop, index, skip(loop, index, "the build is stopping"));
      judgeReady(loop);
    }
  }
}

function run(loop: Loop, index: number): Promise<Fate> {
  const { execution, judgements, progress } = loop;
  const judgement = judgements.get(index);
  judgements.delete(index);
  if (judgement === undefined) throw new Error(`step ${index} was started before it was judged`);
  return execute(execution, {
    step: progress.stepAt(index),
    judgement,
    look: lookFor(loop, index),
    // The server is asked again whatever stands there.
    isForced: isForcedIn(loop, progress.stepAt(index)) || progress.stepAt(index).rule.isFetch,
    bringUp: (path) => bringUp(loop, index, path),
    aside: (wait) => progress.aside(index, wait),
  });
}

/** Brings a path that a running step has asked for up to date. */
async function bringUp(loop: Loop, index: number, path: string): Promise<Brought> {
  const { progress, temporaries } = loop;
  try {
    const makers = progress.makersOf(path, index);
    const open = makers.filter((maker) => !progress.schedule.isSettled(maker));
    await progress.waitFor(index, makers);
    const hidden = temporaries.demand(makers.filter((maker) => temporaries.isHidden(maker)));
    await progress.waitFor(index, hidden);
    const lost = makers.find((maker) => progress.isLost(maker));
    if (lost === undefined) {
      const isChanged = [...open, ...hidden].some(
        (maker) => !["fresh", "held", "candidate"].includes(progress.fates[maker] ?? ""),
      );
      return { isMade: makers.length > 0, isChanged };
    }
    if (progress.fates[lost] === "skipped" && isStopping(loop)) return "stopping";
    const step = progress.stepAt(index).id;
    return { refused: needFailed({ path, step, maker: progress.stepAt(lost).id }) };
  } catch (error) {
    if (!(error instanceof PipeError)) throw error;
    return { refused: error };
  }
}

function settle(loop: Loop, index: number, fate: Fate): void {
  loop.hasFailed ||= fate === "failed";
  loop.progress.settle(index, fate);
  loop.temporaries.settled(index);
}

function skip({ execution, progress }: Loop, index: number, because: string): Fate {
  execution.emit({ type: "step-skipped", step: progress.stepAt(index).id, because });
  return "skipped";
}

/** After a failure no new step starts, and running ones end. */
const isStopping = ({ hasFailed, keepGoing, execution }: Loop): boolean =>
  execution.signal.aborted || (hasFailed && !keepGoing);
