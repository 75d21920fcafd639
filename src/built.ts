/** What pipe has built and has a record of, whatever stands there now. */

import { directoriesAbove, isDirectory } from "./core/artifact.ts";
import { stepsOfTargets } from "./core/graph.ts";
import { PipeError } from "./core/error.ts";
import type { Digest, PathState } from "./core/staleness.ts";
import type { Project } from "./project.ts";

export interface Built {
  /** What a rule makes now. */
  readonly live: readonly PathState[];
  /** What no rule makes any more. */
  readonly dead: readonly PathState[];
}

export function builtBy({ state, catalog }: Project): Built {
  const [live, dead]: [PathState[], PathState[]] = [[], []];
  for (const [path, digest] of state.built) {
    // A file that was an output of its own and now lies in a directory output is a part of that.
    if (directoriesAbove(path).some((above) => state.built.has(above))) continue;
    (isMade(catalog, path) ? live : dead).push({ path, digest });
  }
  return { live, dead };
}

export function isMade(catalog: Project["catalog"], path: string): boolean {
  try {
    return catalog.makersOf(path, new Set()).length > 0;
  } catch (error) {
    // Two rules that could make it are more than none.
    if (error instanceof PipeError) return true;
    throw error;
  }
}

/** What stood at an output of a temporary step that was taken away since; undefined for any other path. */
export function digestOfRemoved({ catalog, state, observer }: Project, path: string): Digest | undefined {
  if (observer.exists(path) || !isMade(catalog, path)) return undefined;
  const isTemporary = catalog.makersOf(path, new Set()).some(({ rule }) => rule.policy.isTemporary);
  return isTemporary ? state.built.get(path) : undefined;
}

/** Which outputs targets mean: those of a rule or a step, an artifact itself, all below a folder; without targets, all. */
export function meantBy(project: Project, targets: readonly string[]): (path: string) => boolean {
  if (targets.length === 0) return () => true;
  const meant = targets.map((target) => outputsNamed(project, target) ?? outputsAt(project, target));
  return (path) => meant.some((isMeant) => isMeant(path));
}

function outputsNamed({ catalog, state }: Project, name: string): ((path: string) => boolean) | undefined {
  const steps = catalog.steps.filter((step) => step.id === name || step.rule.name === name);
  if (steps.length === 0 && !catalog.rules.has(name)) return undefined;
  const traced = [...state.traces].filter((step) => step === name || ruleNameOf(step) === name);
  const paths = new Set([
    ...steps.flatMap((step) => step.outputs.flatMap((slot) => slot.paths)),
    ...traced.flatMap((step) => state.trace(step)?.outputs.map((output) => output.path) ?? []),
  ]);
  return (path) => paths.has(path);
}

/** Of a path inside a directory output the whole is meant: it was built as one piece. */
function outputsAt({ catalog, disk }: Project, target: string): (path: string) => boolean {
  // Throws for what no rule makes.
  stepsOfTargets(catalog, disk, [target]);
  const bare = target.replace(/^\.\//, "").replace(/\/$/, "");
  return (path) => path === bare || path.startsWith(`${bare}/`) || (isDirectory(path) && `${bare}/`.startsWith(path));
}

/** A step of a wildcard rule is named `rule:wildcards`. */
export const ruleNameOf = (step: string): string => step.split(":", 1)[0] ?? step;
