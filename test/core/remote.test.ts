/** URLs among the inputs become rules that fetch them. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkedRules, type CheckedRule } from "../../src/core/declaration.ts";
import { checkedUrl, isUrl, withFetches } from "../../src/core/remote.ts";
import { pipeline, rule } from "../../src/core/rule.ts";
import { url } from "../../src/core/url.ts";

const digestOf = (text: string): string =>
  Buffer.from(text).toString("hex").padEnd(64, "0").split("").toReversed().join("");
const TABLE = url("https://example.org/data/table.csv.gz?version=2");
const OTHER = url("https://example.org/data/other.csv");
const run = "true";

const fetched = (rules: readonly CheckedRule[]): readonly CheckedRule[] => withFetches(rules, digestOf);
const named = (rules: readonly CheckedRule[], name: string): CheckedRule | undefined =>
  rules.find((each) => each.name === name);

describe("rules that read URLs", () => {
  const rules = fetched(
    checkedRules(
      pipeline(
        {
          first: rule({
            inputs: { a: TABLE, b: "b.csv" },
            outputs: { out: "first.txt" },
            params: { n: 1 },
            retry: { times: 2, on: ["network"], fallback: { n: 2 } },
            timeout: "1m",
            resources: { cpu: 4, memory: "1GB", pools: { network: 1 } },
            run,
          }),
          second: rule({ inputs: { list: [OTHER, "c.csv", TABLE] }, outputs: { out: "second.txt" }, run }),
        },
        { pools: { network: 2 } },
      ),
    ),
  );

  test("come after one rule for each URL, however many read it", () => {
    expect(rules.map(({ name }) => name)).toEqual([TABLE, OTHER, "first", "second"]);
    expect(rules.map(({ isFetch }) => isFetch)).toEqual([true, true, false, false]);
  });

  test("read the files of those in their place", () => {
    const fileOf = (name: string): string | undefined => named(rules, name)?.outputs[0]?.paths[0];
    expect(fileOf(TABLE)).toMatch(/^\.pipe\/sources\/[0-9a-f]{16}\/table\.csv\.gz$/);
    expect(fileOf(TABLE)).not.toBe(fileOf(OTHER));
    expect(named(rules, "first")?.inputs.map(({ paths }) => paths)).toEqual([[fileOf(TABLE)], ["b.csv"]]);
    expect(named(rules, "second")?.inputs[0]?.paths).toEqual([fileOf(OTHER), "c.csv", fileOf(TABLE)]);
  });

  test("lend them the retry, timeout and pools of the first, but no fallback, and neither cores nor memory", () => {
    const fetch = named(rules, TABLE);
    expect(fetch?.policy).toMatchObject({
      retry: { times: 2, on: ["network"], fallback: undefined },
      timeoutMs: 60_000,
    });
    expect(fetch?.tokens).toEqual({ cpu: 1, network: 1 });
    expect(named(rules, OTHER)?.policy.retry).toBeUndefined();
  });
});

test("rules that read none are left as they are", () => {
  const rules = checkedRules(pipeline({ a: rule({ inputs: { a: "a.csv" }, outputs: { out: "out.txt" }, run }) }));
  expect(fetched(rules)).toBe(rules);
});

test("any URL of http has one spelling, which is its own, and a file name that is one", () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (text) => {
      fc.pre(!/[{}]/.test(text));
      const spelled = checkedUrl(text, "here");
      expect(isUrl(spelled)).toBe(true);
      expect(checkedUrl(spelled, "here")).toBe(spelled);
      expect(spelled).not.toContain("#");
      const [fetch] = fetched(checkedRules(pipeline({ a: rule({ inputs: { a: text }, outputs: { out: "o" }, run }) })));
      expect(fetch?.outputs[0]?.paths[0]).toMatch(/^\.pipe\/sources\/[0-9a-f]{16}\/[\w.=,@-]{1,100}$/);
    }),
  );
});

test.for([
  "https://",
  "http://a b/",
  "https://me@example.org/",
  "https://:secret@example.org/",
  "https://example.org/{x}",
])("%s is refused", (text) => {
  expect(() => checkedUrl(text, "rule a, 'b'")).toThrow("rule a, 'b': '");
  expect(() => checkedUrl(text, "here")).not.toThrow("secret");
});
