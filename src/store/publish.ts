/**
 * Puts a step's staged outputs in their places as one unit.
 *
 * The journal is written before the first rename and names every move; the trace that ends it is written after the last.
 * Whoever opens the project after a crash finishes a journal that was left, before it reads anything else; see recover.ts.
 */

import { lstatSync, mkdirSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { isDirectory } from "../core/artifact.ts";
import { outputLeaves } from "../core/error.ts";
import type { OutputMade } from "../core/event.ts";
import { noteOf, type Override } from "../core/override.ts";
import type { Digest, PathState, Trace } from "../core/staleness.ts";
import type { Cache } from "./cache.ts";
import { putAll, renameWhole } from "./move.ts";
import type { Observer } from "./observer.ts";
import type { Look } from "./signature.ts";
import type { Transaction } from "./record.ts";
import type { Journal, Move } from "./journal.ts";
import type { State } from "./state.ts";

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

/** Called with project paths of bytes that stood in the way and were not pipe's own work, where they are now. */
export type TellRescued = (paths: readonly string[]) => void;

export class Publisher {
  readonly #shelves: Shelves;
  /** Names the folder under `.pipe/rescued/` for what a person edited. */
  readonly #build: string;
  readonly #folders = new Set<string>();

  constructor(shelves: Shelves, build: string) {
    this.#shelves = shelves;
    this.#build = build;
  }

  /** What a person decided on is recorded as that override; the trace of the last run stays. */
  publish(record: Trace | Override, staged: readonly Staged[], tellRescued: TellRescued): readonly OutputMade[] {
    const { root, state, observer } = this.#shelves;
    const trace = "trace" in record ? record.trace : record;
    const override = "trace" in record ? noteOf(record) : undefined;
    const changes = staged.filter((output) => observer.digestOf(output.path) !== output.digest);
    const before = state.trace(trace.step);
    for (const { path } of changes) {
      const folder = dirname(path);
      if (!this.#folders.has(folder)) makeFolder(root, path, trace.step);
      this.#folders.add(folder);
    }
    const moves = changes.map(({ path, place, digest }): Move => ({
      to: path,
      from: place,
      digest,
      ...rescueFor(this.#shelves, { path, before, build: this.#build }),
    }));
    if (moves.length > 0) this.#move({ trace, override, moves }, tellRescued);
    for (const { path, digest, stats } of changes)
      observer.publish(path, { digest, hashed: isDirectory(path) ? undefined : stats });
    const signatures = observer.takeSignatures();
    const recorded = override === undefined ? { traces: [trace] } : { overrides: [{ ...override, trace }] };
    const abandoned = override === undefined ? abandonedBy(trace, before) : [];
    state.append({ ...(moves.length > 0 ? { completed: [trace.step] } : recorded), signatures, abandoned });
    return staged.map(({ path, digest, stats }) => ({
      path,
      digest,
      sizeBytes: stats.size,
      changed: before?.outputs.find((output) => output.path === path)?.digest !== digest,
    }));
  }

  #move(journal: Journal, tellRescued: TellRescued): void {
    const { root, state, observer } = this.#shelves;
    const { moves } = journal;
    state.append({ journals: [journal] });
    try {
      putAll(root, moves);
    } catch (error) {
      for (const { to } of moves) observer.forget(to);
      // Everything stands as it stood, so the trace of before holds as it held.
      state.append(asBefore(state, journal));
      throw error;
    }
    // While the journal is there, whoever comes after a kill would tell it.
    tellRescued(moves.flatMap(({ rescue }) => rescue ?? []));
  }

  /** Moves what stands at a declared path to where its owner finds it again; undefined where nothing does. */
  setAside(path: string): string | undefined {
    const { root } = this.#shelves;
    const bare = path.replace(/\/$/, "");
    const isThere = lstatSync(`${root}/${bare}`, { throwIfNoEntry: false }) !== undefined;
    if (!isThere) return undefined;
    const place = freePlace(root, path, this.#build);
    renameWhole(`${root}/${bare}`, `${root}/${place}`);
    return place;
  }
}

/** Gives a journal up where everything stands as it stood: what was known before is known still. */
export function asBefore(state: State, { trace: { step }, override }: Journal): Transaction {
  const before = state.trace(step);
  if (override !== undefined || before === undefined) return { dropped: [step] };
  const held = state.overrides.get(step);
  return { traces: [before], ...(held && { overrides: [held] }) };
}

/** Where in `.pipe/rescued/` nothing stands yet, with the folders above it. */
function freePlace(root: string, path: string, build: string): string {
  const place = `.pipe/rescued/${build}/${path.replace(/\/$/, "")}`;
  mkdirSync(dirname(`${root}/${place}`), { recursive: true });
  for (let count = 1; ; count++) {
    const free = count === 1 ? place : `${place}~${count}`;
    if (lstatSync(`${root}/${free}`, { throwIfNoEntry: false }) === undefined) return free;
  }
}

export function makeFolder(root: string, path: string, step: string): void {
  const folder = dirname(`${root}/${path}`);
  mkdirSync(folder, { recursive: true });
  const [real, home] = [realpathSync(folder), realpathSync(root)];
  if (real !== home && !real.startsWith(`${home}/`)) throw outputLeaves({ path, step });
}

/** Where to keep bytes that pipe did not make, and has nowhere else, for their owner to find again; nothing where there are none. */
export function rescueFor(
  { root, observer, cache }: Shelves,
  of: { readonly path: string; readonly before: Trace | undefined; readonly build: string },
): { readonly rescue?: string } {
  const { path, before, build } = of;
  if (!observer.exists(path)) return {};
  // A file may stand where a directory is due, or the reverse; what it holds is known under its own kind.
  const standing = observer.isOfAnotherKind(path) ? otherKind(path) : path;
  const found = observer.digestOf(standing);
  const isTraced = before?.outputs.some((output) => output.path === standing && output.digest === found) === true;
  if (isTraced || cache.isWhole(found)) return {};
  return { rescue: freePlace(root, path, build) };
}

const otherKind = (path: string): string => (isDirectory(path) ? path.slice(0, -1) : `${path}/`);

/** What the step made before and makes no longer: without a record such a file would be a source to every glob. */
export const abandonedBy = ({ outputs }: Trace, before: Trace | undefined): readonly PathState[] =>
  (before?.outputs ?? []).filter(({ path }) => !outputs.some((output) => output.path === path));
