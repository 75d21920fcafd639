/** What of the graph runs for a target, and what is spared. */

import { lstatSync } from "node:fs";
import { expect, test } from "vitest";
import { eventsOf, failed, fresh, partsOf, ran, skipped } from "../rig/events.ts";
import { pipefileWith } from "../rig/pipefile.ts";
import { projectOf, type Project } from "../rig/project.ts";

const DIAMOND = `{
  top: rule({ inputs: { raw: "raw.txt" }, outputs: { out: "top.txt" }, run: counting("top", 'tr -d " " < "$raw" > "$out"') }),
  left: rule({ inputs: { top: "top.txt" }, outputs: { out: "left.txt" }, run: counting("left", 'cat "$top" > "$out"; echo left >> "$out"') }),
  right: rule({ inputs: { top: "top.txt" }, outputs: { out: "right.txt" }, run: counting("right", 'cat "$top" > "$out"; echo right >> "$out"') }),
  join: rule({ inputs: { all: ["left.txt", "right.txt"] }, outputs: { out: "join.txt" }, run: counting("join", 'cat $all > "$out"') }),
}`;

test("an unchanged output spares its dependents within the same run", async () => {
  const project = projectOf({ "raw.txt": "a b\n" });
  project.pipefile(DIAMOND);
  await project.build();
  project.runs();
  const before = lstatSync(project.at("top.txt"), { bigint: true });
  project.write("raw.txt", "a  b\n");
  const run = await project.build();
  expect(project.runs()).toEqual(["top"]);
  expect([ran(run), fresh(run)]).toEqual([["top"], ["join", "left", "right"]]);
  expect(eventsOf(run, "step-built")[0]?.outputs).toMatchObject([{ path: "top.txt", changed: false }]);
  // An output that already stands there with equal content is not touched.
  expect(lstatSync(project.at("top.txt"), { bigint: true }).ctimeNs).toBe(before.ctimeNs);
});

test("the step that both sides of a diamond need runs once", async () => {
  const project = projectOf({ "raw.txt": "a b\n" });
  project.pipefile(DIAMOND);
  await project.build("-j4");
  expect(project.runs().toSorted()).toEqual(["join", "left", "right", "top"]);
  expect(project.read("join.txt")).toBe("ab\nleft\nab\nright\n");
  project.write("raw.txt", "c\n");
  await project.build("-j4", "join", "left.txt", "top");
  expect(project.runs().toSorted()).toEqual(["join", "left", "right", "top"]);
});

test("a step that lost what it needs is skipped, and what does not need it keeps its outputs", async () => {
  const project = projectOf({ "raw.txt": "a\n" });
  project.pipefile(DIAMOND.replace(`counting("left", '`, `counting("left", 'grep -q a "$top"; `));
  await project.build();
  project.runs();
  project.write("raw.txt", "b\n");
  const run = await project.pipe(["build", "-j1"]);
  expect(run.code).toBe(1);
  expect(failed(run)).toEqual(["left"]);
  expect(skipped(run)).toContain("join");
  expect([project.read("left.txt"), project.read("join.txt")]).toEqual(["a\nleft\n", "a\nleft\na\nright\n"]);
  project.write("raw.txt", "aa\n");
  await project.build();
  expect(project.read("join.txt")).toBe("aa\nleft\naa\nright\n");
});

test("targets are rules, artifacts and instances; nothing beside them is touched", async () => {
  const project = projectOf({ "raw.txt": "a\n", "in/x.txt": "x\n", "in/y.txt": "y\n" });
  const copy = `const copy = rule({ inputs: { from: "in/{name}.txt" }, outputs: { to: "out/{name}.copy" }, run: counting("copy $name", 'cat "$from" > "$to"') });
    copy.for({ name: "x" });
    const alone = rule({ inputs: { raw: "raw.txt" }, outputs: { out: "alone.txt" }, run: counting("alone", 'cat "$raw" > "$out"') });`;
  project.write("Pipefile.ts", pipefileWith(copy, "{ copy, alone }"));
  expect(ran(await project.build("out/y.copy"))).toEqual(["copy:name=y"]);
  expect(ran(await project.build("copy"))).toEqual(["copy:name=x"]);
  expect(project.has("alone.txt")).toBe(false);
  expect(ran(await project.build("./alone.txt"))).toEqual(["alone"]);
  expect(fresh(await project.build("copy", "out/y.copy", "alone"))).toEqual(["alone", "copy:name=x", "copy:name=y"]);
  expect(project.runs()).toEqual(["copy y", "copy x", "alone"]);
});

