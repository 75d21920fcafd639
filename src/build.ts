/**
 * The build loop: the only place where core meets the effects. It hands steps from the schedule to judgement and
 * execution, and what becomes of each back to the schedule; everything a person sees of it is an event.
 */

import { totalmem } from "node:os";
import type { Execution } from "./attempt.ts";
import { newBuildId } from "./build-id.ts";
import type { Step } from "./core/catalog.ts";
import { missingInput } from "./core/error.ts";
import type { Emit } from "./core/event.ts";
import { isForced, type Force } from "./core/force.ts";
import type { Graph } from "./core/graph.ts";
import { scheduleOf, type Schedule } from "./core/schedule.ts";
import { ABSENT } from "./core/staleness.ts";
import { execute, failing, hintOf, isExpected } from "./execute.ts";
import { finishedEvent, type Fate } from "./fate.ts";
import { fateByOverride, refuseForced } from "./hold.ts";
import { judge, type Judgement } from "./judge.ts";
import type { Project } from "./project.ts";
import { restore } from "./restore.ts";
import { Pool } from "./run/pool.ts";
import { Stages } from "./run/stage.ts";
import { ledgerOf } from "./store/ledger.ts";
import { Publisher } from "./store/publish.ts";
import { rememberUnchanged } from "./unchanged.ts";
import { deadOutputs } from "./warning.ts";

export interface BuildRequest {
  readonly project: Project;
  /** Rule names or paths; empty for the default. */
  readonly targets: readonly string[];
  readonly jobs: number;
  /** `all`, or the names of the rules to run whatever their state. */
  readonly force: Force;
  readonly useCache: boolean;
  /** What was typed, for the next build to know itself the same; undefined where that one must judge for itself. */
  readonly asked?: string | undefined;
  readonly emit: Emit;
  /** Aborted by SIGINT or SIGTERM, with the signal's name as reason: running steps are ended, nothing of them is published. */
  readonly signal: AbortSignal;
}

interface Build {
  readonly request: BuildRequest;
  readonly graph: Graph;
  readonly schedule: Schedule;
  readonly execution: Execution;
  readonly fates: (Fate | undefined)[];
  readonly judgements: Map<number, Judgement>;
  hasFailed: boolean;
}

/** Brings the targets up to date. Returns the exit code: 0, or 1 where a step failed, 130 or 143 where interrupted. */
export async function build(request: BuildRequest): Promise<number> {
  const { project, signal, useCache } = request;
  const startedMs = Date.now();
  const id = newBuildId(startedMs);
  const graph = project.graph(request.targets);
  refuseForced(project, graph.steps, request.force);
  const pool = new Pool(project.root);
  const ledger = ledgerOf(project.root, id);
  const emit = both(ledger.record, request.emit);
  emit({
    type: "build-started",
    build: id,
    atMs: startedMs,
    targets: request.targets,
    steps: graph.steps.length,
    jobs: request.jobs,
  });
  for (const warning of deadOutputs(project)) emit(warning);
  const execution = {
    project,
    pool,
    stages: new Stages(project.root),
    publisher: new Publisher(project, id),
    emit,
    useCache,
    signal,
  };
  const capacity = { cpu: request.jobs, memory: totalmem(), ...project.pipeline.options.pools };
  const schedule = scheduleOf(graph, { capacity, durationMs: durationsOf(project, graph) });
  const state: Build = {
    request,
    graph,
    schedule,
    execution,
    fates: graph.steps.map(() => undefined),
    judgements: new Map(),
    hasFailed: false,
  };
  try {
    await settleAll(state);
    rememberIfFresh(state);
    const finished = finishedEvent(state.fates, { build: id, durationMs: Date.now() - startedMs, signal });
    emit(finished);
    return finished.exitCode;
  } finally {
    await pool.close();
    ledger.close();
  }
}

const both =
  (first: Emit, second: Emit): Emit =>
  (event) => {
    first(event);
    second(event);
  };

function rememberIfFresh({ request, fates, graph }: Build): void {
  const { asked, project, targets } = request;
  if (asked === undefined || fates.some((fate) => fate !== "fresh")) return;
  const steps = graph.steps.map((step) => step.id);
  project.whenClosed(() => rememberUnchanged(project, { asked, targets, steps }));
}

