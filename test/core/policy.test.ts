/** The policies of a rule: what may be declared, and what the engine reads of it. */

import { describe, expect, test } from "vitest";
import { checkedRules, type CheckedRule } from "../../src/core/declaration.ts";
import { PipeError } from "../../src/core/error.ts";
import { fallbackRule } from "../../src/core/policy.ts";
import { pipeline, rule } from "../../src/core/rule.ts";

const MODULE = { inputs: {}, outputs: { o: "o" }, params: { batch: 64, seed: 7 }, run: () => Promise.resolve({}) };

const checked = (more: object): CheckedRule =>
  checkedRules(pipeline({ r: rule({ ...MODULE, ...more } as never) }))[0] as CheckedRule;

test("without a word a rule has no policy but the plain one", () => {
  const { policy, after } = checked({});
  expect(policy).toEqual({
    retry: undefined,
    timeoutMs: undefined,
    isTemporary: false,
    isAlways: false,
    isIsolated: false,
    hasScratch: false,
    hasDepfile: false,
  });
  expect(after).toEqual([]);
});

test("what is said is read in milliseconds, with the defaults filled in", () => {
  const { policy, after } = checked({ timeout: "1.5m", retry: { times: 2 }, after: "a/./b", temp: true });
  expect(policy).toMatchObject({
    timeoutMs: 90_000,
    isTemporary: true,
    retry: { times: 2, delayMs: 0, backoff: "none", on: "any", fallback: undefined },
  });
  expect(after).toEqual(["a/b"]);
});

test("a fallback takes the place of the params that it names", () => {
  const fallback = fallbackRule(checked({ retry: { times: 1, fallback: { batch: 8 } } }));
  expect(fallback?.params).toEqual({ batch: 8, seed: 7 });
  expect(fallbackRule(checked({ retry: { times: 1 } }))).toBeUndefined();
});

describe("refused, with what to write instead:", () => {
  test.each<[string, object]>([
    ["a timeout without a unit", { timeout: "5" }],
    ["a timeout of nothing", { timeout: "0s" }],
    ["a number of milliseconds", { timeout: 500 }],
    ["less than no retry", { retry: { times: -1 } }],
    ["half a retry", { retry: { times: 0.5 } }],
    ["a retry without times", { retry: { delay: "1s" } }],
    ["a retry with another field", { retry: { times: 1, wait: "1s" } }],
    ["another backoff", { retry: { times: 1, backoff: "fast" } }],
    ["a delay that is no length of time", { retry: { times: 1, delay: "soon" } }],
    ["one kind that is no list", { retry: { times: 1, on: "network" } }],
    ["a kind without a name", { retry: { times: 1, on: [""] } }],
    ["a fallback for no param", { retry: { times: 1, fallback: { bacth: 8 } } }],
    ["a fallback that is no object", { retry: { times: 1, fallback: 8 } }],
    ["a fallback that is no JSON", { retry: { times: 1, fallback: { batch: Number.NaN } } }],
    ["a depfile of a module", { depfile: true }],
    ["something after no path", { after: [5] }],
    ["something after what is out of the project", { after: "../x" }],
    ["a wildcard after a rule without", { after: "{x}.txt" }],
  ])("%s", (_what, more) => {
    let thrown: unknown;
    try {
      checked(more);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(PipeError);
    expect([(thrown as PipeError).exitCode, (thrown as PipeError).code]).toEqual([2, expect.stringMatching(/^bad-/)]);
    expect((thrown as PipeError).message).toMatch(/'r'|rule r/);
  });
});
