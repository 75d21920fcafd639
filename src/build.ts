/**
 * One build: what it takes is opened, the loop runs, and what came of it is told. With the loop and what that calls, the
 * only place where core meets the effects; everything a person sees of it is an event.
 */

import { totalmem } from "node:os";
import type { Execution } from "./attempt.ts";
import { newBuildId } from "./build-id.ts";
import { both, type Emit } from "./core/event.ts";
import type { Force } from "./core/force.ts";
import type { Graph } from "./core/graph.ts";
import type { OverrideNote } from "./core/override.ts";
import { finishedEvent, type Fate } from "./fate.ts";
import { refuseForced } from "./hold.ts";
import { keepModels } from "./keep.ts";
import { settleAll } from "./loop.ts";
import type { Project } from "./project.ts";
import { keepWithinLimit } from "./room.ts";
import { Pool } from "./run/pool.ts";
import { Stages } from "./run/stage.ts";
import { ledgerOf } from "./store/ledger.ts";
import { Publisher } from "./store/publish.ts";
import { rememberUnchanged } from "./unchanged.ts";
import { deadOutputs, notReported } from "./warning.ts";

export interface BuildRequest {
  readonly project: Project;
  /** Rule names or paths; empty for the default. */
  readonly targets: readonly string[];
  readonly jobs: number;
  /** `all`, or the names of the rules to run whatever their state. */
  readonly force: Force;
  readonly useCache: boolean;
  /** After a failure, whatever does not need the failed step is built still. */
  readonly keepGoing: boolean;
  /** No server is asked whether it has another version of a source: the last answer holds. */
  readonly isOffline: boolean;
  /** What was typed, for the next build to know itself the same; undefined where that one must judge for itself. */
  readonly asked?: string | undefined;
  readonly emit: Emit;
  /** What a gate would hold back is let through: who says so, and why. */
  readonly accepts?: OverrideNote | undefined;
  /** Aborted by SIGINT or SIGTERM, with the signal's name as reason: running steps are ended, nothing of them is published. */
  readonly signal: AbortSignal;
  /** Waits, but no longer than until the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Brings the targets up to date. Returns the exit code: 0, or 1 where a step failed, 130 or 143 where interrupted. */
export async function build(request: BuildRequest): Promise<number> {
  const { project, signal, targets, jobs } = request;
  const startedMs = Date.now();
  const id = newBuildId(startedMs);
  const graph = project.graph(targets);
  refuseForced(project, graph.steps, request.force);
  const [pool, stages] = [new Pool(project.root), new Stages(project.root)];
  const ledger = ledgerOf(project.root, id, (refusal) => request.emit(notReported(refusal)));
  const emit = both(ledger.record, request.emit);
  const steps = graph.steps.length;
  emit({ type: "build-started", build: id, atMs: startedMs, targets, steps, jobs });
  for (const warning of deadOutputs(project)) emit(warning);
  const execution: Execution = {
    project,
    pool,
    stages,
    publisher: new Publisher(project, id),
    emit,
    useCache: request.useCache,
    signal,
    sleep: request.sleep,
    accepts: request.accepts,
  };
  const capacity = { cpu: jobs, memory: totalmem(), ...project.pipeline.options.pools };
  const { force, keepGoing, isOffline } = request;
  try {
    const fates = await settleAll({
      execution,
      graph,
      capacity,
      force,
      keepGoing,
      isOffline,
      asked: askedIn(request, graph),
    });
    for (const warning of keepModels(project, graph.steps, { build: id, accepts: request.accepts })) emit(warning);
    for (const warning of keepWithinLimit(project, Date.now())) emit(warning);
    rememberIfFresh(request, graph, fates);
    const finished = finishedEvent(fates, { build: id, durationMs: Date.now() - startedMs, signal });
    emit(finished);
    return finished.exitCode;
  } finally {
    await pool.close();
    stages.remove();
    ledger.close();
  }
}

/** Without a word of what to build, a temporary output is nobody's aim. */
function askedIn({ targets, project }: BuildRequest, graph: Graph): ReadonlySet<number> {
  const isNamed = targets.length > 0 || project.pipeline.options.default !== undefined;
  return new Set(isNamed ? graph.targets : []);
}

function rememberIfFresh(
  { asked, project, targets }: BuildRequest,
  graph: Graph,
  fates: readonly (Fate | undefined)[],
): void {
  // A server may have another answer the next time.
  if (graph.steps.some(({ rule }) => rule.isFetch)) return;
  // A snapshot does not tell what was built with a fallback.
  if (asked === undefined || project.fallbacks.size > 0 || fates.some((fate) => fate !== "fresh")) return;
  const steps = graph.steps.map((step) => step.id);
  project.whenClosed(() => rememberUnchanged(project, { asked, targets, steps }));
}
