/** Room in the cache: the oldest go first, what is in use never, and whoever reads meanwhile finds a miss. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { Digest, PathState } from "../../src/core/staleness.ts";
import { Cache } from "../../src/store/cache.ts";
import { cacheKey } from "../../src/store/candidate.ts";
import { digestsIn, evict, type Room } from "../../src/store/eviction.ts";
import { digestsInUse } from "../../src/store/in-use.ts";
import { Observer } from "../../src/store/observer.ts";
import { State } from "../../src/store/state.ts";
import { addToTally, tallyOf } from "../../src/store/tally.ts";
import { temporaryFolder } from "../rig/project.ts";

let root = "";
let cache: Cache;
beforeEach(() => {
  root = temporaryFolder();
  cache = new Cache(at("cache"), new Observer(root, new State(at(".pipe"))));
});

const at = (path: string): string => join(root, path);

/** Keeps a file of so many bytes, last used so many seconds after 1970. */
function kept(name: string, sizeBytes: number, usedSeconds: number): PathState {
  writeFileSync(at(name), name.repeat(sizeBytes).slice(0, sizeBytes));
  const artifact = { path: name, digest: new Observer(root, new State(at(".pipe"))).digestOf(name) };
  cache.store(at(name), artifact);
  usedAt(artifact.digest, usedSeconds);
  return artifact;
}

const usedAt = (digest: Digest, seconds: number): void => utimesSync(at(`cache/objects/${digest}`), seconds, seconds);

const madeRoom = (room: Partial<Room>) =>
  evict(cache, { limitBytes: 10, targetBytes: 10, inUse: new Set(), spareSinceMs: Infinity, isDry: false, ...room });

const has = (...artifacts: readonly PathState[]): readonly boolean[] =>
  artifacts.map(({ digest }) => cache.has(digest));

test("the objects that were of use longest ago go, until what is left is within the target", () => {
  const [old, older, young] = [kept("b", 4, 2), kept("a", 4, 1), kept("c", 4, 3)];
  expect(madeRoom({ limitBytes: 12 })).toMatchObject({ objects: 0, freedBytes: 0, leftBytes: 12 });
  expect(madeRoom({ targetBytes: 8 })).toMatchObject({ objects: 1, freedBytes: 4, leftBytes: 8 });
  expect(has(older, old, young)).toEqual([false, true, true]);
  expect(tallyOf(cache.folder)).toBe(8);
});

test("what is restored or kept again is of use now", () => {
  const [first, second, third] = [kept("a", 4, 1), kept("b", 4, 2), kept("c", 4, 3)];
  cache.restore(first, at("back"));
  cache.store(at("b"), second);
  madeRoom({ targetBytes: 8 });
  expect(has(first, second, third)).toEqual([true, true, false]);
});

test("what is in use stays, and what was used after a moment does, whatever the limit", () => {
  const [used, spared, free] = [kept("a", 4, 1), kept("b", 4, 20), kept("c", 4, 2)];
  const left = madeRoom({ limitBytes: 1, targetBytes: 1, inUse: new Set([used.digest]), spareSinceMs: 19_000 });
  expect(has(used, spared, free)).toEqual([true, true, false]);
  expect(left).toEqual({ objects: 1, entries: 0, freedBytes: 4, leftBytes: 8, inUseBytes: 4 });
});

test("what somebody uses between the count and the removal stays", () => {
  const [used, free] = [kept("a", 6, 1), kept("b", 6, 2)];
  class Late extends Set<Digest> {
    override has(digest: Digest): boolean {
      if (digest === used.digest) cache.use(digest);
      return false;
    }
  }
  madeRoom({ inUse: new Late() });
  expect(has(used, free)).toEqual([true, false]);
});

test("a dry run says the same and removes nothing", () => {
  const artifacts = [kept("a", 6, 1), kept("b", 6, 2)];
  cache.remember("key", { discovered: [], outputs: artifacts, log: undefined });
  const dry = madeRoom({ isDry: true });
  expect([has(...artifacts), existsSync(at("cache/entries/key"))]).toEqual([[true, true], true]);
  expect(madeRoom({})).toEqual(dry);
});