test("./x is the artifact where a rule has the name x too", async () => {
  const project = projectOf();
  project.pipefile(`{
    x: rule({ inputs: {}, outputs: { out: "a.txt" }, run: 'echo a > "$out"' }),
    maker: rule({ inputs: {}, outputs: { out: "x" }, run: 'echo x > "$out"' }),
  }`);
  expect(ran(await project.build("x"))).toEqual(["x"]);
  expect(ran(await project.build("./x"))).toEqual(["maker"]);
});

test("without a target the default is built; without a default, every rule without wildcards", async () => {
  const rules = `{
    a: rule({ inputs: {}, outputs: { out: "a.txt" }, run: 'echo a > "$out"' }),
    b: rule({ inputs: {}, outputs: { out: "b.txt" }, run: 'echo b > "$out"' }),
    c: rule({ inputs: { a: "a.txt" }, outputs: { out: "c.txt" }, run: 'echo c > "$out"' }),
    each: rule({ inputs: { a: "{name}.txt" }, outputs: { out: "{name}.each" }, run: 'echo e > "$out"' }),
  }`;
  const project = projectOf();
  project.pipefile(rules, `default: ["c", "a.each"]`);
  expect(ran(await project.build())).toEqual(["a", "c", "each:name=a"]);
  project.pipefile(rules);
  expect(ran(await project.build())).toEqual(["b"]);
});

test("an id names its wildcards in the order of the pattern, each with any characters but a slash", async () => {
  const project = projectOf({ "in/2024-05.csv": "may\n" });
  project.pipefile(`{ month: rule({
    inputs: { csv: "in/{year}-{month}.csv" }, outputs: { out: "out/{month:[0-9]+}/{year:[0-9]+}.txt" },
    run: counting("month", 'echo "$year $month" > "$out"; cat "$csv" >> "$out"'),
  }) }`);
  expect(ran(await project.build("out/05/2024.txt"))).toEqual(["month:month=05,year=2024"]);
  expect(project.read("out/05/2024.txt")).toBe("2024 05\nmay\n");
  const refused = await project.pipe(["build", "out/may/2024.txt"]);
  expect([refused.code, project.runs()]).toEqual([2, ["month"]]);
});

test("a wildcard rule follows from another, and stands at most once in a chain", async () => {
  const project = projectOf({ "a.txt": "a\n" });
  project.pipefile(`{
    twice: rule({ inputs: { from: "{name}.txt" }, outputs: { to: "{name}.twice.txt" }, run: counting("twice", 'cat "$from" "$from" > "$to"') }),
    pack: rule({ inputs: { from: "{name}.txt" }, outputs: { to: "{name}.pack" }, run: counting("pack", 'cat "$from" > "$to"') }),
  }`);
  const refused = await project.pipe(["build", "a.twice.twice.pack"]);
  expect([refused.code, project.runs()]).toEqual([2, []]);
  expect(ran(await project.build("a.twice.pack"))).toEqual(["pack:name=a.twice", "twice:name=a"]);
  expect(project.runs()).toEqual(["twice", "pack"]);
});

test("what an earlier build left of a chain is no source for a longer one", async () => {
  const project = projectOf({ "a.txt": "a\n" });
  project.pipefile(
    `{ twice: rule({ inputs: { from: "{name}.txt" }, outputs: { to: "{name}.twice.txt" }, run: counting("twice", 'cat "$from" "$from" > "$to"') }) }`,
  );
  await project.build("a.twice.txt");
  project.runs();
  project.write("a.txt", "other\n");
  const refused = await project.pipe(["build", "a.twice.twice.txt"]);
  expect([refused.code, project.runs()]).toEqual([2, []]);
});

test("a rule without wildcards beats one with", async () => {
  const project = projectOf({ "in/a.txt": "a\n", "in/b.txt": "b\n" });
  project.pipefile(`{
    any: rule({ inputs: { from: "in/{name}.txt" }, outputs: { to: "out/{name}.txt" }, run: counting("any", 'cat "$from" > "$to"') }),
    one: rule({ inputs: { from: "in/a.txt" }, outputs: { to: "out/a.txt" }, run: counting("one", 'echo one > "$to"') }),
  }`);
  await project.build("out/a.txt", "out/b.txt");
  expect(project.runs().toSorted()).toEqual(["any", "one"]);
  expect(project.read("out/a.txt")).toBe("one\n");
});

