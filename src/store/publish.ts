/**
 * Puts a step's staged outputs in their places as one unit.
 *
 * The journal is written before the first rename and names every move; the trace that ends it is written after the last.
 * Whoever opens the project after a crash finishes a journal that was left, before it reads anything else. A staged
 * directory cannot be renamed over another, so the old one is moved aside first.
 */

import { existsSync, lstatSync, mkdirSync, realpathSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { isDirectory } from "../core/artifact.ts";
import { outputLeaves, PipeError } from "../core/error.ts";
import type { OutputMade } from "../core/event.ts";
import type { OverrideNote } from "../core/override.ts";
import type { Digest, PathState, Trace } from "../core/staleness.ts";
import type { Cache } from "./cache.ts";
import type { Observer } from "./observer.ts";
import type { Look } from "./signature.ts";
import type { Move, State } from "./state.ts";

export interface Staged {
  /** The declared path. */
  readonly path: string;
  /** Where the bytes wait, relative to the project. */
  readonly place: string;
  readonly digest: Digest;
  readonly stats: Look;
}

export interface Shelves {
  readonly root: string;
  readonly state: State;
  readonly observer: Observer;
  readonly cache: Cache;
}

export interface Published {
  readonly outputs: readonly OutputMade[];
  /** Project paths of copies of outputs that a person had edited. */
  readonly rescued: readonly string[];
}

export class Publisher {
  readonly #shelves: Shelves;
  /** Names the folder under `.pipe/rescued/` for what a person edited. */
  readonly #build: string;
  readonly #folders = new Set<string>();

  constructor(shelves: Shelves, build: string) {
    this.#shelves = shelves;
    this.#build = build;
  }

  /** With a note what the trace says is recorded as that override, and the trace of the last run stays. */
  publish(trace: Trace, staged: readonly Staged[], override?: OverrideNote): Published {
    const { root, state, observer } = this.#shelves;
    const changes = staged.filter((output) => observer.digestOf(output.path) !== output.digest);
    const before = state.trace(trace.step);
    for (const { path } of changes) {
      const folder = dirname(path);
      if (!this.#folders.has(folder)) makeFolder(root, path, trace.step);
      this.#folders.add(folder);
    }
    const moves = changes.map(({ path, place, digest }): Move => ({ to: path, from: place, digest }));
    if (moves.length > 0) state.append({ journals: [{ trace, moves, override }] });
    // After the journal: whoever finishes it finds what was not rescued yet, and tells of it.
    const rescued = changes.flatMap(({ path }) => rescue(this.#shelves, { path, before, build: this.#build }));
    for (const move of moves) put(root, move);
    for (const { path, digest, stats } of changes)
      observer.publish(path, { digest, hashed: isDirectory(path) ? undefined : stats });
    const signatures = observer.takeSignatures();
    const recorded = override === undefined ? { traces: [trace] } : { overrides: [{ ...override, trace }] };
    const abandoned = override === undefined ? abandonedBy(trace, before) : [];
    state.append({ ...(moves.length > 0 ? { completed: [trace.step] } : recorded), signatures, abandoned });
    const outputs = staged.map(({ path, digest, stats }) => ({
      path,
      digest,
      sizeBytes: stats.size,
      changed: before?.outputs.find((output) => output.path === path)?.digest !== digest,
    }));
    return { outputs, rescued };
  }
}

function makeFolder(root: string, path: string, step: string): void {
  const folder = dirname(`${root}/${path}`);
  mkdirSync(folder, { recursive: true });
  const [real, home] = [realpathSync(folder), realpathSync(root)];
  if (real !== home && !real.startsWith(`${home}/`)) throw outputLeaves({ path, step });
}

/** Moves bytes that pipe did not make, and has nowhere else, to where their owner finds them again. */
function rescue(
  { root, observer, cache }: Shelves,
  of: { readonly path: string; readonly before: Trace | undefined; readonly build: string },
): readonly string[] {
  const { path, before, build } = of;
  if (!observer.exists(path)) return [];
  // A file may stand where a directory is due, or the reverse; what it holds is known under its own kind.
  const standing = observer.isOfAnotherKind(path) ? otherKind(path) : path;
  const found = observer.digestOf(standing);
  const isTraced = before?.outputs.some((output) => output.path === standing && output.digest === found) === true;
  if (isTraced || cache.isWhole(found)) return [];
  const bare = path.replace(/\/$/, "");
  const rescued = `.pipe/rescued/${build}/${bare}`;
  mkdirSync(dirname(`${root}/${rescued}`), { recursive: true });
  renameSync(`${root}/${bare}`, `${root}/${rescued}`);
  return [rescued];
}

/** What the step made before and makes no longer: without a record such a file would be a source to every glob. */
const abandonedBy = ({ outputs }: Trace, before: Trace | undefined): readonly PathState[] =>
  (before?.outputs ?? []).filter(({ path }) => !outputs.some((output) => output.path === path));

/** Bytes that a person put where a step's output was about to be, and where they are now. */
export interface Rescued {
  readonly step: string;
  readonly path: string;
}

/**
 * Finishes what a killed build began. A journal whose bytes are gone is dropped: its step will be judged stale. So is
 * one that cannot be finished any more, or it would hold up every later build.
 */
export function finishJournals(shelves: Shelves, build: string): readonly Rescued[] {
  const { state } = shelves;
  return state.journals.flatMap(({ trace, moves, override }) => {
    const { step } = trace;
    const before = state.trace(step);
    const rescued: Rescued[] = [];
    const finished = (move: Move): boolean => {
      const kept = isWaiting(shelves, move) ? rescue(shelves, { path: move.to, before, build }) : [];
      rescued.push(...kept.map((path) => ({ step, path })));
      return isFinished(shelves, move, step);
    };
    const isWhole = moves.map((move) => unlessRefused(() => finished(move))).every(Boolean);
    const abandoned = override === undefined ? abandonedBy(trace, before) : [];
    state.append(isWhole ? { completed: [step], abandoned } : { dropped: [step], abandoned });
    return rescued;
  });
}

function isFinished(shelves: Shelves, move: Move, step: string): boolean {
  const { root, observer } = shelves;
  observer.forget(move.to);
  if (isWaiting(shelves, move)) {
    makeFolder(root, move.to, step);
    put(root, move);
  }
  return observer.digestOf(move.to) === move.digest;
}

/** False where the system or the project refuses, such as for a folder in whose place a file stands by now. */
function unlessRefused(finish: () => boolean): boolean {
  try {
    return finish();
  } catch (error) {
    if (error instanceof PipeError || (error as NodeJS.ErrnoException).syscall !== undefined) return false;
    throw error;
  }
}

const otherKind = (path: string): string => (isDirectory(path) ? path.slice(0, -1) : `${path}/`);

function isWaiting({ root, observer }: Pick<Shelves, "root" | "observer">, move: Move): boolean {
  const place = `${root}/${move.from}`;
  return existsSync(place) && observer.digestAt(place, move.to).digest === move.digest;
}

function put(root: string, move: Move): void {
  const target = `${root}/${move.to.replace(/\/$/, "")}`;
  const old = lstatSync(target, { throwIfNoEntry: false });
  const aside = `${root}/${move.from.replace(/\/$/, "")}.old`;
  const isInTheWay = old !== undefined && (old.isDirectory() || isDirectory(move.to));
  if (isInTheWay) renameSync(target, aside);
  renameSync(`${root}/${move.from}`, target);
  if (isInTheWay) rmSync(aside, { recursive: true, force: true });
}
