/** `pipe clean` removes what pipe built, exactly as it built it, and nothing of a person's. */

import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Cleaned } from "../../src/core/upkeep.ts";
import { fresh, ran, restored, warningsOf } from "../rig/events.ts";
import { projectOf, type Project, type Run } from "../rig/project.ts";
import { contentsOf, filesBelow } from "../rig/snapshot.ts";
import { command, start } from "./command.ts";

const RULES: Readonly<Record<string, string>> = {
  clean: `rule({ inputs: { raw: "raw.txt" }, outputs: { rows: "out/deep/clean.txt", log: "out/clean.log" }, run: counting("clean", 'tr a-z A-Z < "$raw" > "$rows"; echo seen > "$log"') })`,
  all: `rule({ inputs: { raw: "raw.txt" }, outputs: { all: "model/all/" }, run: counting("all", 'mkdir -p "$all/sub"; cp "$raw" "$all/sub/copy"') })`,
  count: `rule({ inputs: { table: "data/{name}.csv" }, outputs: { rows: "reports/{name}.txt" }, run: counting("count", 'wc -l < "$table" > "$rows"') })`,
};

const declared = (...names: readonly string[]): string =>
  `{ ${names.map((name) => `${name}: ${RULES[name]}`).join(", ")} }`;

async function built(): Promise<Project> {
  const project = projectOf({ "raw.txt": "one\n", "data/a.csv": "1\n" });
  project.pipefile(declared("clean", "all", "count"));
  await project.build("clean", "all", "reports/a.txt");
  project.runs();
  return project;
}

async function cleaned(project: Project, ...args: readonly string[]): Promise<Cleaned> {
  const run: Run = await project.pipe(["clean", ...args]);
  if (run.code !== 0) throw new Error(run.stderr);
  return run.events[0] as unknown as Cleaned;
}

const removed = ({ removed }: Cleaned): readonly string[] => removed.map(({ path }) => path).toSorted();

const OUTPUTS = ["model/all/", "out/clean.log", "out/deep/clean.txt", "reports/a.txt"];

test("everything that was built goes, with the folders it leaves empty, and a build restores it", async () => {
  const project = await built();
  const before = contentsOf(project.at("out"));
  expect(await cleaned(project)).toMatchObject({ isDryRun: false, kept: [] });
  for (const path of ["out", "model", "reports/a.txt"]) expect([path, project.has(path)]).toEqual([path, false]);
  expect([project.read("raw.txt"), project.read("data/a.csv"), project.has("logs/clean.log")]).toEqual([
    "one\n",
    "1\n",
    true,
  ]);
  const run = await project.build("clean", "all", "reports/a.txt");
  expect([restored(run), project.runs()]).toEqual([["all", "clean", "count:name=a"], []]);
  expect(contentsOf(project.at("out"))).toEqual(before);
  expect(fresh(await project.build("clean", "all"))).toEqual(["all", "clean"]);
});

test("a rule means what it made, a path the artifact or all below it, and neither what they need", async () => {
  const project = await built();
  for (const [target, paths] of [
    ["clean", ["out/clean.log", "out/deep/clean.txt"]],
    ["out/clean.log", ["out/clean.log"]],
    ["out/", ["out/clean.log", "out/deep/clean.txt"]],
    ["model", ["model/all/"]],
    ["model/all/sub/copy", ["model/all/"]],
    ["count", ["reports/a.txt"]],
  ] as const)
    expect([target, removed(await cleaned(project, "-n", target))]).toEqual([target, paths]);
  await cleaned(project, "out/clean.log");
  expect([project.has("out/clean.log"), project.has("out/deep/clean.txt")]).toEqual([false, true]);
  const source = await project.pipe(["clean", "raw.txt"]);
  expect([source.code, source.stderr]).toEqual([2, expect.stringContaining("error[unknown-target]")]);
});

test("a dry run tells of the same and removes nothing", async () => {
  const project = await built();
  const before = filesBelow(project.root);
  const dry = await cleaned(project, "--dry-run");
  expect(removed(dry)).toEqual(OUTPUTS);
  expect(filesBelow(project.root)).toEqual(before);
  expect(await cleaned(project)).toEqual({ ...dry, isDryRun: false });
});

test("what a person edited is kept and named, also inside a directory, and so is a file put in the place of an output", async () => {
  const project = await built();
  project.write("out/clean.log", "mine\n");
  project.write("model/all/sub/stray", "mine\n");
  project.remove("reports/a.txt");
  project.write("reports/a.txt/mine", "mine\n");
  const { kept, ...rest } = await cleaned(project);
  expect(removed({ kept, ...rest })).toEqual(["out/deep/clean.txt"]);
  expect(kept.map(({ path, because }) => `${path} ${because}`).toSorted()).toEqual([
    "model/all/ edited",
    "out/clean.log edited",
    "reports/a.txt edited",
  ]);
  expect([
    project.read("out/clean.log"),
    project.read("model/all/sub/stray"),
    project.read("reports/a.txt/mine"),
  ]).toEqual(["mine\n", "mine\n", "mine\n"]);
});

test("a part of a directory that is kept stays, though it was an output of its own before", async () => {
  const project = projectOf({ "raw.txt": "one\n" });
  const rule = (outputs: string, run: string): string =>
    `{ make: rule({ inputs: { raw: "raw.txt" }, outputs: ${outputs}, run: '${run}' }) }`;
  project.pipefile(rule('{ out: "out/a.txt" }', 'cat "$raw" > "$out"'));
  await project.build();
  project.pipefile(rule('{ out: "out/" }', 'mkdir "$out"; cat "$raw" > "$out/a.txt"'));
  await project.build();
  project.write("out/stray.txt", "mine\n");
  for (const flags of [[], ["--dead"]]) await cleaned(project, ...flags);
  expect(filesBelow(project.at("out"))).toEqual(["a.txt", "stray.txt"]);
});

