/** What two steps are told apart by: the parts of a fingerprint, and the names of steps. */

import { expect, test } from "vitest";
import { idOf } from "../../src/core/catalog.ts";
import { checkedRules } from "../../src/core/declaration.ts";
import { canonicalJson, fingerprintText, readFingerprint, rulePart } from "../../src/core/fingerprint.ts";
import { pipeline, rule, type Wildcards } from "../../src/core/rule.ts";

const RULE = rulePart({ run: { command: "true", packages: {} }, params: {}, env: {}, tools: {}, inputs: [] });
const OUTPUTS = [{ name: "out", paths: ["a.b.c"], isList: false }];

test("one output path that is filled in two ways is made by two works", () => {
  const texts = [{ name: "a.b", ext: "c" }, { name: "a", ext: "b.c" }, {}].map((wildcards) =>
    fingerprintText(RULE, OUTPUTS, wildcards),
  );
  expect(new Set(texts).size).toBe(3);
});

test("what a rule contributes is canonical text, whatever it has of a command or a module", () => {
  const rest = { params: { b: 1, a: [2] }, env: { HOME: "x" }, tools: { z: "1" } };
  const runs = [
    { command: "true", shell: "sh", packages: {} },
    { module: "a.ts", code: "0", platform: "node 20", packages: { two: "2", one: "1" } },
  ];
  const inputs = [{ name: "in", paths: [], isList: true }];
  for (const run of runs)
    expect(rulePart({ run, ...rest, inputs })).toBe(canonicalJson({ ...run, ...rest, lists: { in: "list" } }));
});

test("a fingerprint reads back as its parts", () => {
  expect(readFingerprint(fingerprintText(RULE, OUTPUTS, { ext: "c", name: "a.b" }))).toEqual({
    command: "true",
    packages: {},
    params: {},
    env: {},
    tools: {},
    lists: {},
    outputs: { out: "a.b.c" },
    wildcards: { ext: "c", name: "a.b" },
  });
});

test("the order in which keys are written means nothing, at any depth", () => {
  expect(canonicalJson({ b: [{ d: 1, c: null }], a: "x" })).toBe(canonicalJson({ a: "x", b: [{ c: null, d: 1 }] }));
  expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]));
});

test("two fillings of a rule never share a name, whatever characters they hold", () => {
  const [checked] = checkedRules(pipeline({ r: rule({ inputs: {}, outputs: { out: "{a}/{b}" }, run: "true" }) }));
  if (checked === undefined) throw new Error("no rule");
  const fillings: readonly Wildcards[] = [
    { a: "x,b=y", b: "z" },
    { a: "x", b: "y,b=z" },
    { a: "x%2Cb=y", b: "z" },
    { a: "x", b: "y%2Cb=z" },
  ];
  expect(new Set(fillings.map((filling) => idOf(checked, filling))).size).toBe(fillings.length);
  expect(idOf(checked, { a: "1", b: "2=3" })).toBe("r:a=1,b=2=3");
});
