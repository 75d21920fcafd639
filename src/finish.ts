/** The end of a step that succeeded: its outputs are checked, hashed, kept in the cache and published with their trace. */

import { existsSync, lstatSync, renameSync, rmSync } from "node:fs";
import { outputPaths, type Execution } from "./attempt.ts";
import { isDirectory } from "./core/artifact.ts";
import type { Step } from "./core/catalog.ts";
import type { OutputMade } from "./core/event.ts";
import type { OverrideNote } from "./core/override.ts";
import { ABSENT, type PathState, type Trace } from "./core/staleness.ts";
import type { Judgement } from "./judge.ts";
import type { Project } from "./project.ts";
import type { Stage } from "./run/stage.ts";
import { cacheKey } from "./store/cache.ts";
import { bodyOfLog } from "./store/log.ts";
import type { Staged } from "./store/publish.ts";
import { rescued } from "./warning.ts";

export interface Run {
  readonly step: Step;
  readonly stage: Stage;
  readonly judgement: Judgement;
  readonly startedMs: number;
  readonly durationMs: number;
}

/** What is wrong with the staged outputs of an action that claims success; undefined where all is there. */
export function missingOutputs(
  { project }: Execution,
  run: Pick<Run, "step" | "stage">,
): { readonly message: string; readonly hint: string } | undefined {
  const { step, stage } = run;
  const problems = step.outputs.flatMap((slot) =>
    slot.paths.flatMap((path) => {
      const problem = problemWith(`${project.root}/${stage.place(path)}`, path);
      return problem === undefined ? [] : [{ slot, path, problem }];
    }),
  );
  const [first] = problems;
  if (first === undefined) return undefined;
  const name = typeof step.rule.run === "string" ? `"$${first.slot.name}"` : `outputs.${first.slot.name}`;
  const direct = problems.filter(({ path }) => project.observer.hasMoved(path));
  if (direct.length === 0) {
    const message = problems.map(({ path, problem }) => `${path} ${problem}`).join("; ");
    return { message, hint: `write it to ${name}, which is a staged path` };
  }
  const fates = direct.map(({ path }) => `${path}, ${putBack(project, run, path)}`);
  return {
    message: `it changed the declared path itself instead of the staged one: ${fates.join("; ")}`,
    hint: `write to ${name}: pipe moves it to its place when the step has succeeded`,
  };
}

/** What is wrong with what stands at an output, in words that follow its path. */
export function problemWith(file: string, path: string): string | undefined {
  const stats = lstatSync(file.replace(/\/$/, ""), { throwIfNoEntry: false });
  if (stats === undefined) return "was not made";
  if (stats.isSymbolicLink()) return "is a symlink; an output is a file or a directory of its own";
  if (!stats.isFile() && !stats.isDirectory()) return "is neither a file nor a directory";
  if (isDirectory(path) !== stats.isDirectory()) return isDirectory(path) ? "is no directory" : "is a directory";
  return undefined;
}

/** Undoes what an action did to a declared path itself, as far as the cache can; says how that went. */
function putBack(project: Project, { step, stage }: Pick<Run, "step" | "stage">, path: string): string {
  const { root, state, cache, observer } = project;
  const before = state.trace(step.id)?.outputs.find((output) => output.path === path);
  const target = `${root}/${path.replace(/\/$/, "")}`;
  const [aside, copy] = [`${root}/${stage.place("wrong-place")}`, `${root}/${stage.place("put-back")}`];
  const isRestored = before !== undefined && cache.restore(before, copy);
  if (existsSync(target)) renameSync(target, aside);
  if (isRestored) renameSync(copy, target);
  observer.forget(path);
  // Two outputs may need this, one after the other.
  rmSync(aside, { recursive: true, force: true });
  if (isRestored) return "where the earlier bytes were put back";
  return before === undefined ? "which was taken away" : "whose earlier bytes are not in the cache";
}

/** Hashes what was staged, keeps it in the cache, and publishes it. */
export function finish(execution: Execution, run: Run): readonly OutputMade[] {
  const { project, useCache } = execution;
  const { step, judgement } = run;
  const staged = stagedOutputs(project, run);
  const trace = traceOf(run, staged);
  if (useCache && step.rule.isCached) keep(project, run, trace);
  return publishAll(execution, { step, trace, staged, judgement });
}

function keep({ root, cache }: Project, { step, stage, judgement }: Run, { outputs, discovered }: Trace): void {
  for (const output of outputs) cache.store(`${root}/${stage.place(output.path)}`, output);
  const log = bodyOfLog(root, step.id);
  cache.remember(cacheKey(judgement.fingerprint, judgement.observed.inputs), {
    discovered,
    outputs,
    log: log === "" ? undefined : cache.storeText(log),
  });
}

function stagedOutputs({ root, observer }: Project, { step, stage }: Run): readonly Staged[] {
  return outputPaths(step).map((path) => {
    const place = stage.place(path);
    return { path, place, ...observer.digestAt(`${root}/${place}`, path) };
  });
}

export function traceOf(
  { step, judgement, startedMs, durationMs }: Omit<Run, "stage">,
  outputs: readonly PathState[],
): Trace {
  return {
    step: step.id,
    fingerprint: judgement.fingerprint,
    inputs: judgement.observed.inputs,
    discovered: [],
    outputs: outputs.map(({ path, digest }) => ({ path, digest })),
    startedMs,
    durationMs,
  };
}

interface Publishing {
  readonly step: Step;
  readonly trace: Trace;
  readonly staged: readonly Staged[];
  readonly judgement: Pick<Judgement, "observed">;
  /** Where a person decided on these outputs: recorded as that, and not as a run. */
  readonly override?: OverrideNote;
}

export function publishAll(
  { project, emit, publisher }: Pick<Execution, "project" | "emit" | "publisher">,
  { step, trace, staged, judgement, override }: Publishing,
): readonly OutputMade[] {
  // Somebody may have edited an output since the step was judged; what counts is what is about to be replaced.
  for (const { path, digest } of judgement.observed.outputs) {
    if (digest === ABSENT || project.observer.hasMoved(path)) project.observer.forget(path);
  }
  const published = publisher.publish(trace, staged, override);
  for (const path of published.rescued) emit(rescued(step.id, path));
  return published.outputs;
}