/** Resolves when every step has its fate. */
function settleAll(build: Build): Promise<void> {
  return new Promise((resolve, reject) => {
    const advance = (): void => {
      try {
        judgeReady(build);
        for (let index = nextToRun(build); index !== undefined; index = nextToRun(build)) {
          const started = index;
          run(build, started).then((fate) => {
            settle(build, started, fate);
            advance();
          }, reject);
        }
        if (build.schedule.unsettled === 0) resolve();
      } catch (error) {
        reject(error);
      }
    };
    advance();
  });
}

/** Judges every step whose needs are settled; the fresh and the restored settle at once, which may make more ready. */
function judgeReady(build: Build): void {
  for (let index = build.schedule.nextToJudge(); index !== undefined; index = build.schedule.nextToJudge()) {
    const fate = fateBeforeRunning(build, index);
    if (fate === undefined) build.schedule.enqueue(index);
    else settle(build, index, fate);
  }
}

function fateBeforeRunning(build: Build, index: number): Fate | undefined {
  const { execution, graph, fates } = build;
  const step = stepAt(graph, index);
  const lost = graph.needs[index]?.find((need) => fates[need] === "failed" || fates[need] === "skipped");
  if (lost !== undefined) return skip(build, index, stepAt(graph, lost).id);
  if (isStopping(build)) return skip(build, index, "the build is stopping");
  return unlessRefused(execution, step, () => fateByJudgement(build, index));
}

/** A file that cannot be read, a link that leaves: the step fails, and nothing else does. */
function unlessRefused(execution: Execution, step: Step, decide: () => Fate | undefined): Fate | undefined {
  try {
    return decide();
  } catch (error) {
    if (!isExpected(error)) throw error;
    failing(execution, { step, reasons: [], startedMs: Date.now() })({
      kind: "error",
      message: error.message,
      ...hintOf(error),
    });
    return "failed";
  }
}

function fateByJudgement(build: Build, index: number): Fate | undefined {
  const { execution, graph, request } = build;
  const step = stepAt(graph, index);
  const judgement = judge(execution.project, step);
  const fate = fateByOverride(execution, step, judgement);
  if (fate !== undefined) return fate;
  const missing = judgement.observed.inputs.find((input) => input.digest === ABSENT);
  if (missing !== undefined) throw missingInput({ path: missing.path, neededBy: step.id });
  if (isForced(request.force, step)) {
    build.judgements.set(index, {
      ...judgement,
      reasons: [{ part: "forced", name: step.rule.name }, ...judgement.reasons],
    });
    return undefined;
  }
  if (judgement.reasons.length === 0) {
    execution.emit({ type: "step-fresh", step: step.id });
    return "fresh";
  }
  build.judgements.set(index, judgement);
  return restore(execution, step, judgement) ? "restored" : undefined;
}

/** The next step to start; once the build is stopping, those that wait are skipped instead. */
function nextToRun(build: Build): number | undefined {
  for (;;) {
    const index = build.schedule.nextToStart();
    if (index === undefined || !isStopping(build)) return index;
    settle(build, index, skip(build, index, "the build is stopping"));
    judgeReady(build);
  }
}

async function run({ execution, graph, judgements }: Build, index: number): Promise<Fate> {
  const judgement = judgements.get(index);
  judgements.delete(index);
  if (judgement === undefined) throw new Error(`step ${index} was started before it was judged`);
  return (await execute(execution, stepAt(graph, index), judgement)) ? "built" : "failed";
}

function settle(build: Build, index: number, fate: Fate): void {
  build.fates[index] = fate;
  build.hasFailed ||= fate === "failed";
  build.schedule.settle(index);
}

function skip({ execution, graph }: Build, index: number, because: string): Fate {
  execution.emit({ type: "step-skipped", step: stepAt(graph, index).id, because });
  return "skipped";
}

/** After a failure no new step starts, and running ones end. */
const isStopping = ({ hasFailed, request }: Build): boolean => request.signal.aborted || hasFailed;

function stepAt(graph: Graph, index: number): Step {
  const step = graph.steps[index];
  if (step === undefined) throw new Error(`the graph has no step ${index}`);
  return step;
}

/** Without a record, a step is taken to be as long as any other. */
const UNKNOWN_MS = 1000;

const durationsOf =
  (project: Project, graph: Graph): ((index: number) => number) =>
  (index) =>
    project.state.trace(stepAt(graph, index).id)?.durationMs ?? UNKNOWN_MS;
