/** Overrides in the state log, and their publishing: whole or not there, wherever a kill comes between. */

import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { digestsHeld, type Override, type OverrideNote } from "../../src/core/override.ts";
import type { Trace } from "../../src/core/staleness.ts";
import { Cache } from "../../src/store/cache.ts";
import { Observer } from "../../src/store/observer.ts";
import { Publisher, type Shelves, type Staged } from "../../src/store/publish.ts";
import { finishJournals } from "../../src/store/recover.ts";
import { State } from "../../src/store/state.ts";
import { temporaryFolder } from "../rig/project.ts";

let root = "";
beforeEach(() => {
  root = temporaryFolder();
});

const NOTE: OverrideNote = { kind: "restored", reason: "last good", who: "ada@here", atMs: 1_700_000_000_000 };

const traceOf = (step: string, digest = "d"): Trace => ({
  step,
  fingerprint: `{"step":"${step}"}`,
  inputs: [{ name: "in", path: `${step}.csv`, digest }],
  discovered: [{ path: "found", digest: "absent" }],
  outputs: [{ path: `${step}.out`, digest }],
  startedMs: 1_700_000_000_000,
  durationMs: 12,
});

const overrideOf = (step: string, digest = "d", note: Partial<OverrideNote> = {}): Override => ({
  ...NOTE,
  ...note,
  trace: traceOf(step, digest),
});

const reopened = (): State => new State(join(root, ".pipe"));

describe("the state log", () => {
  test("gives an override back as it was recorded, and the step's trace beside it", () => {
    const state = reopened();
    state.append({ traces: [traceOf("a", "newest")] });
    state.append({ overrides: [overrideOf("a", "older"), overrideOf("ü", "x", { kind: "accepted", reason: "" })] });
    state.settle();
    const again = reopened();
    expect([...again.overrides.values()]).toEqual([
      overrideOf("a", "older"),
      overrideOf("ü", "x", { kind: "accepted", reason: "" }),
    ]);
    expect(again.overrides.get("a")).toEqual(overrideOf("a", "older"));
    expect(again.trace("a")).toEqual(traceOf("a", "newest"));
  });

  test("knows the newest override of a step, and none that was released", () => {
    const state = reopened();
    state.append({ overrides: [overrideOf("a", "1"), overrideOf("b")] });
    state.append({ overrides: [overrideOf("a", "2", { reason: "better" })], released: ["b"] });
    state.close();
    expect([...reopened().overrides.values()]).toEqual([overrideOf("a", "2", { reason: "better" })]);
  });

  test("ends an override where a run is recorded, of that step alone", () => {
    const state = reopened();
    state.append({ overrides: [overrideOf("a"), overrideOf("b"), overrideOf("c")] });
    state.append({ traces: [traceOf("a")] });
    state.append({ journals: [{ trace: traceOf("b"), moves: [] }] });
    state.append({ completed: ["b"] });
    state.close();
    expect([...reopened().overrides.keys()]).toEqual(["c"]);
  });

  test("keeps overrides and their journals when it is written anew", () => {
    const state = reopened();
    for (let at = 0; at < 300; at++) state.append({ traces: [traceOf("a", `v${at}`)] });
    state.append({ overrides: [overrideOf("a"), overrideOf("b")] });
    state.append({ journals: [{ trace: traceOf("b", "next"), moves: [], override: NOTE }] });
    state.settle();
    expect(readFileSync(join(root, ".pipe/state.log"), "utf8").split("\n")).toHaveLength(2);
    const again = reopened();
    expect([...again.overrides.values()]).toEqual([overrideOf("a"), overrideOf("b")]);
    expect(again.journals).toEqual([{ trace: traceOf("b", "next"), moves: [], override: NOTE }]);
    expect(again.trace("a")).toEqual(traceOf("a", "v299"));
  });

  test("loses a torn override alone: the one before it counts again", () => {
    const state = reopened();
    state.append({ overrides: [overrideOf("a", "1")] });
    state.append({ overrides: [overrideOf("a", "2")] });
    state.close();
    const file = join(root, ".pipe/state.log");
    truncateSync(file, readFileSync(file).length - 9);
    const torn = reopened();
    expect([torn.overrides.get("a"), torn.damage]).toEqual([
      overrideOf("a", "1"),
      expect.stringContaining("1 of its records"),
    ]);
  });

  test("takes what was overridden for built: it is no source where its rule is gone", () => {
    const state = reopened();
    state.append({ traces: [traceOf("a", "newest")], overrides: [overrideOf("a", "older")] });
    expect(state.builtDigest("a.out")).toBe("older");
  });
});

