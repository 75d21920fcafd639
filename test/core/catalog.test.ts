/** Paths that are known only once wildcards and globs are filled are checked like those that are declared. */

import { describe, expect, test } from "vitest";
import { catalogOf, type Catalog, type Disk } from "../../src/core/catalog.ts";
import { checkedRules } from "../../src/core/declaration.ts";
import { glob, pipeline, rule, type AnyRule } from "../../src/core/rule.ts";

function catalogFrom(rules: Readonly<Record<string, AnyRule>>, members: readonly string[] = []): Catalog {
  const disk: Disk = {
    exists: (path) => members.includes(path),
    isFile: (path) => members.includes(path),
    isOfAnotherKind: () => false,
    wasBuilt: () => false,
    holdsBuilt: () => false,
    isHeld: () => false,
    siblings: () => [],
    members: () => members,
    matcher: () => () => false,
  };
  return catalogOf(checkedRules(pipeline(rules)), disk);
}

const made = (outputs: Readonly<Record<string, string>>): AnyRule => rule({ inputs: {}, outputs, run: "true" });

/** The catalog of a wildcard rule with this output and this filling. */
function filled(out: string, wildcards: Readonly<Record<string, string>>): () => Catalog {
  return () => {
    const wild = rule({ inputs: {}, outputs: { out }, run: "true" });
    (wild.for as (wildcards: object) => unknown)(wildcards);
    return catalogFrom({ wild });
  };
}

describe("a filling", () => {
  test.each([
    ["out/{x}/f", { x: ".." }, "bad-path"],
    ["out/{x}/f", { x: "." }, "bad-path"],
    ["{x}/f", { x: ".." }, "bad-path"],
    ["{x:.*}/f", { x: "a//b" }, "bad-path"],
    ["{x:.*}", { x: "/etc/passwd" }, "bad-path"],
    ["{x}/state.log", { x: ".pipe" }, "bad-rule"],
    ["reports/{x}", { x: "builds.jsonl" }, "bad-rule"],
    ["{x}", { x: "reports" }, "bad-rule"],
    ["{x}/", { x: "reports" }, "bad-rule"],
  ])("of %s by %j is refused", (out, wildcards, code) => {
    expect(filled(out, wildcards)).toThrow(expect.objectContaining({ code }));
  });

  test.each([
    ["out/{x}/f", { x: "..." }],
    ["{x}/log", { x: "logs2" }],
    ["{x:.*}/f", { x: "a/b" }],
  ])("of %s by %j is none of these", (out, wildcards) => {
    expect(filled(out, wildcards)).not.toThrow();
  });

  test("does not stand for nothing, even where its expression would allow it", () => {
    const catalog = catalogFrom({ wild: made({ out: "d/{x:[a-z]*}.csv" }) }, ["d/.csv"]);
    expect(catalog.makersOf("d/.csv", new Set())).toEqual([]);
    expect(catalog.makersOf("d/a.csv", new Set()).map((step) => step.id)).toEqual(["wild:x=a"]);
  });
});

describe("the other outputs of a step that was asked for by one", () => {
  const wild = made({ out: "out/{x}.txt", log: "out/{x}.log" });
  const asked = (rules: Readonly<Record<string, AnyRule>>, ...paths: readonly string[]) => {
    const catalog = catalogFrom({ wild, ...rules });
    return () => paths.map((path) => catalog.makersOf(path, new Set()).map((step) => step.id));
  };

  test("belong to it alone: not to a rule without wildcards", () => {
    expect(asked({ plain: made({ out: "out/1.log" }) }, "out/1.txt")).toThrow(
      "out/1.log is an output of both plain and wild:x=1",
    );
  });

  test("not to a step of another wildcard rule", () => {
    const other = made({ out: "out/{y}.csv", log: "out/{y}.log" });
    expect(asked({ other }, "out/1.txt", "out/1.csv")).toThrow(expect.objectContaining({ code: "made-twice" }));
    expect(asked({ other }, "out/1.txt", "out/2.csv")()).toEqual([["wild:x=1"], ["other:y=2"]]);
  });

  test("not to another step of the same rule", () => {
    const nested = made({ a: "in/{x}.txt", b: "in/{x}.log.txt" });
    expect(asked({ nested }, "in/a.txt", "in/a.log.txt")).toThrow(expect.objectContaining({ code: "made-twice" }));
  });

  test("nor do they lie in a directory that another step makes as a whole", () => {
    const two = made({ out: "two/{x}.txt", inside: "all/{x}.txt" });
    expect(asked({ two, all: made({ out: "all/" }) }, "two/1.txt")).toThrow(
      expect.objectContaining({ code: "output-inside" }),
    );
  });

  test("may be asked for one after the other", () => {
    expect(asked({}, "out/1.txt", "out/1.txt", "out/1.log")()).toEqual([["wild:x=1"], ["wild:x=1"], ["wild:x=1"]]);
  });
});

describe("a glob", () => {
  const globbed =
    (pattern: string, rename?: (path: string) => string): (() => readonly string[]) =>
    () => {
      const files = rename === undefined ? glob(pattern) : glob(pattern).map(rename);
      const reads = rule({ inputs: { files }, outputs: { out: "out" }, run: "true" });
      return catalogFrom({ reads }, ["d/a", "d/b"]).steps[0]?.inputs[0]?.paths ?? [];
    };

  test.each(["../*", "/etc/*", "d/../../*", ""])("of %j leaves the project", (pattern) => {
    expect(globbed(pattern)).toThrow(expect.objectContaining({ code: "bad-path" }));
  });

  test.each(["../x", "/etc/passwd", "", ".pipe/x", "logs/x.log", undefined])("mapped to %j is refused", (path) => {
    expect(globbed("d/*", () => path as string)).toThrow(expect.objectContaining({ code: "bad-path" }));
  });

  test("is mapped to paths in their one spelling", () => {
    expect(globbed("d/*", (path) => `./x//${path}`)()).toEqual(["x/d/a", "x/d/b"]);
  });
});

test.each(["reports", "reports/"])("no rule makes %s, where pipe itself writes", (out) => {
  expect(() => checkedRules(pipeline({ bad: made({ out }) }))).toThrow(expect.objectContaining({ code: "bad-rule" }));
  const reads = rule({ inputs: { reports: "reports/" }, outputs: { out: "out" }, run: "true" });
  expect(() => checkedRules(pipeline({ reads }))).not.toThrow();
});
