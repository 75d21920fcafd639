/** What a person's override makes of a step, decided by values alone. */

import { expect, test } from "vitest";
import { fingerprintText, rulePart } from "../../src/core/fingerprint.ts";
import {
  holdOf,
  noteText,
  overrideOf,
  type Override,
  type OverrideKind,
  type OverrideNote,
} from "../../src/core/override.ts";
import type { Observed, Trace } from "../../src/core/staleness.ts";

const NOTE: OverrideNote = { kind: "restored", reason: "last good", who: "ada@here", atMs: Date.UTC(2026, 10, 22, 23) };

const fingerprintOf = (seed: number): string =>
  fingerprintText(
    rulePart({ run: { command: "true", shell: "sh", packages: {} }, params: { seed }, env: {}, tools: {}, inputs: [] }),
    [{ name: "out", paths: ["out.txt"], isList: false }],
    {},
  );

const trace: Trace = {
  step: "train",
  fingerprint: fingerprintOf(7),
  inputs: [{ name: "rows", path: "rows.csv", digest: "r" }],
  discovered: [{ path: "found.txt", digest: "f" }],
  outputs: [
    { path: "out.txt", digest: "o" },
    { path: "dir/", digest: "tree-d" },
  ],
  startedMs: 0,
  durationMs: 0,
};
const AS_RECORDED: Observed = { inputs: trace.inputs, discovered: trace.discovered, outputs: trace.outputs };

const overrideBy = (kind: OverrideKind): Override => ({ ...NOTE, kind, trace });

const CHANGES: readonly (readonly [string, string, Partial<Observed>])[] = [
  ["a param", fingerprintOf(8), {}],
  ["an input", trace.fingerprint, { inputs: [{ name: "rows", path: "rows.csv", digest: "other" }] }],
  ["an input that was found", trace.fingerprint, { discovered: [{ path: "found.txt", digest: "other" }] }],
];
const EDITED = [{ path: "out.txt", digest: "edited" }, trace.outputs[1] ?? { path: "", digest: "" }];

test.each(["accepted", "restored", "pinned"] as const)("what is %s holds as it was recorded", (kind) => {
  expect(holdOf(overrideBy(kind), trace.fingerprint, AS_RECORDED)).toMatchObject({ state: "holds", reasons: [] });
});

test.each(CHANGES)("%s that changed ends an acceptance, and says so", (_, fingerprint, change) => {
  const hold = holdOf(overrideBy("accepted"), fingerprint, { ...AS_RECORDED, ...change });
  expect([hold.state, hold.reasons.length]).toEqual(["ended", 1]);
});

test.each(CHANGES)("%s that changed ends no restoring and no pin", (_, fingerprint, change) => {
  for (const kind of ["restored", "pinned"] as const)
    expect(holdOf(overrideBy(kind), fingerprint, { ...AS_RECORDED, ...change }).state).toBe("holds");
});

test("an edited output ends an acceptance, and breaks what was restored or pinned", () => {
  const reasons = [{ part: "output", name: "out.txt", was: "o", now: "edited" }];
  const observed = { ...AS_RECORDED, outputs: EDITED };
  expect(holdOf(overrideBy("accepted"), trace.fingerprint, observed)).toMatchObject({ state: "ended", reasons });
  expect(holdOf(overrideBy("restored"), trace.fingerprint, observed)).toMatchObject({ state: "broken", reasons });
  expect(holdOf(overrideBy("pinned"), trace.fingerprint, observed)).toMatchObject({ state: "broken", reasons });
});

test("an override is found by its step, or by the same outputs under a new name", () => {
  const override = overrideBy("restored");
  const overrides = new Map([["train", override]]);
  const outputs = (...paths: readonly string[]) => [{ name: "out", paths, isList: true }];
  expect(overrideOf(overrides, { id: "train", outputs: outputs("elsewhere") })).toBe(override);
  expect(overrideOf(overrides, { id: "fit", outputs: outputs("out.txt", "dir/") })).toBe(override);
  expect(overrideOf(overrides, { id: "fit", outputs: outputs("out.txt") })).toBeUndefined();
});

test("a step without outputs is never taken for another", () => {
  const check = { ...NOTE, kind: "accepted" as const, trace: { ...trace, step: "check", outputs: [] } };
  const overrides = new Map([["check", check]]);
  expect(overrideOf(overrides, { id: "other", outputs: [] })).toBeUndefined();
  expect(overrideOf(overrides, { id: "check", outputs: [] })).toBe(check);
});

test("a note tells kind, day, person and reason", () => {
  expect(noteText(NOTE)).toBe('restored 2026-11-22 by ada@here: "last good"');
  expect(noteText({ ...NOTE, reason: "" })).toBe("restored 2026-11-22 by ada@here");
});
