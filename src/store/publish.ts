/**
 * Puts a step's staged outputs in their places as one unit.
 *
 * The journal is written before the first rename and names every move; the trace that ends it is written after the last.
 * Whoever opens the project after a crash finishes a journal that was left, before it reads anything else; see recover.ts.
 */

import { lstatSync, mkdirSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { isDirectory } from "../core/artifact.ts";
import type { Deployment } from "../core/deployment.ts";
import { outputLeaves } from "../core/error.ts";
import type { OutputMade } from "../core/event.ts";
import { noteOf, type Override } from "../core/override.ts";
import type { Digest, PathState, Trace } from "../core/staleness.ts";
import type { Cache } from "./cache.ts";
import { settleDeployment } from "./deployment.ts";
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

/** The staged outputs of a step, and what is recorded of them: a run, or a person's decision. */
export interface Publication {
  readonly record: Trace | Override;
  readonly staged: readonly Staged[];
}

interface Publications {
  readonly publications: readonly Publication[];
  /** What follows once all of it stands in its place. */
  readonly deployment?: Deployment | undefined;
}

/** Called with project paths of bytes that stood in the way and were not pipe's own work, where they are now. */
export type TellRescued = (paths: readonly string[]) => void;

interface Begun extends Journal {
  together?: string;
  deployment?: Deployment;
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

  /** What a person decided on is recorded as that override; the trace of the last run stays. */
  publish(publication: Publication, tellRescued: TellRescued): readonly OutputMade[] {
    return this.publishTogether({ publications: [publication] }, tellRescued);
  }

  /** Of several steps all outputs are published, or none: also where this process is killed in between. */
  publishTogether({ publications, deployment }: Publications, tellRescued: TellRescued): readonly OutputMade[] {
    const { root, state, observer } = this.#shelves;
    const before = new Map(publications.map(({ record }) => [traceIn(record).step, state.trace(traceIn(record).step)]));
    const journals = publications.map((publication) => this.#journalOf(publication));
    if (publications.length > 1) for (const journal of journals) journal.together = this.#build;
    if (deployment !== undefined && journals[0] !== undefined) journals[0].deployment = deployment;
    const isMoving = deployment !== undefined || journals.some(({ moves }) => moves.length > 0);
    if (isMoving) this.#move(journals, tellRescued);
    for (const { path, digest, stats } of publications.flatMap(({ staged }) => staged))
      if (journals.some(({ moves }) => moves.some(({ to }) => to === path)))
        observer.publish(path, { digest, hashed: isDirectory(path) ? undefined : stats });
    if (deployment !== undefined) settleDeployment(root, deployment);
    const completed = journals.map(({ trace }) => trace.step);
    const signatures = observer.takeSignatures();
    const abandoned = journals.flatMap((journal) => abandonedIn(journal, before.get(journal.trace.step)));
    state.append({ ...(isMoving ? { completed } : recordsOf(publications)), signatures, abandoned });
    return publications.flatMap(({ record, staged }) => {
      const earlier = before.get(traceIn(record).step)?.outputs ?? [];
      return staged.map(({ path, digest, stats }) => ({
        path,
        digest,
        sizeBytes: stats.size,
        changed: earlier.find((output) => output.path === path)?.digest !== digest,
      }));
    });
  }

  /** Makes the folders that what is new goes to. */
  #journalOf({ record, staged }: Publication): Begun {
    const { root, state, observer } = this.#shelves;
    const trace = traceIn(record);
    const before = state.trace(trace.step);
    const changes = staged.filter((output) => observer.digestOf(output.path) !== output.digest);
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
    return { trace, moves, override: "trace" in record ? noteOf(record) : undefined };
  }

  #move(journals: readonly Journal[], tellRescued: TellRescued): void {
    const { root, state, observer } = this.#shelves;
    const moves = journals.flatMap((journal) => journal.moves);
    state.append({ journals });
    try {
      putAll(root, moves);
    } catch (error) {
      for (const { to } of moves) observer.forget(to);
      // Everything stands as it stood, so the traces of before hold as they held.
      state.append(asBefore(state, journals));
      throw error;
    }
    // While the journals are there, whoever comes after a kill would tell it.
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

const traceIn = (record: Trace | Override): Trace => ("trace" in record ? record.trace : record);

function recordsOf(publications: readonly Publication[]): Transaction {
  const records = publications.map(({ record }) => record);
  const overrides = records.flatMap((record) =>
    "trace" in record ? [{ ...noteOf(record), trace: record.trace }] : [],
  );
  const traces = records.flatMap((record) => ("trace" in record ? [] : [record]));
  return { ...(traces.length > 0 && { traces }), ...(overrides.length > 0 && { overrides }) };
}

/** Gives journals up where everything stands as it stood: what was known before is known still. */
export function asBefore(state: State, journals: readonly Journal[]): Transaction {
  const stepsOf = (given: readonly Journal[]): readonly string[] => given.map(({ trace }) => trace.step);
  const runs = stepsOf(journals.filter(({ override }) => override === undefined));
  const traces = runs.flatMap((step) => state.trace(step) ?? []);
  const dropped = stepsOf(journals).filter((step) => !traces.some((trace) => trace.step === step));
  const overrides = traces.flatMap(({ step }) => state.overrides.get(step) ?? []);
  return { dropped, traces, overrides };
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
export function abandonedIn({ trace, override }: Journal, before: Trace | undefined): readonly PathState[] {
  if (override !== undefined || before === undefined) return [];
  return before.outputs.filter(({ path }) => !trace.outputs.some((output) => output.path === path));
}
