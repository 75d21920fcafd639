/** `--param`: what stands for JSON, and what is told of a value that does not fit. */

import { expect, test } from "vitest";
import { checkedRules } from "../../src/core/declaration.ts";
import { withParams } from "../../src/core/params.ts";
import { pipeline, rule, type Json } from "../../src/core/rule.ts";

const PARAMS = { seed: 7, rate: 0.5, name: "a", list: [1], on: true };
const rules = checkedRules(pipeline({ "a.b": rule({ inputs: {}, outputs: {}, params: { ...PARAMS }, run: "true" }) }));
const given = (...texts: readonly string[]): Readonly<Record<string, Json>> =>
  withParams(
    rules,
    texts.map((text) => `a.b.${text}`),
  )[0]?.params ?? {};

test("the last of two values for one param counts, and the others stay as declared", () => {
  expect(given("seed=8", "seed=9")).toEqual({ ...PARAMS, seed: 9 });
});

test.each<[string, Json]>([
  ["name=", ""],
  ["name=5", "5"],
  [`name="5"`, "5"],
  ["name=a=b.c", "a=b.c"],
  ["rate=-1e-3", -0.001],
])("%s", (text, value) => {
  expect(given(text)[text.slice(0, text.indexOf("="))]).toBe(value);
});

// The second is a number that JSON can write and no double can hold.
test.each(["constructor=5", "seed=1e999", "seed=", "seed=0x10", "seed=NaN", "list={}", "on=null"])(
  "%s is refused",
  (text) => {
    expect(() => given(text)).toThrow(expect.objectContaining({ code: "bad-param" }));
  },
);