test("nothing goes behind a link out of the project", async () => {
  const project = await built();
  renameSync(project.at("out"), project.at("../elsewhere"));
  symlinkSync(project.at("../elsewhere"), project.at("out"));
  const { kept } = await cleaned(project, "clean");
  expect(kept.map(({ because }) => because)).toEqual(["outside", "outside"]);
  expect(filesBelow(project.at("../elsewhere"))).toEqual(["clean.log", "deep/clean.txt"]);
});

test("--dead removes what no rule makes any more, and nothing that one makes, reads, or a person edited", async () => {
  const project = await built();
  project.pipefile(declared("count"));
  await project.build("reports/a.txt");
  project.write("out/clean.log", "mine\n");
  expect(await cleaned(project)).toMatchObject({ removed: [{ path: "reports/a.txt" }], kept: [] });
  await project.build("reports/a.txt");
  const dry = await cleaned(project, "--dead", "-n");
  expect([removed(dry), dry.kept]).toEqual([["model/all/", "out/deep/clean.txt"], []]);
  expect(removed(await cleaned(project, "--dead"))).toEqual(removed(dry));
  expect([
    project.has("model"),
    project.has("out/deep"),
    project.read("out/clean.log"),
    project.has("reports/a.txt"),
  ]).toEqual([false, false, "mine\n", true]);
  expect(await cleaned(project, "--dead")).toMatchObject({ removed: [], kept: [] });
});

test("--dead removes what a step made earlier under another name, and keeps what serves as a source by now", async () => {
  const project = await built();
  const use = `use: rule({ inputs: { rows: "out/deep/clean.txt", copy: "model/all/sub/copy" }, outputs: { used: "used.txt" }, run: 'cat "$rows" > "$used"' })`;
  project.pipefile(`${declared("clean").replace("out/deep/clean.txt", "out/new.txt").slice(0, -1)}, ${use} }`);
  await project.build();
  const { kept, ...rest } = await cleaned(project, "--dead");
  expect(removed({ kept, ...rest })).toEqual(["reports/a.txt"]);
  expect(kept).toEqual([
    { path: "model/all/", because: "read" },
    { path: "out/deep/clean.txt", because: "read" },
  ]);
  expect([project.has("out/new.txt"), project.read("out/deep/clean.txt")]).toEqual([true, "ONE\n"]);
});

test("what a glob warned of as dead is gone after --dead, and the cache needs it no more", async () => {
  const project = projectOf({ "raw.txt": "one\n" });
  const list = `list: rule({ inputs: { all: glob("out/*") }, outputs: { list: "list.txt" }, run: 'echo $all > "$list"' })`;
  project.pipefile(`${declared("clean").slice(0, -1)}, ${list} }`);
  await project.build();
  project.pipefile(`{ ${list} }`);
  expect(warningsOf(await project.build())).toEqual(["dead-output"]);
  await cleaned(project, "--dead");
  expect(warningsOf(await project.build())).toEqual([]);
  await project.pipe(["gc", "--all"]);
  project.pipefile(declared("clean"));
  expect(ran(await project.build())).toEqual(["clean"]);
});

test("--dead takes no target", async () => {
  const project = await built();
  const run = await project.pipe(["clean", "--dead", "clean"]);
  expect([run.code, run.stderr]).toEqual([2, expect.stringContaining("error[usage]")]);
  expect(project.has("out/clean.log")).toBe(true);
});

test("while a build holds the project, clean, gc and verify wait for it, or fail with --no-wait", async () => {
  const project = projectOf();
  project.pipefile(
    `{ wait: rule({ inputs: {}, outputs: { out: "out.txt" }, run: 'echo > "$out"; tail -f /dev/null' }) }`,
  );
  const build = start(["build", "--json"], project.root);
  await build.printed('"step-started"');
  for (const name of ["clean", "gc", "verify"]) {
    const refused = await project.pipe([name, "--no-wait"]);
    expect([name, refused.code, refused.stderr]).toEqual([name, 3, expect.stringContaining("error[locked]")]);
  }
  // The stage of a build that runs is no leftover.
  const waiting = start(["gc"], project.root);
  await new Promise<void>((resolve) => waiting.child.stderr?.once("data", () => resolve()));
  expect(project.has(".pipe/stage/0/out.txt")).toBe(true);
  build.child.kill("SIGINT");
  await build.ended;
  expect((await waiting.ended).code).toBe(0);
});

test("a person is told what went, what was kept and why", async () => {
  const project = projectOf({ "raw.txt": "one\n" });
  project.pipefile(declared("clean"));
  await project.build();
  mkdirSync(project.at("out"), { recursive: true });
  writeFileSync(project.at("out/clean.log"), "mine\n");
  expect((await command(["clean", "-n"], project.root)).out).toBe(
    "would remove  out/deep/clean.txt (4 B)\nkept          out/clean.log: it is not what pipe built there any more\n1 to remove (4 B), 1 kept\n",
  );
  await command(["clean"], project.root);
  project.remove("out");
  expect((await command(["clean"], project.root)).out).toBe("nothing to clean\n");
});