test("the content of every output of an override is in use", () => {
  const many = { ...overrideOf("b"), trace: { ...traceOf("b"), outputs: [{ path: "dir/", digest: "tree-e" }] } };
  expect(digestsHeld([overrideOf("a", "d"), many])).toEqual(new Set(["d", "tree-e"]));
});

describe("publishing an override", () => {
  const PLACE = ".pipe/stage/0";
  const read = (path: string): string => readFileSync(join(root, path), "utf8");

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }

  function shelves(): Shelves {
    const state = reopened();
    const observer = new Observer(root, state);
    return { root, state, observer, cache: new Cache(join(root, ".pipe/cache"), observer) };
  }

  function staged(text: string): readonly Staged[] {
    const { observer } = shelves();
    return ["one.out", "two.out"].map((path) => {
      write(`${PLACE}/${path}`, text);
      return { path, place: `${PLACE}/${path}`, ...observer.digestAt(join(root, PLACE, path), path) };
    });
  }

  const traceFrom = (outputs: readonly Staged[]): Trace => ({
    ...traceOf("s"),
    outputs: outputs.map(({ path, digest }) => ({ path, digest })),
  });

  const ignored = (): void => {};

  /** Both outputs built as `new`, and `old` about to be put back over them. */
  function ready(): readonly Staged[] {
    const built = staged("new");
    const { state, ...rest } = shelves();
    new Publisher({ state, ...rest }, "b1").publish({ record: traceFrom(built), staged: built }, ignored);
    state.close();
    return staged("old");
  }

  test("puts the bytes in place and records the override, and leaves the trace", () => {
    const old = ready();
    const at = shelves();
    const before = at.state.trace("s");
    const rescued: string[] = [];
    new Publisher(at, "b2").publish({ record: { ...NOTE, trace: traceFrom(old) }, staged: old }, (paths) =>
      rescued.push(...paths),
    );
    expect(rescued).toEqual([]);
    at.state.close();
    expect([read("one.out"), read("two.out")]).toEqual(["old", "old"]);
    expect(reopened().overrides.get("s")).toEqual({ ...NOTE, trace: traceFrom(old) });
    expect(reopened().trace("s")).toEqual(before);
  });

  test("where the bytes stand there already, records it all the same", () => {
    const old = ready();
    write("one.out", "old");
    write("two.out", "old");
    const at = shelves();
    new Publisher(at, "b2").publish({ record: { ...NOTE, trace: traceFrom(old) }, staged: old }, ignored);
    at.state.close();
    expect(reopened().overrides.get("s")).toEqual({ ...NOTE, trace: traceFrom(old) });
  });

  test("killed after the journal, it is finished by the next start, and what a person edited is kept", () => {
    const old = ready();
    const { state } = shelves();
    const moves = old.map(({ path, place, digest }) => ({ to: path, from: place, digest }));
    state.append({ journals: [{ trace: traceFrom(old), moves, override: NOTE }] });
    state.close();
    write("two.out", "mine");
    const at = shelves();
    expect(finishJournals(at, "b3")).toEqual([{ step: "s", path: ".pipe/rescued/b3/two.out" }]);
    at.state.close();
    expect([read("one.out"), read("two.out"), read(".pipe/rescued/b3/two.out")]).toEqual(["old", "old", "mine"]);
    expect(reopened().overrides.get("s")).toEqual({ ...NOTE, trace: traceFrom(old) });
  });

  test("what cannot be finished leaves no override, and the record of the last run", () => {
    const old = ready();
    const { state } = shelves();
    const before = state.trace("s");
    const moves = [{ to: "one.out", from: `${PLACE}/gone`, digest: "0" }];
    state.append({ journals: [{ trace: traceFrom(old), moves, override: NOTE }] });
    state.close();
    const at = shelves();
    finishJournals(at, "b3");
    at.state.close();
    expect([[...reopened().overrides], reopened().journals, reopened().trace("s")]).toEqual([[], [], before]);
  });
});
