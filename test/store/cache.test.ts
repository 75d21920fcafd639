/** The cache: what was kept comes back as it was or not at all, and nothing outside reaches an object. */

import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { PathState } from "../../src/core/staleness.ts";
import { Cache } from "../../src/store/cache.ts";
import { cacheKey } from "../../src/store/candidate.ts";
import type { Candidate } from "../../src/store/candidate.ts";
import { Observer } from "../../src/store/observer.ts";
import { State } from "../../src/store/state.ts";
import { temporaryFolder } from "../rig/project.ts";

let root = "";
beforeEach(() => {
  root = temporaryFolder();
});

const at = (path: string): string => join(root, path);
const observer = (): Observer => new Observer(root, new State(at(".pipe")));
const cache = (): Cache => new Cache(at("cache"), observer());

/** Keeps what stands at a path, as it stands. */
function kept(path: string): PathState {
  const place = at(path.replace(/\/$/, ""));
  const artifact = { path, digest: observer().digestAt(place, path).digest };
  cache().store(place, artifact);
  return artifact;
}

function tree(): PathState {
  mkdirSync(at("d/empty"), { recursive: true });
  mkdirSync(at("d/deep"));
  writeFileSync(at("d/deep/a"), "a");
  writeFileSync(at("d/run.sh"), "echo");
  chmodSync(at("d/run.sh"), 0o755);
  symlinkSync("deep/a", at("d/link"));
  return kept("d/");
}

const objects = (): readonly string[] => readdirSync(at("cache/objects"));

test("a file comes back with its bytes and its executable bit", () => {
  writeFileSync(at("run"), "echo");
  chmodSync(at("run"), 0o755);
  expect(cache().restore(kept("run"), at("back"))).toBe(true);
  expect([readFileSync(at("back"), "utf8"), (statSync(at("back")).mode & 0o100) !== 0]).toEqual(["echo", true]);
});

test("a directory comes back whole: nested and empty folders, links, permissions", () => {
  const artifact = tree();
  expect(cache().restore(artifact, at("back"))).toBe(true);
  expect(observer().digestAt(at("back"), "back/").digest).toBe(artifact.digest);
  expect([readlinkSync(at("back/link")), readdirSync(at("back/empty"))]).toEqual(["deep/a", []]);
});

test("what is done to an artifact, kept or restored, reaches no object", () => {
  writeFileSync(at("a"), "a");
  const artifact = kept("a");
  appendFileSync(at("a"), "more");
  cache().restore(artifact, at("back"));
  appendFileSync(at("back"), "more");
  expect(cache().isWhole(artifact.digest)).toBe(true);
});

describe("an object that is damaged", () => {
  test("is a miss, thrown away, and replaced when the same is kept again", () => {
    writeFileSync(at("a"), "abc");
    const artifact = kept("a");
    writeFileSync(at(`cache/objects/${artifact.digest}`), "abd");
    expect([cache().isWhole(artifact.digest), cache().restore(artifact, at("back"))]).toEqual([false, false]);
    expect(objects()).toEqual([]);
    kept("a");
    expect(cache().restore(artifact, at("back"))).toBe(true);
  });

  test("spoils a directory that has it as a member, which then does not count as kept", () => {
    for (const name of (tree(), objects())) {
      const artifact = kept("d/");
      truncateSync(at(`cache/objects/${name}`), 0);
      expect([cache().isWhole(artifact.digest), cache().restore(artifact, at(`back-${name}`))]).toEqual([false, false]);
    }
  });
});

describe("the runs of a key", () => {
  const candidate = (digest: string): Candidate => ({
    discovered: [],
    outputs: [{ path: "a", digest }],
    log: undefined,
  });
  const digests = (): readonly unknown[] =>
    cache()
      .candidates("key")
      .map(({ outputs }) => outputs[0]?.digest);

  test("come newest first, and the same one twice is one", () => {
    const same = cache();
    for (const digest of ["1", "2", "2"]) same.remember("key", candidate(digest));
    expect([same.candidates("key").length, digests()]).toEqual([2, ["2", "1"]]);
  });

  test.each(["{", "null", "[]", `{"outputs":[null],"discovered":[]}`, `{"outputs":[{"path":1}],"discovered":[]}`])(
    "are found beside the line %j",
    (line) => {
      cache().remember("key", candidate("1"));
      appendFileSync(at("cache/entries/key"), `\n${line}`);
      cache().remember("key", candidate("2"));
      expect(digests()).toEqual(["2", "1"]);
    },
  );
});

test("a key tells apart fingerprints, and inputs by name, path, content and order", () => {
  const input = { name: "n", path: "p", digest: "d" };
  const other = { ...input, path: "x" };
  const lists = [
    [input],
    [{ ...input, name: "x" }],
    [other],
    [{ ...input, digest: "x" }],
    [input, other],
    [other, input],
    [],
  ];
  const keys = [cacheKey(`{"a":1}`, [input]), ...lists.map((inputs) => cacheKey("{}", inputs))];
  expect(new Set(keys).size).toBe(keys.length);
});