test("a step without outputs is fresh on its inputs alone", async () => {
  const project = projectOf({ "raw.txt": "a\n" });
  project.pipefile(
    `{ check: rule({ inputs: { raw: "raw.txt" }, outputs: {}, run: counting("check", 'grep -q a "$raw"') }) }`,
  );
  await project.build();
  expect(fresh(await project.build("check"))).toEqual(["check"]);
  expect(project.runs()).toEqual(["check"]);
  project.write("raw.txt", "aa\n");
  expect(ran(await project.build())).toEqual(["check"]);
});

test("a long chain of steps is built and judged", async () => {
  const project = projectOf({ "0.txt": "a\n" });
  const rules = Array.from(
    { length: 60 },
    (_, at) =>
      `s${at}: rule({ inputs: { from: "${at}.txt" }, outputs: { to: "${at + 1}.txt" }, run: 'cat "$from" > "$to"' })`,
  );
  project.pipefile(`{ ${rules.toReversed().join(", ")} }`);
  expect(ran(await project.build("60.txt"))).toHaveLength(60);
  project.write("0.txt", "b\n");
  await project.build("60.txt");
  expect(project.read("60.txt")).toBe("b\n");
});

async function builtWithList(): Promise<Project> {
  const project = projectOf({ "in/b.txt": "b\n", "in/a.txt": "a\n", "in/skip.csv": "no\n" });
  project.pipefile(`{
    made: rule({ inputs: {}, outputs: { out: "in/made.txt" }, run: counting("made", 'echo made > "$out"') }),
    all: rule({ inputs: { files: glob("in/*.txt") }, outputs: { out: "all.txt" }, run: counting("all", 'while read -r file; do cat "$file"; done < "$files_file" > "$out"') }),
  }`);
  await project.build("all");
  expect(project.runs()).toEqual(["made", "all"]);
  expect(project.read("all.txt")).toBe("a\nb\nmade\n");
  return project;
}

test("a glob is a sorted list of sources and of outputs, built yet or not", async () => {
  const project = await builtWithList();
  expect(fresh(await project.build())).toEqual(["all", "made"]);
  project.remove("in/made.txt");
  expect(fresh(await project.build())).toEqual(["all"]);
  expect(project.runs()).toEqual([]);
});

test("a file that matches a glob and appears, goes or is renamed makes the step stale", async () => {
  const project = await builtWithList();
  project.write("in/c.txt", "c\n");
  project.write("in/other.csv", "no\n");
  expect(partsOf(await project.build(), "all")).toEqual(["input in/c.txt"]);
  expect(project.read("all.txt")).toBe("a\nb\nc\nmade\n");
  project.remove("in/a.txt");
  expect(partsOf(await project.build(), "all")).toEqual(["input in/a.txt"]);
  project.remove("in/b.txt");
  project.write("in/z.txt", "b\n");
  await project.build();
  expect(project.read("all.txt")).toBe("c\nmade\nb\n");
  expect(project.runs()).toEqual(["all", "all", "all"]);
});

test("an output that was renamed leaves a dead file, which no glob takes and a warning names", async () => {
  const project = await builtWithList();
  project.write("Pipefile.ts", project.read("Pipefile.ts").replace("in/made.txt", "in/new.txt"));
  const run = await project.build("all");
  expect(project.read("all.txt")).toBe("a\nb\nmade\n");
  expect(eventsOf(run, "warning")).toMatchObject([
    { code: "dead-output", message: expect.stringContaining("in/made.txt") as string },
  ]);
  expect(project.has("in/made.txt")).toBe(true);
  project.runs();
  await project.build("all");
  expect(project.runs()).toEqual([]);
});

test("a mapped glob asks a wildcard rule for each file", async () => {
  const project = projectOf({ "in/a.txt": "a\n", "in/b.txt": "b\n" });
  project.pipefile(`{
    upper: rule({ inputs: { from: "in/{name}.txt" }, outputs: { to: "up/{name}.txt" }, run: counting("upper $name", 'tr a-z A-Z < "$from" > "$to"') }),
    all: rule({ inputs: { files: glob("in/*.txt").map((path) => path.replace("in/", "up/")) }, outputs: { out: "all.txt" }, run: counting("all", 'cat $files > "$out"') }),
  }`);
  await project.build();
  expect(project.read("all.txt")).toBe("A\nB\n");
  project.runs();
  project.write("in/c.txt", "c\n");
  await project.build();
  expect(project.runs()).toEqual(["upper c", "all"]);
  project.remove("in/a.txt");
  await project.build();
  expect([project.runs(), project.read("all.txt")]).toEqual([["all"], "B\nC\n"]);
});
