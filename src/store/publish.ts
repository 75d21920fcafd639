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
import { outputLeaves } from "../core/error.ts";
import type { OutputMade } from "../core/event.ts";
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

  publish(trace: Trace, staged: readonly Staged[]): Published {
    const { root, state, observer } = this.#shelves;
    const changes = staged.filter((output) => observer.digestOf(output.path) !== output.digest);
    const before = state.trace(trace.step);
    for (const { path } of changes) this.#makeFolder(path, trace.step);
    const rescued = changes.flatMap(({ path }) => this.#rescue(path, before));
    const moves = changes.map(({ path, place, digest }): Move => ({ to: path, from: place, digest }));
    if (moves.length > 0) state.append({ journals: [{ trace, moves }] });
    for (const move of moves) put(root, move);
    for (const { path, digest, stats } of changes)
      observer.publish(path, { digest, hashed: isDirectory(path) ? undefined : stats });
    const signatures = observer.takeSignatures();
    const abandoned = abandonedBy(trace, before);
    state.append(
      moves.length > 0
        ? { completed: [trace.step], signatures, abandoned }
        : { traces: [trace], signatures, abandoned },
    );
    const outputs = staged.map(({ path, digest, stats }) => ({
      path,
      digest,
      sizeBytes: stats.size,
      changed: before?.outputs.find((output) => output.path === path)?.digest !== digest,
    }));
    return { outputs, rescued };
  }

  #makeFolder(path: string, step: string): void {
    const { root } = this.#shelves;
    const folder = dirname(`${root}/${path}`);
    if (this.#folders.has(folder)) return;
    mkdirSync(folder, { recursive: true });
    const [real, home] = [realpathSync(folder), realpathSync(root)];
    if (real !== home && !real.startsWith(`${home}/`)) throw outputLeaves({ path, step });
    this.#folders.add(folder);
  }

  /** Moves bytes that pipe did not make, and has nowhere else, to where their owner finds them again. */
  #rescue(path: string, before: Trace | undefined): readonly string[] {
    const { root, observer, cache } = this.#shelves;
    if (!observer.exists(path)) return [];
    // A file may stand where a directory is due, or the reverse; what it holds is known under its own kind.
    const standing = observer.isOfAnotherKind(path) ? otherKind(path) : path;
    const found = observer.digestOf(standing);
    const isTraced = before?.outputs.some((output) => output.path === standing && output.digest === found) === true;
    if (isTraced || cache.isWhole(found)) return [];
    const bare = path.replace(/\/$/, "");
    const rescued = `.pipe/rescued/${this.#build}/${bare}`;
    mkdirSync(dirname(`${root}/${rescued}`), { recursive: true });
    renameSync(`${root}/${bare}`, `${root}/${rescued}`);
    return [rescued];
  }
}

/** What the step made before and makes no longer: without a record such a file would be a source to every glob. */
const abandonedBy = ({ outputs }: Trace, before: Trace | undefined): readonly PathState[] =>
  (before?.outputs ?? []).filter(({ path }) => !outputs.some((output) => output.path === path));

/** Finishes what a killed build began. A journal whose bytes are gone is dropped: its step will be judged stale. */
export function finishJournals(shelves: Pick<Shelves, "root" | "state" | "observer">): number {
  const { root, state, observer } = shelves;
  const { journals } = state;
  for (const { trace, moves } of journals) {
    for (const move of moves) {
      if (isWaiting(shelves, move)) put(root, move);
      observer.forget(move.to);
    }
    const isWhole = moves.every((move) => observer.digestOf(move.to) === move.digest);
    const abandoned = abandonedBy(trace, state.trace(trace.step));
    state.append(isWhole ? { completed: [trace.step], abandoned } : { dropped: [trace.step], abandoned });
  }
  return journals.length;
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