test("an entry goes with the last of its runs that has all its outputs, also of a directory's members", () => {
  const [lost, left] = [kept("a", 6, 1), kept("b", 6, 5)];
  mkdirSync(at("d"));
  writeFileSync(at("d/a"), readFileSync(at("a")));
  const directory = { path: "d/", digest: new Observer(root, new State(at(".pipe"))).digestOf("d/") };
  cache.store(at("d"), directory);
  usedAt(lost.digest, 1);
  const run = (...outputs: readonly PathState[]) => ({ discovered: [], outputs, log: undefined });
  cache.remember("lost", run(left, lost));
  cache.remember("half", run(lost));
  cache.remember("half", run(left));
  cache.remember("directory", run(directory));
  cache.remember("check", run());
  const inUse = new Set([left.digest, directory.digest]);
  const { objects, entries } = madeRoom({ targetBytes: 0, inUse });
  expect([objects, entries]).toEqual([1, 2]);
  expect(readdirSync(at("cache/entries")).toSorted()).toEqual(["check", "half"]);
  // What was read of an entry before counts no more: the same run is written down again.
  cache.remember("lost", run(left, lost));
  expect(existsSync(at("cache/entries/lost"))).toBe(true);
});

test("an object that goes after it was found is a miss, wherever it was found", () => {
  const artifact = kept("a", 4, 1);
  mkdirSync(at("d"));
  writeFileSync(at("d/x"), "x");
  const directory = { path: "d/", digest: new Observer(root, new State(at(".pipe"))).digestOf("d/") };
  cache.store(at("d"), directory);
  for (const digest of digestsIn(cache)) rmSync(at(`cache/objects/${digest}`));
  expect(cache.restore(artifact, at("back"))).toBe(false);
  expect(cache.restore(directory, at("back.d"))).toBe(false);
  expect([cache.isWhole(artifact.digest), cache.isWhole(directory.digest)]).toEqual([false, false]);
  expect(() => cache.use(artifact.digest)).not.toThrow();
});

test("in use are the outputs of traces, the members of directories and the logs of the runs that made them", () => {
  const state = new State(at(".pipe"));
  mkdirSync(at("d"));
  writeFileSync(at("d/member"), "member");
  const [file, stray] = [kept("a", 4, 1), kept("b", 4, 1)];
  const directory = { path: "d/", digest: new Observer(root, state).digestOf("d/") };
  cache.store(at("d"), directory);
  const outputs = [file, directory];
  const trace = { step: "s", fingerprint: "{}", inputs: [], discovered: [], outputs, startedMs: 1, durationMs: 1 };
  state.append({ traces: [trace] });
  const [log, other] = [cache.storeText("printed"), cache.storeText("printed by another run")];
  cache.remember(cacheKey("{}", []), { discovered: [], outputs, log });
  cache.remember(cacheKey("{}", []), { discovered: [], outputs: [file], log: other });
  const member = new Observer(root, state).digestOf("d/member");
  expect([...digestsInUse({ state, cache })].toSorted()).toEqual(
    [file.digest, directory.digest, member, log].toSorted(),
  );
  expect(digestsInUse({ state, cache }).has(stray.digest)).toBe(false);
});

describe("the running total", () => {
  test("grows by what is added, and by nothing that is there already", () => {
    const artifacts = [kept("a", 4, 1), kept("b", 5, 1)];
    cache.remember("key", { discovered: [], outputs: artifacts, log: undefined });
    for (const { path, digest } of artifacts) cache.store(at(path), { path, digest });
    cache.remember("key", { discovered: [], outputs: artifacts, log: undefined });
    expect(tallyOf(cache.folder)).toBeUndefined();
    expect([cache.tally(), tallyOf(cache.folder)]).toEqual([true, 9]);
  });

  test("is unknown where nobody has counted, or the file is damaged", () => {
    expect(tallyOf(at("nowhere"))).toBeUndefined();
    mkdirSync(at("cache"));
    writeFileSync(at("cache/size"), "12\nx\n");
    expect(tallyOf(cache.folder)).toBeUndefined();
  });

  test("is one line again after many", () => {
    mkdirSync(at("cache"));
    for (let count = 0; count < 1001; count++) addToTally(cache.folder, 2);
    expect([tallyOf(cache.folder), readFileSync(at("cache/size"), "utf8")]).toEqual([2002, "2002\n"]);
  });
});
