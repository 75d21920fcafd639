/**
 * Makes room in a cache: what was of use longest ago goes first, what is in use never.
 *
 * Another project may read the same folder meanwhile. What it finds gone is a miss, and what it has just used is spared.
 */

import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import type { Digest } from "../core/staleness.ts";
import type { Evicted } from "../core/upkeep.ts";
import type { Cache } from "./cache.ts";
import { candidatesIn } from "./candidate.ts";
import { writeTally } from "./tally.ts";

export interface Room {
  /** Nothing goes while the cache holds no more than this. */
  readonly limitBytes: number;
  /** When something goes, so much may stay. */
  readonly targetBytes: number;
  /** Objects that stay whatever the limit. */
  readonly inUse: ReadonlySet<Digest>;
  /** What was used after this stays too. */
  readonly spareSinceMs: number;
  /** True only says what would go. */
  readonly isDry: boolean;
}

interface Kept {
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly usedMs: number;
}

export function evict(cache: Cache, room: Room): Evicted {
  const objects = objectsIn(cache);
  const totalBytes = sumOf(objects);
  const gone = totalBytes > room.limitBytes ? goingFrom(cache, objects, room) : [];
  const entries = gone.length === 0 ? 0 : dropLostEntries(cache, objects, { gone, isDry: room.isDry });
  const freedBytes = sumOf(gone);
  const leftBytes = totalBytes - freedBytes;
  if (!room.isDry && objects.length > 0) writeTally(cache.folder, leftBytes);
  const inUseBytes = sumOf(objects.filter(({ digest }) => room.inUse.has(digest)));
  return { objects: gone.length, entries, freedBytes, leftBytes, inUseBytes };
}

/** An object's name: of a file or a text, of a directory's listing, of a file that may be executed. */
const OBJECT = /^(?:tree-)?[0-9a-f]{64}(?:\+x)?$/;

/** The names of all objects; whatever else lies in the folder is none of ours. */
export function digestsIn({ folder }: Cache): readonly Digest[] {
  return namesIn(`${folder}/objects`).filter((name) => OBJECT.test(name));
}

function objectsIn(cache: Cache): readonly Kept[] {
  return digestsIn(cache).flatMap((digest) => {
    const stats = statSync(`${cache.folder}/objects/${digest}`, { throwIfNoEntry: false });
    return stats === undefined ? [] : [{ digest, sizeBytes: stats.size, usedMs: stats.mtimeMs }];
  });
}

function goingFrom(cache: Cache, objects: readonly Kept[], room: Room): readonly Kept[] {
  const { targetBytes, inUse, spareSinceMs, isDry } = room;
  const free = objects.filter(({ digest, usedMs }) => !inUse.has(digest) && usedMs <= spareSinceMs);
  let leftBytes = sumOf(objects);
  const gone: Kept[] = [];
  for (const object of free.toSorted((a, b) => a.usedMs - b.usedMs)) {
    if (leftBytes <= targetBytes) break;
    if (!isDry && !isRemoved(cache, object)) continue;
    gone.push(object);
    leftBytes -= object.sizeBytes;
  }
  return gone;
}

/** False for one that somebody has used since it was counted, or that this user may not remove. */
function isRemoved({ folder }: Cache, { digest, usedMs }: Kept): boolean {
  const file = `${folder}/objects/${digest}`;
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats !== undefined && stats.mtimeMs !== usedMs) return false;
  return remove(file);
}

function remove(file: string): boolean {
  try {
    rmSync(file, { force: true });
    return true;
  } catch (error) {
    if (["EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}

/** Removes the entries of which no candidate has all its outputs any more; how many there were. */
function dropLostEntries(
  cache: Cache,
  objects: readonly Kept[],
  of: { readonly gone: readonly Kept[]; readonly isDry: boolean },
): number {
  const left = new Set(objects.map(({ digest }) => digest));
  // A listing that went can tell no more what was in it, but then it is lost itself.
  for (const { digest } of of.gone) left.delete(digest);
  const isLost = (digest: Digest): boolean =>
    !left.has(digest) ||
    cache.membersOf(digest)?.some(({ kind, content }) => kind === "file" && !left.has(content)) === true;
  const lost = namesIn(`${cache.folder}/entries`).filter((key) => {
    const candidates = candidatesIn(textOf(`${cache.folder}/entries/${key}`));
    return candidates.every(({ outputs }) => outputs.some(({ digest }) => isLost(digest)));
  });
  if (of.isDry) return lost.length;
  cache.forgetEntries();
  return lost.filter((key) => remove(`${cache.folder}/entries/${key}`)).length;
}

const sumOf = (objects: readonly Kept[]): number => objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);

function namesIn(folder: string): readonly string[] {
  return unlessMissing(() => readdirSync(folder)) ?? [];
}

const textOf = (file: string): string => unlessMissing(() => readFileSync(file, "utf8")) ?? "";

function unlessMissing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
