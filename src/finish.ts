/** The end of a step that succeeded: its outputs are checked, hashed, kept in the cache and published with their trace. */

import { lstatSync, renameSync } from "node:fs";
import { outputPaths, type Execution } from "./attempt.ts";
import { isDirectory } from "./core/artifact.ts";
import type { Step } from "./core/catalog.ts";
import type { Slot } from "./core/declaration.ts";
import { isRefusal, refused, type SystemError } from "./core/error-disk.ts";
import type { OutputMade } from "./core/event.ts";
import type { Override } from "./core/override.ts";
import { ABSENT, type PathState, type Trace } from "./core/staleness.ts";
import { barrierTo, holdBack, type HeldBack } from "./gate.ts";
import type { Judgement } from "./judge.ts";
import { keepBefore } from "./keep.ts";
import type { Project } from "./project.ts";
import type { Stage } from "./run/stage.ts";
import { cacheKey } from "./store/candidate.ts";
import { bodyOfLog } from "./store/log.ts";
import type { Staged } from "./store/publish.ts";
import { notCached, rescued } from "./warning.ts";

export interface Run {
  readonly step: Step;
  readonly stage: Stage;
  readonly judgement: Judgement;
  /** What the run found that it needs, in the order found. */
  readonly discovered: readonly PathState[];
  readonly startedMs: number;
  readonly durationMs: number;
  /** What the action measured of what stands there. */
  readonly rescored: ReadonlyMap<string, number>;
}

type Tried = Pick<Run, "step" | "stage" | "judgement">;

interface Mistake {
  readonly message: string;
  readonly hint: string;
}

/** What is wrong with the staged outputs of an action that claims success; undefined where all is there. */
export function unmadeOutputs(execution: Execution, run: Tried): Mistake | undefined {
  const unmade = unmadeBy(execution, run);
  const [first] = unmade;
  if (first === undefined) return undefined;
  const direct = undone(execution, run, unmade);
  if (direct !== undefined) return direct;
  const message = unmade.map(({ path, problem }) => `${path} ${problem}`).join("; ");
  return { message, hint: `write it to ${nameOf(run.step, first.slot)}, which is a staged path` };
}

/** Undoes what an action that failed did to declared paths themselves; the failure's own message comes first. */
export function undoneWork(execution: Execution, run: Tried, failure: string): Partial<Mistake> {
  const mistake = undone(execution, run, unmadeBy(execution, run));
  return mistake === undefined ? {} : { message: `${failure}; ${mistake.message}`, hint: mistake.hint };
}

interface Unmade {
  readonly slot: Slot;
  readonly path: string;
  readonly problem: string;
}

function unmadeBy({ project }: Execution, { step, stage }: Tried): readonly Unmade[] {
  return step.outputs.flatMap((slot) =>
    slot.paths.flatMap((path) => {
      const problem = problemWith(`${project.root}/${stage.place(path)}`, path);
      return problem === undefined ? [] : [{ slot, path, problem }];
    }),
  );
}

const nameOf = ({ rule }: Step, slot: Slot): string =>
  typeof rule.run === "string" ? `"$${slot.name}"` : `outputs.${slot.name}`;

function undone(execution: Execution, run: Tried, unmade: readonly Unmade[]): Mistake | undefined {
  const { observer } = execution.project;
  const direct = unmade.filter(({ path }) => observer.hasMoved(path, run.judgement.moment));
  const [first] = direct;
  if (first === undefined) return undefined;
  const fates = direct.map(({ path }) => `${path}, ${putBack(execution, run, path)}`);
  return {
    message: `it changed the declared path itself instead of the staged one: ${fates.join("; ")}`,
    hint: `write to ${nameOf(run.step, first.slot)}: pipe moves it to its place when the step has succeeded`,
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
function putBack({ project, publisher }: Execution, { step, stage }: Tried, path: string): string {
  const { root, state, cache, observer } = project;
  const before = state.trace(step.id)?.outputs.find((output) => output.path === path);
  const copy = `${root}/${stage.place("put-back")}`;
  const isRestored = before !== undefined && cache.restore(before, copy);
  // Not thrown away: it may as well be a person who wrote there at the same time.
  const aside = publisher.setAside(path);
  const kept = aside === undefined ? "" : ` (what stood there is kept as ${aside})`;
  if (isRestored) renameSync(copy, `${root}/${path.replace(/\/$/, "")}`);
  observer.forget(path);
  if (isRestored) return `where the earlier bytes were put back${kept}`;
  return before === undefined ? `which was taken away${kept}` : `whose earlier bytes are not in the cache${kept}`;
}

/** Hashes what was staged, keeps it in the cache, and publishes it, unless its gate holds it back. */
export function finish(execution: Execution, run: Run): readonly OutputMade[] | HeldBack {
  const { project, useCache } = execution;
  const { step, judgement, startedMs, rescored } = run;
  const staged = stagedOutputs(project, run);
  const trace = traceOf(run, staged);
  if (useCache && step.rule.isCached && !step.rule.policy.isAlways)
    keepOrTell(execution, step.id, () => keep(project, run, trace));
  const barred = barrierTo(execution, { step, trace, staged, rescored });
  if (barred !== undefined) return holdBack(execution, { step, trace, staged, startedMs, ...barred });
  return publishAll(execution, { step, trace, staged, judgement });
}

/** Work that is done is not thrown away because the cache has no room for it. */
export function keepOrTell({ emit }: Pick<Execution, "emit">, step: string, keep: () => void): void {
  try {
    keep();
  } catch (error) {
    if (!isRefusal(error as SystemError)) throw error;
    emit(notCached(step, refused(error as SystemError)));
  }
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
  { step, judgement, discovered, startedMs, durationMs }: Omit<Run, "stage" | "rescored">,
  outputs: readonly PathState[],
): Trace {
  return {
    step: step.id,
    fingerprint: judgement.fingerprint,
    inputs: judgement.observed.inputs,
    discovered,
    outputs: outputs.map(({ path, digest }) => ({ path, digest })),
    startedMs,
    durationMs,
  };
}

interface Publishing {
  readonly step: Step;
  /** Of a run, or what a person decided on. */
  readonly trace: Trace | Override;
  readonly staged: readonly Staged[];
  readonly judgement: Pick<Judgement, "observed">;
}

export function publishAll(
  { project, emit, publisher }: Pick<Execution, "project" | "emit" | "publisher">,
  { step, trace, staged, judgement }: Publishing,
): readonly OutputMade[] {
  // Somebody may have edited an output since the step was judged; what counts is what is about to be replaced.
  for (const { path, digest } of judgement.observed.outputs) {
    if (digest === ABSENT || project.observer.hasMoved(path)) project.observer.forget(path);
  }
  keepBefore(project, step, staged);
  return publisher.publish({ record: trace, staged }, (paths) => {
    for (const path of paths) emit(rescued(step.id, path));
  });
}
