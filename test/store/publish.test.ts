/** Publishing: all of a step's outputs or none, wherever a kill comes between; and what a person edited is kept. */

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { Trace } from "../../src/core/staleness.ts";
import { Cache } from "../../src/store/cache.ts";
import { Observer } from "../../src/store/observer.ts";
import { Publisher, type Staged } from "../../src/store/publish.ts";
import { finishJournals } from "../../src/store/recover.ts";
import { State } from "../../src/store/state.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "pipe-publish-"));
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
const read = (path: string): string => readFileSync(join(root, path), "utf8");

function shelves() {
  const state = new State(join(root, ".pipe"));
  const observer = new Observer(root, state);
  return { root, state, observer, cache: new Cache(join(root, ".pipe/cache"), observer) };
}

const PLACE = ".pipe/stage/0";

/** Stages these outputs; a directory's content goes into a member `x`. */
function staged(outputs: Readonly<Record<string, string>>): readonly Staged[] {
  const { observer } = shelves();
  return Object.entries(outputs).map(([path, text]) => {
    write(`${PLACE}/${path}${path.endsWith("/") ? "x" : ""}`, text);
    return { path, place: `${PLACE}/${path}`, ...observer.digestAt(join(root, PLACE, path), path) };
  });
}

const traceOf = (outputs: readonly Staged[]): Trace => ({
  step: "s",
  fingerprint: "{}",
  inputs: [],
  discovered: [],
  outputs: outputs.map(({ path, digest }) => ({ path, digest })),
  startedMs: 0,
  durationMs: 0,
});

function publish(outputs: Readonly<Record<string, string>>) {
  const { state, ...rest } = shelves();
  const made = staged(outputs);
  const rescued: string[] = [];
  new Publisher({ state, ...rest }, "build").publish({ record: traceOf(made), staged: made }, (paths) =>
    rescued.push(...paths),
  );
  state.close();
  return { rescued };
}

test("outputs arrive with their trace, and a directory replaces all of the one before", () => {
  publish({ "out/a": "1", "d/": "1" });
  write("d/stray", "s");
  publish({ "out/a": "2", "d/": "2" });
  expect([read("out/a"), read("d/x"), readdirSync(join(root, "d"))]).toEqual(["2", "2", ["x"]]);
  expect(
    shelves()
      .state.trace("s")
      ?.outputs.map(({ path }) => path),
  ).toEqual(["out/a", "d/"]);
});

test("an output that already stands there with equal content is not touched", () => {
  write("a", "1");
  const { ino } = shelves().observer.digestAt(join(root, "a"), "a").stats;
  expect(publish({ a: "1" }).rescued).toEqual([]);
  expect(shelves().observer.digestAt(join(root, "a"), "a").stats.ino).toBe(ino);
});

test("what a person edited is kept, what pipe itself made is not", () => {
  publish({ a: "1" });
  expect(publish({ a: "2" }).rescued).toEqual([]);
  write("a", "mine");
  expect(publish({ a: "3" }).rescued).toEqual([".pipe/rescued/build/a"]);
  expect([read("a"), read(".pipe/rescued/build/a")]).toEqual(["3", "mine"]);
});

test("an output that is made no more is remembered as built", () => {
  publish({ a: "1", b: "1" });
  publish({ a: "1" });
  expect(shelves().state.builtDigest("b")).toBeDefined();
});

describe("a publish that was killed", () => {
  const OUTPUTS = { "out/a": "2", b: "2", "d/": "2" };

  /** Leaves the journal, and the first `done` moves made. */
  function killedAfter(done: number): void {
    publish({ "out/a": "1", b: "1", "d/": "1" });
    const made = staged(OUTPUTS);
    const { state } = shelves();
    const moves = made.map(({ path, place, digest }) => ({ to: path, from: place, digest }));
    state.append({ journals: [{ trace: traceOf(made), moves }] });
    state.close();
    for (const { to, from } of moves.slice(0, done)) {
      const target = join(root, to.replace(/\/$/, ""));
      if (to.endsWith("/")) renameSync(target, join(root, `${from.replace(/\/$/, "")}.old`));
      renameSync(join(root, from), target);
    }
  }

  function recover(): State {
    const { state, ...rest } = shelves();
    finishJournals({ state, ...rest }, "build");
    state.close();
    return shelves().state;
  }

  test.each([0, 1, 2, 3])("after %d of its renames is finished, once and for all", (done) => {
    killedAfter(done);
    for (const state of [recover(), recover()]) {
      expect([read("out/a"), read("b"), read("d/x")]).toEqual(["2", "2", "2"]);
      expect([state.trace("s")?.outputs.length, state.journals]).toEqual([3, []]);
    }
  });

  test("between moving the old directory aside and the new one in is finished too", () => {
    killedAfter(2);
    renameSync(join(root, "d"), join(root, PLACE, "d.old"));
    recover();
    expect(read("d/x")).toBe("2");
  });

  test("whose staged bytes are gone or changed leaves a step without a trace, and nothing is believed", () => {
    killedAfter(1);
    write(`${PLACE}/b`, "half");
    cpSync(join(root, "b"), join(root, "b.before"));
    const state = recover();
    expect([state.trace("s"), state.journals]).toEqual([undefined, []]);
    expect(read("b")).toBe(read("b.before"));
    expect(existsSync(join(root, "out/a"))).toBe(true);
  });
});
