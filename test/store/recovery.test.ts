/** What stands in the way of finishing a killed publish holds up nothing, and nothing of a person's is lost over it. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import type { Trace } from "../../src/core/staleness.ts";
import { Cache } from "../../src/store/cache.ts";
import { Observer } from "../../src/store/observer.ts";
import type { Shelves } from "../../src/store/publish.ts";
import { finishJournals, type Rescued } from "../../src/store/recover.ts";
import { State } from "../../src/store/state.ts";
import { temporaryFolder } from "../rig/project.ts";

const PLACE = ".pipe/stage/0";

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function shelvesAt(root: string): Shelves {
  const state = new State(join(root, ".pipe"));
  const observer = new Observer(root, state);
  return { root, state, observer, cache: new Cache(join(root, ".pipe/cache"), observer) };
}

/** A project killed before the first rename of two outputs, `a/out` and `b/out`; both made before, holding `old`. */
function killed(): string {
  const root = temporaryFolder();
  const { state, observer } = shelvesAt(root);
  const digest = (place: string): string => observer.digestAt(join(root, place), "file").digest;
  const traceOf = (folder: string): Trace => ({
    step: "step",
    fingerprint: "{}",
    inputs: [],
    discovered: [],
    outputs: ["a/out", "b/out"].map((path) => ({ path, digest: digest(`${folder}${path}`) })),
    startedMs: 0,
    durationMs: 0,
  });
  for (const path of ["a/out", "b/out"]) {
    write(join(root, path), "old");
    write(join(root, PLACE, path), "new");
  }
  state.append({ traces: [traceOf("")] });
  const trace = traceOf(`${PLACE}/`);
  state.append({
    journals: [
      { trace, moves: trace.outputs.map(({ path, digest }) => ({ to: path, from: `${PLACE}/${path}`, digest })) },
    ],
  });
  state.close();
  return root;
}

/** What the next start of pipe does, and what it then knows. */
function next(root: string): {
  readonly rescued: readonly Rescued[];
  readonly isTraced: boolean;
  readonly left: number;
} {
  const shelves = shelvesAt(root);
  const rescued = finishJournals(shelves, "build");
  shelves.state.close();
  const { state } = shelvesAt(root);
  return { rescued, isTraced: state.trace("step") !== undefined, left: state.journals.length };
}

const read = (root: string, path: string): string => readFileSync(join(root, path), "utf8");

test("an output that a person edited after the kill is kept before it is replaced", () => {
  const root = killed();
  write(join(root, "b/out"), "mine");
  expect(next(root)).toEqual({
    rescued: [{ step: "step", path: ".pipe/rescued/build/b/out" }],
    isTraced: true,
    left: 0,
  });
  expect([read(root, "a/out"), read(root, "b/out"), read(root, ".pipe/rescued/build/b/out")]).toEqual([
    "new",
    "new",
    "mine",
  ]);
});

test("what the step made before is replaced without a word", () => {
  const root = killed();
  expect(next(root)).toEqual({ rescued: [], isTraced: true, left: 0 });
  expect(existsSync(join(root, ".pipe/rescued"))).toBe(false);
});

test("a folder that is gone since is made again", () => {
  const root = killed();
  rmSync(join(root, "b"), { recursive: true });
  expect(next(root)).toEqual({ rescued: [], isTraced: true, left: 0 });
  expect(read(root, "b/out")).toBe("new");
});

test("a file in the place of a folder leaves the step stale, and the next start has nothing to finish", () => {
  const root = killed();
  rmSync(join(root, "b"), { recursive: true });
  write(join(root, "b"), "mine");
  expect(next(root)).toEqual({ rescued: [], isTraced: false, left: 0 });
  expect(read(root, "b")).toBe("mine");
});

test("a folder that became a symlink out of the project is not followed", () => {
  const [root, elsewhere] = [killed(), temporaryFolder()];
  rmSync(join(root, "b"), { recursive: true });
  symlinkSync(elsewhere, join(root, "b"));
  expect(next(root)).toEqual({ rescued: [], isTraced: false, left: 0 });
  expect(readdirSync(elsewhere)).toEqual([]);
});
