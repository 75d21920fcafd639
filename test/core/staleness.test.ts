/** Why a step is stale: a reason for each thing that differs, and none where nothing does. */

import { describe, expect, test } from "vitest";
import { canonicalJson, fingerprintText, rulePart } from "../../src/core/fingerprint.ts";
import type { Json } from "../../src/core/rule.ts";
import { ABSENT, staleness, type Observed, type Reason, type Trace } from "../../src/core/staleness.ts";

const parts = {
  run: { command: "cp", shell: "sh", packages: { csv: "1.0" } },
  params: { seed: 7, list: [1, 2] },
  env: { LOCALE: "a1" },
  tools: { python: "3.11" },
  inputs: [{ name: "rows", paths: ["a.csv"], isList: false }],
};
const outputs = [{ name: "out", paths: ["b.csv"], isList: false }];
const FINGERPRINT = fingerprintText(rulePart(parts), outputs);

const observed: Observed = {
  inputs: [
    { name: "rows", path: "a.csv", digest: "a" },
    { name: "rows", path: "c.csv", digest: "c" },
  ],
  discovered: [{ path: "d.csv", digest: "d" }],
  outputs: [{ path: "b.csv", digest: "b" }],
};
const trace: Trace = { step: "s", fingerprint: FINGERPRINT, startedMs: 0, durationMs: 1, ...observed };

const against = (change: Partial<Observed>): readonly Reason[] =>
  staleness(FINGERPRINT, trace, { ...observed, ...change });
const defined = (change: Partial<typeof parts>, made = outputs): readonly Reason[] =>
  staleness(fingerprintText(rulePart({ ...parts, ...change }), made), trace, observed);

/** With other params than the record has. */
function definedFrom(was: Readonly<Record<string, Json>>, now: Readonly<Record<string, Json>>): readonly Reason[] {
  const fingerprintOf = (params: typeof was): string => fingerprintText(rulePart({ ...parts, params }), outputs);
  return staleness(fingerprintOf(now), { ...trace, fingerprint: fingerprintOf(was) }, observed);
}

test("the same of everything is no reason", () => {
  expect(against({})).toEqual([]);
  expect(defined({})).toEqual([]);
});

test("without a record there is nothing to compare", () => {
  expect(staleness(FINGERPRINT, undefined, observed)).toEqual([{ part: "record", name: "" }]);
});

describe("what stands on disk", () => {
  test("an input's content, its coming and its going", () => {
    const [first, second] = observed.inputs as [Observed["inputs"][number], Observed["inputs"][number]];
    expect(against({ inputs: [{ ...first, digest: "x" }, second] })).toEqual([
      { part: "input", name: "a.csv", was: "a", now: "x" },
    ]);
    expect(against({ inputs: [first] })).toEqual([{ part: "input", name: "c.csv", was: "c" }]);
    const added = { name: "rows", path: "n.csv", digest: "n" };
    expect(against({ inputs: [first, second, added] })).toEqual([{ part: "input", name: "n.csv", now: "n" }]);
  });

  test("two inputs whose contents were swapped", () => {
    const swapped = observed.inputs.map((input) => ({ ...input, digest: input.digest === "a" ? "c" : "a" }));
    expect(against({ inputs: swapped }).map(({ name }) => name)).toEqual(["a.csv", "c.csv"]);
  });

  test("the order of a list alone", () => {
    expect(against({ inputs: observed.inputs.toReversed() })).toEqual([
      { part: "input", name: "rows", was: "a.csv, c.csv", now: "c.csv, a.csv" },
    ]);
  });

  test("an output that is gone or edited, a discovered input that vanished", () => {
    expect(against({ outputs: [{ path: "b.csv", digest: ABSENT }] })).toEqual([
      { part: "output", name: "b.csv", was: "b", now: ABSENT },
    ]);
    expect(against({ outputs: [{ path: "b.csv", digest: "e" }] })).toHaveLength(1);
    expect(against({ discovered: [{ path: "d.csv", digest: ABSENT }] })).toEqual([
      { part: "discovered", name: "d.csv", was: "d", now: ABSENT },
    ]);
  });
});

describe("what is declared", () => {
  test.each<[string, Partial<typeof parts>, Reason]>([
    ["the command", { run: { ...parts.run, command: "mv" } }, { part: "command", name: "", was: "cp", now: "mv" }],
    ["the shell", { run: { ...parts.run, shell: "bash" } }, { part: "shell", name: "", was: "sh", now: "bash" }],
    [
      "a package",
      { run: { ...parts.run, packages: { csv: "1.1" } } },
      { part: "package", name: "csv", was: "1.0", now: "1.1" },
    ],
    ["a param", { params: { ...parts.params, seed: 8 } }, { part: "param", name: "seed", was: "7", now: "8" }],
    ["a variable", { env: { LOCALE: "b2" } }, { part: "env", name: "LOCALE", was: "a1", now: "b2" }],
    ["a tool", { tools: { python: "3.12" } }, { part: "tool", name: "python", was: "3.11", now: "3.12" }],
  ])("%s", (_, change, reason) => {
    expect(defined(change)).toEqual([reason]);
  });

  test("a large param by the member that differs, however deep", () => {
    const table = (range: readonly number[]) => ({ schema: { columns: [{ name: "a" }, { name: "b", range }] } });
    const reasons = definedFrom(table([0, 1]), table([0, 2]));
    expect(reasons).toEqual([{ part: "param", name: "schema.columns.1.range.1", was: "1", now: "2" }]);
    const longer = { schema: { columns: [] } };
    expect(definedFrom(table([0, 1]), longer)).toMatchObject([{ name: "schema.columns", now: "[]" }]);
    expect(definedFrom({ a: { b: 1 } }, { a: null })).toEqual([
      { part: "param", name: "a", was: '{"b":1}', now: "null" },
    ]);
    expect(definedFrom({ a: { b: 1 } }, { a: {} })).toEqual([{ part: "param", name: "a.b", was: "1" }]);
  });

  test("a param that only JSON tells from the one before", () => {
    const changed = { params: { ...parts.params, seed: "7" as unknown as number } };
    expect(defined(changed)).toEqual([{ part: "param", name: "seed", was: "7", now: '"7"' }]);
  });

  test("an output's path, and an input that became a list", () => {
    expect(defined({}, [{ name: "out", paths: ["z.csv"], isList: false }])).toContainEqual({
      part: "output",
      name: "out",
      was: "b.csv",
      now: "z.csv",
    });
    const listed = [{ name: "rows", paths: ["a.csv"], isList: true }];
    expect(defined({ inputs: listed })).toEqual([{ part: "input", name: "rows", now: "list" }]);
  });

  test("not the order of keys", () => {
    expect(defined({ params: { list: [1, 2], seed: 7 } })).toEqual([]);
    expect(canonicalJson({ b: 1, a: { d: [1, { z: 1, y: 2 }], c: null } })).toBe(
      '{"a":{"c":null,"d":[1,{"y":2,"z":1}]},"b":1}',
    );
  });
});
