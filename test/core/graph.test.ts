/** Who makes what, the graph of what targets need, and what no graph can be. */

import { describe, expect, test } from "vitest";
import { catalogOf, type Disk } from "../../src/core/catalog.ts";
import { checkedRules } from "../../src/core/declaration.ts";
import { graphOf, stepsOfTargets, type Graph } from "../../src/core/graph.ts";
import { glob, pipeline, rule, type AnyRule } from "../../src/core/rule.ts";

interface World {
  readonly sources?: readonly string[];
  readonly built?: readonly string[];
}

function diskOf({ sources = [], built = [] }: World): Disk {
  const files = [...sources, ...built];
  const matcher = (pattern: string) => (path: string) => new RegExp(`^${pattern.replaceAll("*", "[^/]*")}$`).test(path);
  return {
    exists: (path) => files.some((file) => file === path || file.startsWith(path)),
    isFile: (path) => files.includes(path),
    isOfAnotherKind: () => false,
    wasBuilt: (path) => built.includes(path),
    holdsBuilt: (path) => built.includes(path),
    isHeld: () => false,
    siblings: () => files,
    members: (pattern) => files.filter(matcher(pattern)),
    matcher,
  };
}

function draw(rules: Readonly<Record<string, AnyRule>>, world: World, targets: readonly string[]): Graph {
  const disk = diskOf(world);
  const catalog = catalogOf(checkedRules(pipeline(rules)), disk);
  return graphOf(catalog, disk, stepsOfTargets(catalog, disk, targets));
}

const ids = (graph: Graph): readonly string[] => graph.steps.map((step) => step.id);
const copy = (from: string | readonly string[], to: string): AnyRule =>
  rule({ inputs: { from }, outputs: { to }, run: "cp" });

describe("a graph", () => {
  const diamond = {
    a: copy("src", "a"),
    b: copy("a", "b"),
    c: copy("a", "c"),
    d: copy(["b", "c"], "d"),
    other: copy("src", "o"),
  };

  test("holds what the target needs, each step once and after what it needs", () => {
    const graph = draw(diamond, { sources: ["src"] }, ["d"]);
    expect(ids(graph)).toEqual(["a", "b", "c", "d"]);
    expect(graph.needs).toEqual([[], [0], [0], [1, 2]]);
    expect(graph.dependents).toEqual([[1, 2], [3], [3], []]);
  });

  test("is the same by rule and by path; ./ means the path", () => {
    const world = { sources: ["src"] };
    expect(ids(draw(diamond, world, ["./d"]))).toEqual(ids(draw(diamond, world, ["d"])));
    expect(ids(draw({ x: copy("src", "y"), y: copy("src", "x") }, world, ["x"]))).toEqual(["x"]);
    expect(ids(draw({ x: copy("src", "y"), y: copy("src", "x") }, world, ["./x"]))).toEqual(["y"]);
  });

  test("may be a chain longer than the call stack is deep", () => {
    const rules = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, at) => [`s${at}`, copy(`f${at}`, `f${at + 1}`)]),
    );
    expect(draw(rules, { sources: ["f0"] }, ["f20000"]).steps).toHaveLength(20_000);
  });

  test("knows a directory's members, and a directory by what is made in it", () => {
    const rules = {
      make: copy("src", "d/"),
      one: copy("d/x.csv", "one"),
      two: copy("e/", "two"),
      inside: copy("src", "e/y"),
    };
    const graph = draw(rules, { sources: ["src"] }, ["one", "two"]);
    expect(ids(graph)).toEqual(["make", "one", "inside", "two"]);
  });
});

