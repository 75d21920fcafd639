/** Puts back what a step made before with the same fingerprint and inputs, so that nothing has to run. */

import { closeSync, statSync, writeSync } from "node:fs";
import { outputPaths, type Execution } from "./attempt.ts";
import { isDirectory } from "./core/artifact.ts";
import type { Step } from "./core/catalog.ts";
import type { PathState } from "./core/staleness.ts";
import { publishAll, traceOf } from "./finish.ts";
import type { Judgement } from "./judge.ts";
import type { Project } from "./project.ts";
import type { Stage } from "./run/stage.ts";
import { cacheKey, type Candidate } from "./store/cache.ts";
import { openLog } from "./store/log.ts";
import { lookOf } from "./store/signature.ts";
import type { Staged } from "./store/publish.ts";

/** The newest run in the cache whose discovered inputs hold now and whose outputs are all there. */
export function candidateFor({ cache, observer }: Project, step: Step, judgement: Judgement): Candidate | undefined {
  if (!step.rule.isCached) return undefined;
  const paths = JSON.stringify(outputPaths(step));
  const candidates = cache.candidates(cacheKey(judgement.fingerprint, judgement.observed.inputs));
  return candidates.find(
    ({ discovered, outputs }) =>
      JSON.stringify(outputs.map(({ path }) => path)) === paths &&
      discovered.every(({ path, digest }) => observer.digestOf(path) === digest) &&
      outputs.every(({ digest }) => cache.has(digest)),
  );
}

/** Restores a step's whole output set, and tells of it; false where the cache has none, or not whole. */
export function restore(execution: Execution, step: Step, judgement: Judgement): boolean {
  const { project, useCache, stages, emit } = execution;
  const startedMs = Date.now();
  const candidate = useCache ? candidateFor(project, step, judgement) : undefined;
  if (candidate === undefined) return false;
  const stage = stages.take();
  try {
    const staged = stagedFrom(project, candidate.outputs, stage);
    if (staged === undefined) return false;
    replayLog(project, step, candidate);
    const trace = {
      ...traceOf({ step, judgement, startedMs, durationMs: judgement.trace?.durationMs ?? 0 }, staged),
      discovered: candidate.discovered,
    };
    const outputs = publishAll(execution, { step, trace, staged, judgement });
    const { reasons } = judgement;
    emit({ type: "step-restored", step: step.id, reasons, durationMs: Date.now() - startedMs, outputs });
    return true;
  } finally {
    stages.give(stage);
  }
}

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
  if (log !== undefined) writeSync(descriptor, cache.textOf(log) ?? "");
  closeSync(descriptor);
}
