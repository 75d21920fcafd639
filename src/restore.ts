/** Puts back what a step made before with the same fingerprint and inputs, so that nothing has to run. */

import { closeSync, statSync, writeSync } from "node:fs";
import { outputPaths, type Execution } from "./attempt.ts";
import { isDirectory } from "./core/artifact.ts";
import type { Step } from "./core/catalog.ts";
import type { OutputMade } from "./core/event.ts";
import type { PathState } from "./core/staleness.ts";
import { publishAll, traceOf } from "./finish.ts";
import { barrierTo, holdBack, type HeldBack } from "./gate.ts";
import type { Judgement, Look } from "./judge.ts";
import type { Project } from "./project.ts";
import type { Stage } from "./run/stage.ts";
import { cacheKey } from "./store/candidate.ts";
import type { Candidate } from "./store/candidate.ts";
import { openLog } from "./store/log.ts";
import { lookOf } from "./store/signature.ts";
import type { Staged } from "./store/publish.ts";

/** A run in the cache that can be put back, or the path that must be up to date before that is known; neither where there is none. */
export interface Find {
  readonly candidate?: Candidate;
  readonly waitsFor?: string;
}

/** The newest run in the cache whose discovered inputs hold now and whose outputs are all there. */
export function candidateFor(project: Project, step: Step, seen: Seen): Find {
  const { judgement, look } = seen;
  if (!step.rule.isCached || step.rule.policy.isAlways) return NOTHING;
  const { cache } = project;
  const paths = JSON.stringify(outputPaths(step));
  for (const candidate of cache.candidates(cacheKey(judgement.fingerprint, judgement.observed.inputs))) {
    const { outputs, discovered } = candidate;
    const isWhole =
      JSON.stringify(outputs.map(({ path }) => path)) === paths && outputs.every(({ digest }) => cache.has(digest));
    if (!isWhole) continue;
    // In the order in which the run found them: only what comes before a difference is sure to be asked for again.
    const first = discovered.find(
      ({ path, digest }) => look.readinessOf(path) !== "ready" || look.digestOf(path) !== digest,
    );
    if (first === undefined) return { candidate };
    if (look.readinessOf(first.path) === "pending") return { waitsFor: first.path };
  }
  return NOTHING;
}

const NOTHING: Find = {};

/** A judgement, and how the step was looked at. */
export interface Seen {
  readonly judgement: Judgement;
  readonly look: Look;
}

/**
 * Restores a step's whole output set; undefined where the run in the cache is damaged, or has to be repeated for its gate to
 * be able to tell.
 */
export function restore(
  execution: Execution,
  step: Step,
  of: { readonly judgement: Judgement; readonly candidate: Candidate },
): readonly OutputMade[] | HeldBack | undefined {
  const { project, stages } = execution;
  const { judgement, candidate } = of;
  const stage = stages.take();
  try {
    const staged = stagedFrom(project, candidate.outputs, stage);
    if (staged === undefined) return undefined;
    const startedMs = Date.now();
    const trace = traceOf(
      { step, judgement, discovered: candidate.discovered, startedMs, durationMs: judgement.trace?.durationMs ?? 0 },
      staged,
    );
    const barred = barrierTo(execution, { step, trace, staged, rescored: NOTHING_RESCORED });
    if (barred?.isSure === false) return undefined;
    replayLog(project, step, candidate);
    if (barred !== undefined) return holdBack(execution, { step, trace, staged, startedMs, ...barred });
    return publishAll(execution, { step, trace, staged, judgement });
  } finally {
    stages.give(stage);
  }
}

const NOTHING_RESCORED: ReadonlyMap<string, number> = new Map();

/** Outputs from the cache to the stage; undefined where the bytes of one are not there whole. */
export function stagedFrom(
  { root, cache, observer }: Project,
  outputs: readonly PathState[],
  stage: Stage,
): readonly Staged[] | undefined {
  stage.prepare(outputs.map((output) => output.path));
  // All are tried even after one has failed: whatever is damaged is thrown away, so that it costs one run and no more.
  const staged = outputs.map((output): Staged | undefined => {
    const place = stage.place(output.path);
    const isWhole = cache.restore(output, `${root}/${place}`);
    if (!isWhole) return undefined;
    const file = `${root}/${place}`;
    const stats = isDirectory(output.path) ? observer.digestAt(file, output.path).stats : lookOf(statSync(file));
    return { ...output, place, stats };
  });
  return staged.includes(undefined) ? undefined : (staged as readonly Staged[]);
}

function replayLog({ root, cache }: Project, step: Step, { log }: Candidate): void {
  const descriptor = openLog(root, { step: step.id, attempt: 1, atMs: Date.now(), note: "restored from the cache" });
  if (log !== undefined) {
    writeSync(descriptor, cache.textOf(log) ?? "");
    cache.use(log);
  }
  closeSync(descriptor);
}