describe("wildcards", () => {
  const count = rule({ inputs: { t: "in/{n}.csv" }, outputs: { o: "out/{n}.txt" }, run: "wc" });

  test("a path is made by the wildcard rule that matches, under the name of its filling", () => {
    expect(ids(draw({ count }, { sources: ["in/a.csv"] }, ["out/a.txt"]))).toEqual(["count:n=a"]);
  });

  test("a rule without wildcards beats one with", () => {
    expect(ids(draw({ count, own: copy("in/a.csv", "out/a.txt") }, { sources: ["in/a.csv"] }, ["out/a.txt"]))).toEqual([
      "own",
    ]);
  });

  test("a rule's name means its .for() instances", () => {
    const named = rule({ inputs: { t: "in/{n}.csv" }, outputs: { o: "out/{n}.txt" }, run: "wc" });
    named.for({ n: "b" });
    expect(ids(draw({ named }, { sources: ["in/b.csv"] }, ["named"]))).toEqual(["named:n=b"]);
    expect(() => draw({ count }, {}, ["count"])).toThrow(expect.objectContaining({ code: "no-instances" }));
  });

  test("a filling that the wildcards do not allow is refused", () => {
    const narrow = rule({ inputs: {}, outputs: { o: "{x:[a-z]+}.txt" }, run: "true" });
    narrow.for({ x: "12" });
    expect(() => draw({ narrow }, {}, ["narrow"])).toThrow(expect.objectContaining({ code: "bad-rule" }));
  });

  test("a rule stands at most once in a chain", () => {
    const zip = rule({ inputs: { f: "{n}" }, outputs: { z: "{n}.gz" }, run: "gzip" });
    expect(ids(draw({ zip }, { sources: ["a"] }, ["a.gz"]))).toEqual(["zip:n=a"]);
    expect(() => draw({ zip }, { sources: ["a"] }, ["a.gz.gz"])).toThrow(expect.objectContaining({ code: "no-rule" }));
    // What an earlier build made for another target is no source either.
    expect(() => draw({ zip }, { sources: ["a"], built: ["a.gz"] }, ["a.gz.gz"])).toThrow(
      expect.objectContaining({ code: "no-rule" }),
    );
  });

  test("a file that pipe did not make is never overwritten by a wildcard rule", () => {
    const user = copy("out/a.txt", "z");
    expect(() => draw({ count, user }, { sources: ["in/a.csv", "out/a.txt"] }, ["user"])).toThrow(
      expect.objectContaining({ code: "source-or-output" }),
    );
    expect(ids(draw({ count, user }, { sources: ["in/a.csv"], built: ["out/a.txt"] }, ["user"]))).toEqual([
      "count:n=a",
      "user",
    ]);
  });

  test("two that match are ambiguous", () => {
    const twin = rule({ inputs: {}, outputs: { o: "out/{x}.txt" }, run: "true" });
    expect(() => draw({ count, twin }, {}, ["out/a.txt"])).toThrow(
      expect.objectContaining({ code: "ambiguous-rules" }),
    );
  });
});

test("a glob holds sources and outputs, but no dead ones, and may name what rules make of them", () => {
  const rules = {
    made: copy("in/b.csv", "in/made.csv"),
    count: rule({ inputs: { t: "in/{n}.csv" }, outputs: { o: "out/{n}.txt" }, run: "wc" }),
    all: rule({
      inputs: {
        f: glob("in/*.csv"),
        c: glob("in/*.csv").map((path) => path.replace("in", "out").replace("csv", "txt")),
      },
      outputs: { o: "all" },
      run: "cat",
    }),
  };
  const world = { sources: ["in/b.csv", "in/a.csv"], built: ["in/dead.csv"] };
  const catalog = catalogOf(checkedRules(pipeline(rules)), diskOf(world));
  const inputs = catalog.steps.find((step) => step.id === "all")?.inputs;
  expect(inputs?.map((slot) => slot.paths)).toEqual([
    ["out/a.txt", "out/b.txt", "out/made.txt"],
    ["in/a.csv", "in/b.csv", "in/made.csv"],
  ]);
  // `in/dead.csv` could still be made by no rule at all.
  expect(catalog.deadOutputs).toEqual(["in/dead.csv"]);
});

describe("no graph", () => {
  test.each<[string, Readonly<Record<string, AnyRule>>, string, readonly string[]]>([
    ["a cycle, with its path", { a: copy("c", "a"), b: copy("a", "b"), c: copy("b", "c") }, "cycle", ["a → c → b → a"]],
    [
      "a missing source, with who needs it and the nearest name",
      { a: copy("sorce", "a") },
      "no-rule",
      ["sorce", "a needs", "source"],
    ],
    ["one output twice", { a: copy("source", "x"), b: copy("source", "./x") }, "made-twice", ["x", "a", "b"]],
    [
      "an output in another's directory",
      { a: copy("source", "d/"), b: copy("source", "d/x") },
      "output-inside",
      ["d/x", "d/"],
    ],
    [
      "an output under another's file",
      { a: copy("source", "d"), b: copy("source", "d/x") },
      "output-under-file",
      ["d/x", "a"],
    ],
    ["an unknown target", { abc: copy("source", "a") }, "unknown-target", []],
  ])("%s", (_, rules, code, says) => {
    const drawing = (): unknown => draw(rules, { sources: ["source"] }, [code === "unknown-target" ? "abd" : "a"]);
    expect(drawing).toThrow(expect.objectContaining({ code }));
    for (const text of says) {
      try {
        drawing();
      } catch (error) {
        expect(`${(error as Error).message} ${(error as { hint?: string }).hint}`).toContain(text);
      }
    }
  });
});
