/** The state log: what was appended is read again, and nothing that happened to the file makes a crash or a lie. */

import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { Trace } from "../../src/core/staleness.ts";
import { State } from "../../src/store/state.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pipe-state-"));
});

const traceOf = (step: string, digest = "d"): Trace => ({
  step,
  fingerprint: `{"step":"${step}"}`,
  inputs: [{ name: "in", path: `${step}.csv`, digest }],
  discovered: [{ path: "found", digest: "absent" }],
  outputs: [{ path: `${step}.out`, digest }],
  startedMs: 1_700_000_000_000,
  durationMs: 12,
});

const reopened = (): State => new State(folder);
const file = (): string => join(folder, "state.log");

function written(...steps: readonly string[]): void {
  const state = reopened();
  for (const step of steps) state.append({ traces: [traceOf(step)] });
  state.close();
}

test("what was built a moment ago is known to be built", () => {
  written("a");
  const state = reopened();
  expect(state.builtDigest("a.out")).toBe("d");
  state.append({ traces: [traceOf("b")] });
  state.append({ journals: [{ trace: traceOf("c"), moves: [] }] });
  state.append({ completed: ["c"] });
  expect([state.builtDigest("b.out"), state.builtDigest("c.out")]).toEqual(["d", "d"]);
});

test("traces, signatures and the salt are read again", () => {
  const state = reopened();
  const signature = {
    digest: "x",
    device: 1,
    inode: 2 ** 40,
    sizeBytes: 3,
    modifiedMs: 1.25,
    changedMs: 2.5,
    isTrusted: true,
  };
  state.append({ traces: [traceOf("a"), traceOf('ü \n"')], signatures: [["p", signature]] });
  state.settle();
  const again = reopened();
  expect([...again.traces]).toEqual(["a", 'ü \n"']);
  expect(again.trace('ü \n"')).toEqual(traceOf('ü \n"'));
  expect(again.signature("p")).toEqual(signature);
  expect([again.salt, again.damage]).toEqual([state.salt, undefined]);
});

test("the newest trace of a step counts, and a dropped one is gone", () => {
  const state = reopened();
  state.append({ traces: [traceOf("a", "old"), traceOf("b")] });
  state.append({ traces: [traceOf("a", "new")], dropped: ["b"] });
  state.close();
  expect(reopened().trace("a")?.outputs).toEqual([{ path: "a.out", digest: "new" }]);
  expect(reopened().trace("b")).toBeUndefined();
});

test("a journal's trace counts from its completion on, not before", () => {
  const state = reopened();
  const moves = [{ to: "a.out", from: ".pipe/stage/0/a.out", digest: "d" }];
  state.append({ journals: [{ trace: traceOf("a"), moves }] });
  state.close();
  expect([reopened().trace("a"), reopened().journals]).toEqual([undefined, [{ trace: traceOf("a"), moves }]]);
  state.append({ completed: ["a"] });
  state.close();
  expect([reopened().trace("a"), reopened().journals]).toEqual([traceOf("a"), []]);
});

test("two writers at once lose nothing", () => {
  const [one, two] = [reopened(), reopened()];
  for (let at = 0; at < 20; at++) (at % 2 === 0 ? one : two).append({ traces: [traceOf(`s${at}`)] });
  one.close();
  two.close();
  expect([...reopened().traces]).toHaveLength(20);
});

describe("a file that was damaged", () => {
  test("loses the torn line alone, and the next one starts afresh", () => {
    written("a", "b");
    writeFileSync(file(), readFileSync(file(), "utf8").slice(0, -9));
    written("c");
    const state = reopened();
    expect([...state.traces]).toEqual(["a", "c"]);
    expect(state.damage).toContain("1 of its records");
  });

  test("is not read where its first line is of another version, and is set aside", () => {
    written("a");
    writeFileSync(file(), readFileSync(file(), "utf8").replace("pipe state 1", "pipe state 9"));
    const state = reopened();
    expect([[...state.traces], state.damage]).toEqual([[], expect.stringContaining("another version")]);
    state.append({ traces: [traceOf("b")] });
    state.close();
    expect([...reopened().traces]).toEqual(["b"]);
    expect(readFileSync(`${file()}.old`, "utf8")).toContain("pipe state 9");
  });

  test("never gives what was not written, whatever byte is changed", () => {
    written("a", "b", "c");
    const bytes = readFileSync(file());
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] as number) ^ change;
        writeFileSync(file(), changed);
        const state = reopened();
        for (const step of state.traces) expect(state.trace(step)).toEqual(traceOf(step));
      }),
    );
  });

  test("is whole again after the next settling", () => {
    written("a", "b");
    appendFileSync(file(), "\ngarbage");
    reopened().settle();
    expect([reopened().damage, [...reopened().traces]]).toEqual([undefined, ["a", "b"]]);
  });
});

test("a file that is mostly history is written anew, with all that is live", () => {
  const state = reopened();
  for (let at = 0; at < 300; at++) state.append({ traces: [traceOf("a", `v${at}`)] });
  state.append({ journals: [{ trace: traceOf("open"), moves: [] }], abandoned: [{ path: "gone.out", digest: "g" }] });
  state.settle();
  expect(readFileSync(file(), "utf8").split("\n")).toHaveLength(2);
  const again = reopened();
  expect(again.trace("a")).toEqual(traceOf("a", "v299"));
  expect([again.journals.length, again.builtDigest("gone.out"), again.salt]).toEqual([1, "g", state.salt]);
});
