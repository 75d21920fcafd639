/** What a Pipefile may not declare, and params that a command line gives. */

import { describe, expect, test } from "vitest";
import { checkedRules, type CheckedRule } from "../../src/core/declaration.ts";
import { nearest } from "../../src/core/nearest.ts";
import { withParams } from "../../src/core/params.ts";
import { pipeline, rule } from "../../src/core/rule.ts";
import { fits, moved } from "../../src/core/tokens.ts";

const checked = (declaration: object, options: object = {}): CheckedRule =>
  checkedRules(pipeline({ r: rule(declaration as never) }, options))[0] as CheckedRule;

const PLAIN = { inputs: { from: "a" }, outputs: { to: "b" }, run: "cp" };

test("slots are sorted by name, since the order of keys means nothing", () => {
  const { inputs } = checked({ ...PLAIN, inputs: { z: "1", a: ["2", "3"] } });
  expect(inputs.map(({ name, isList }) => [name, isList])).toEqual([
    ["a", true],
    ["z", false],
  ]);
});

describe("refused", () => {
  test.each<[string, object, string]>([
    ["an unknown field", { ...PLAIN, output: {} }, "bad-rule"],
    ["no action", { inputs: {}, outputs: {} }, "bad-rule"],
    ["an empty command", { ...PLAIN, run: "  " }, "bad-rule"],
    ["another shell", { ...PLAIN, shell: "fish" }, "bad-rule"],
    ["a number for a path", { ...PLAIN, inputs: { from: 3 } }, "bad-rule"],
    ["an output of pipe's own", { ...PLAIN, outputs: { to: ".pipe/x" } }, "bad-rule"],
    ["an input of pipe's own", { ...PLAIN, inputs: { from: "logs/x.log" } }, "bad-rule"],
    ["a path that leaves the project", { ...PLAIN, inputs: { from: "../x" } }, "bad-path"],
    ["a wildcard in inputs alone", { ...PLAIN, inputs: { from: "{x}" } }, "bad-rule"],
    ["an output without all wildcards", { ...PLAIN, outputs: { a: "{x}", b: "{x}{y}" } }, "bad-rule"],
    ["a name that no variable can have", { ...PLAIN, inputs: { "a-b": "a" } }, "bad-rule"],
    ["a name that the shell uses", { ...PLAIN, inputs: { PATH: "a" } }, "bad-rule"],
    ["a name for two things", { ...PLAIN, params: { to: 1 } }, "bad-rule"],
    ["a name that a list's file has", { inputs: { l: ["a"], l_file: "b" }, outputs: {}, run: "x" }, "bad-rule"],
    ["a param that is no JSON", { ...PLAIN, params: { when: new Date(0) } }, "bad-rule"],
    ["a param that is no number", { ...PLAIN, params: { nan: Number.NaN } }, "bad-rule"],
    ["an unknown pool", { ...PLAIN, resources: { pools: { net: 1 } } }, "bad-rule"],
    ["an odd amount of memory", { ...PLAIN, resources: { memory: "2 gigs" } }, "bad-rule"],
  ])("%s", (_, declaration, code) => {
    expect(() => checked(declaration)).toThrow(expect.objectContaining({ code }));
  });

  test("an option that pipeline() does not have", () => {
    expect(() => checked(PLAIN, { defaults: ["r"] })).toThrow(expect.objectContaining({ code: "bad-option" }));
  });
});

describe("--param", () => {
  const rules = [checked({ ...PLAIN, params: { seed: 7, mode: "fast", on: true, list: [1] } })];
  const param = (text: string): unknown => withParams(rules, [text])[0]?.params;

  test("takes JSON, or a bare string where a string is declared", () => {
    expect(param("r.seed=8")).toMatchObject({ seed: 8 });
    expect(param("r.mode=slow=er")).toMatchObject({ mode: "slow=er" });
    expect(param('r.mode="slow"')).toMatchObject({ mode: "slow" });
    expect(param("r.mode=7")).toMatchObject({ mode: "7" });
    expect(param("r.list=[2,3]")).toMatchObject({ list: [2, 3] });
  });

  test.each(["r.seed", "seed=1", "x.seed=1", "r.sed=1", "r.seed=abc", "r.seed=true", "r.on=1", "r.list={}"])(
    "refuses %s",
    (text) => {
      expect(() => param(text)).toThrow(expect.objectContaining({ code: "bad-param" }));
    },
  );
});

test("the nearest word is a few edits away, or there is none", () => {
  expect(nearest("claen", ["clean", "train"])).toBe("clean");
  expect(nearest("bulid", ["build", "why"])).toBe("build");
  expect(nearest("xyz", ["build", "why"])).toBeUndefined();
});

test("tokens that are taken and given back leave nothing behind", () => {
  const capacity = { cpu: 2, pool: 1 };
  const taken = moved({}, { by: { cpu: 8, pool: 1 }, sign: 1, capacity });
  expect(taken).toEqual({ cpu: 2, pool: 1 });
  expect(fits({ cpu: 1 }, { used: taken, capacity })).toBe(false);
  expect(moved(taken, { by: { cpu: 8, pool: 1 }, sign: -1, capacity })).toEqual({ cpu: 0, pool: 0 });
});
