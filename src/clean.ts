/** Removes what pipe built, and nothing else: a file whose bytes are not those that a record tells of is a person's. */

import { readdirSync, realpathSync, rmdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { builtBy, isMade, meantBy, ruleNameOf } from "./built.ts";
import { byCodeUnit, directoriesAbove, isDirectory, isOwnFile } from "./core/artifact.ts";
import { PipeError } from "./core/error.ts";
import type { PathState } from "./core/staleness.ts";
import type { Cleaned, KeptBecause } from "./core/upkeep.ts";
import type { Project } from "./project.ts";
import { filesAt } from "./store/files.ts";

export interface CleanRequest {
  /** Rules, steps or paths; empty for everything. */
  readonly targets: readonly string[];
  /** True removes what no rule makes any more, instead of what rules make. */
  readonly isDead: boolean;
  readonly isDry: boolean;
}

/** Needs the project's lock. Traces stay, so that what is removed is known as an output, and is restored. */
export function clean(project: Project, { targets, isDead, isDry }: CleanRequest): Cleaned {
  const { live, dead } = builtBy(project);
  // What was fetched is no work of the project's; it goes only if it is named.
  const isNamed = meantBy(project, targets);
  const isMeant = (path: string): boolean => isNamed(path) && (targets.length > 0 || !isOwnFile(path));
  // What was edited after its rule had gone is a source by now, as it is to every glob.
  const found = isDead ? dead.filter((output) => isAsBuilt(project, output)) : live.filter(({ path }) => isMeant(path));
  const read = isDead ? pathsRead(project) : new Set<string>();
  const [removed, kept]: [Cleaned["removed"][number][], Cleaned["kept"][number][]] = [[], []];
  const standing = found.filter(({ path }) => project.observer.exists(path));
  for (const output of standing.toSorted((a, b) => byCodeUnit(a.path, b.path))) {
    const { path } = output;
    const because = reasonToKeep(project, output, read);
    if (because !== undefined) kept.push({ path, because });
    else removed.push({ path, sizeBytes: removedBytes(project, path, isDry) });
  }
  if (isDead && !isDry) forgetDead(project);
  return { isDryRun: isDry, removed, kept };
}

function reasonToKeep(project: Project, output: PathState, read: ReadonlySet<string>): KeptBecause | undefined {
  const { path } = output;
  // What was accepted stands here and nowhere else.
  if (isHeld(project, path)) return "held";
  if (!isAsBuilt(project, output)) return "edited";
  if (isRead(path, read)) return "read";
  return leaves(project.root, path) ? "outside" : undefined;
}

const isHeld = ({ state }: Project, path: string): boolean =>
  [...state.overrides.values()].some(({ trace }) => trace.outputs.some((output) => output.path === path));

const isRead = (path: string, read: ReadonlySet<string>): boolean =>
  [path, ...directoriesAbove(path)].some((each) => read.has(each)) ||
  (isDirectory(path) && [...read].some((each) => each.startsWith(path)));

function isAsBuilt({ observer }: Project, { path, digest }: PathState): boolean {
  try {
    return observer.digestOf(path) === digest;
  } catch (error) {
    // A directory with something in it that no output can have.
    if (error instanceof PipeError) return false;
    throw error;
  }
}

/** What rules read as it stands, and what was read for outputs on demand: a dead output among it serves as a source. */
function pathsRead({ catalog, state }: Project): ReadonlySet<string> {
  const declared = catalog.steps.flatMap((step) => step.inputs.flatMap((slot) => slot.paths));
  const traced = [...state.traces]
    .flatMap((step) => state.trace(step) ?? [])
    .filter(({ outputs }) => outputs.some(({ path }) => isMade(catalog, path)))
    .flatMap(({ inputs, discovered }) => [...inputs, ...discovered].map(({ path }) => path));
  return new Set([...declared, ...traced]);
}

/** True where a folder above the path is a link out of the project by now. */
function leaves(root: string, path: string): boolean {
  const [real, home] = [realpathSync(dirname(`${root}/${path}`)), realpathSync(root)];
  return real !== home && !real.startsWith(`${home}/`);
}

function removedBytes({ root, observer }: Project, path: string, isDry: boolean): number {
  const place = `${root}/${path.replace(/\/$/, "")}`;
  const { sizeBytes } = filesAt(place);
  if (isDry) return sizeBytes;
  rmSync(place, { recursive: true });
  observer.forget(path);
  removeEmpty(root, dirname(place));
  return sizeBytes;
}

/** Removes the folder and those above it, as long as they are empty and in the project. */
function removeEmpty(root: string, folder: string): void {
  for (let at = folder; at.startsWith(`${root}/`) && readdirSync(at).length === 0; at = dirname(at)) rmdirSync(at);
}

/** Forgets the traces of rules that are gone, once nothing of what they made is left: what they kept in the cache is free. */
function forgetDead(project: Project): void {
  const { state, catalog, observer } = project;
  const isGone = ({ path }: PathState): boolean => !observer.exists(path) && !isMade(catalog, path);
  const dropped = [...state.traces].filter(
    (step) => !catalog.rules.has(ruleNameOf(step)) && state.trace(step)?.outputs.every(isGone) === true,
  );
  if (dropped.length > 0) state.append({ dropped });
}
