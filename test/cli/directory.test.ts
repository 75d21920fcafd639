/** Directories as artifacts: a tree of names and contents, as one piece. */

import { chmodSync, mkdirSync, renameSync, rmdirSync, symlinkSync, unlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { eventsOf, fresh, partsOf, plansOf, ran, restored } from "../rig/events.ts";
import { projectOf, type Project } from "../rig/project.ts";
import { contentsOf } from "../rig/snapshot.ts";

const LIST = `{ list: rule({ inputs: { folder: "in/" }, outputs: { out: "list.txt" }, run: counting("list", '(cd "$folder" && find . | sort) > "$out"') }) }`;

async function builtFromDirectory(): Promise<Project> {
  const project = projectOf({ "in/a.txt": "a\n", "in/deep/er/b.txt": "b\n" });
  symlinkSync("a.txt", project.at("in/link"));
  project.pipefile(LIST);
  await project.build();
  expect(project.runs()).toEqual(["list"]);
  return project;
}

const CHANGES: Readonly<Record<string, (project: Project) => void>> = {
  "a file is added": (project) => project.write("in/c.txt", "c\n"),
  "a file is added deep down": (project) => project.write("in/deep/er/c.txt", "c\n"),
  "a hidden file is added": (project) => project.write("in/.hidden", ""),
  "a file is removed": (project) => project.remove("in/a.txt"),
  "a file is renamed": (project) => renameSync(project.at("in/a.txt"), project.at("in/z.txt")),
  "a file moves to another folder": (project) =>
    renameSync(project.at("in/deep/er/b.txt"), project.at("in/deep/b.txt")),
  "a file's content changes": (project) => project.write("in/deep/er/b.txt", "c\n"),
  "a file may be executed now": (project) => chmodSync(project.at("in/a.txt"), 0o755),
  "an empty folder is added": (project) => mkdirSync(project.at("in/empty")),
  "a folder goes": (project) => project.remove("in/deep"),
  "a link points elsewhere": (project) => {
    unlinkSync(project.at("in/link"));
    symlinkSync("deep/er/b.txt", project.at("in/link"));
  },
  "a link becomes a file of the same content": (project) => {
    unlinkSync(project.at("in/link"));
    project.write("in/link", "a\n");
  },
};

test("a step is stale when anything in its input directory changes, each for that reason", async () => {
  for (const [change, edit] of Object.entries(CHANGES)) {
    const project = await builtFromDirectory();
    edit(project);
    const run = await project.build();
    expect([change, partsOf(run, "list"), project.runs()]).toEqual([change, ["input in/"], ["list"]]);
  }
}, 60_000);

test("an empty folder counts, and so does that it goes", async () => {
  const project = await builtFromDirectory();
  mkdirSync(project.at("in/empty"));
  await project.build();
  rmdirSync(project.at("in/empty"));
  expect(restored(await project.build())).toEqual(["list"]);
  expect(project.read("list.txt")).not.toContain("empty");
});

test("a write of the same bytes in a directory changes nothing", async () => {
  const project = await builtFromDirectory();
  project.write("in/a.txt", "a\n");
  expect(fresh(await project.build())).toEqual(["list"]);
  expect(project.runs()).toEqual([]);
});

const SPLIT = `{
  split: rule({ inputs: { raw: "raw.txt" }, outputs: { parts: "parts/" }, run: counting("split", 'mkdir -p "$parts/deep" "$parts/empty"; while read -r name text; do echo "$text" > "$parts/$name"; done < "$raw"') }),
  one: rule({ inputs: { part: "parts/deep/one" }, outputs: { out: "one.txt" }, run: counting("one", 'cat "$part" > "$out"') }),
  all: rule({ inputs: { parts: "parts/" }, outputs: { out: "all.txt" }, run: counting("all", '(cd "$parts" && find . | sort) > "$out"') }),
}`;

async function builtToDirectory(): Promise<Project> {
  const project = projectOf({ "raw.txt": "deep/one 1\ntwo 2\n" });
  project.pipefile(SPLIT);
  await project.build();
  expect(project.runs().toSorted()).toEqual(["all", "one", "split"]);
  return project;
}

test("a directory output is replaced as one piece: what the step no longer makes is gone", async () => {
  const project = await builtToDirectory();
  expect(Object.keys(contentsOf(project.at("parts")))).toEqual(["deep", "deep/one", "empty", "two"]);
  project.write("raw.txt", "deep/one 1\nthree 3\n");
  const run = await project.build();
  expect(Object.keys(contentsOf(project.at("parts")))).toEqual(["deep", "deep/one", "empty", "three"]);
  expect(eventsOf(run, "step-built").find(({ step }) => step === "split")?.outputs).toMatchObject([
    { path: "parts/", changed: true },
  ]);
});

test("an input under a directory output is judged by its own content", async () => {
  const project = await builtToDirectory();
  project.write("raw.txt", "deep/one 1\ntwo 22\n");
  const run = await project.build();
  expect([ran(run), fresh(run)]).toEqual([["all", "split"], ["one"]]);
  project.write("raw.txt", "deep/one 11\ntwo 22\n");
  project.runs();
  await project.build("one");
  expect(project.runs()).toEqual(["split", "one"]);
});

test("a target inside of a directory output, or the directory without its slash, builds the directory", async () => {
  const project = projectOf({ "raw.txt": "deep/one 1\n" });
  project.pipefile(SPLIT);
  expect(ran(await project.build("parts/deep/one"))).toEqual(["split"]);
  expect(fresh(await project.build("parts"))).toEqual(["split"]);
  expect(fresh(await project.build("parts/"))).toEqual(["split"]);
});

test("a stray in a directory output is seen, rescued and taken out; so is an edit, and what is missing comes back", async () => {
  const project = await builtToDirectory();
  const made = contentsOf(project.at("parts"));
  const damages: readonly ((project: Project) => void)[] = [
    () => project.write("parts/stray.txt", "mine\n"),
    () => project.write("parts/deep/one", "mine too\n"),
    () => project.remove("parts/two"),
    () => project.remove("parts/empty"),
    () => mkdirSync(project.at("parts/strange")),
    () => renameSync(project.at("parts/two"), project.at("parts/2")),
  ];
  for (const damage of damages) {
    damage(project);
    const run = await project.build();
    expect(partsOf(run, "split")).toEqual(["output parts/"]);
    expect(contentsOf(project.at("parts"))).toEqual(made);
    expect(fresh(run)).toEqual(["all", "one"]);
  }
  const rescued = Object.keys(contentsOf(project.at(".pipe/rescued")));
  expect(rescued.some((path) => path.endsWith("/stray.txt"))).toBe(true);
  expect(project.runs()).toEqual([]);
});

test("a directory of files that several steps make is an input that needs them all", async () => {
  const project = projectOf();
  project.pipefile(`{
    a: rule({ inputs: {}, outputs: { out: "made/a.txt" }, run: counting("a", 'echo a > "$out"') }),
    b: rule({ inputs: {}, outputs: { out: "made/deep/b.txt" }, run: counting("b", 'echo b > "$out"') }),
    list: rule({ inputs: { made: "made/" }, outputs: { out: "list.txt" }, run: counting("list", '(cd "$made" && find . -type f | sort) > "$out"') }),
  }`);
  await project.build("list");
  expect(project.read("list.txt")).toBe("./a.txt\n./deep/b.txt\n");
  expect(project.runs()).toHaveLength(3);
});

test("what pipe itself writes is no member of a directory and matches no glob", async () => {
  const project = projectOf({ "reports/a.txt": "a\n" });
  project.pipefile(
    `{ list: rule({ inputs: { reports: "reports/", logs: glob("**/*.log"), lines: glob("**/*.jsonl") }, outputs: { out: "out.txt" }, run: counting("list", 'ls "$reports" > "$out"; echo "$logs$lines" >> "$out"; echo said') }) }`,
  );
  await project.build();
  await project.build();
  expect(project.runs()).toEqual(["list"]);
  expect(project.has("logs/list.log")).toBe(true);
});

test("a path that turns from a file into a directory, and back, is replaced; nothing of it needs rescue", async () => {
  const project = projectOf({ "raw.txt": "a\n" });
  const file = `{ make: rule({ inputs: { raw: "raw.txt" }, outputs: { out: "out" }, run: 'cat "$raw" > "$out"' }) }`;
  const folder = `{ make: rule({ inputs: { raw: "raw.txt" }, outputs: { out: "out/" }, run: 'mkdir -p "$out"; cat "$raw" > "$out/in.txt"' }) }`;
  for (const rules of [file, folder, file]) {
    project.pipefile(rules);
    const run = await project.build();
    expect(eventsOf(run, "warning")).toEqual([]);
    expect(project.read(rules === file ? "out" : "out/in.txt")).toBe("a\n");
  }
});

test("what a folder that would be restored holds is not told before it is there", async () => {
  const project = projectOf();
  project.pipefile(`{
    parts: rule({ inputs: {}, outputs: { parts: "parts/" }, run: 'mkdir "$parts"; echo one > "$parts/one"; echo two > "$parts/two"' }),
    use: rule({ inputs: { all: "parts/", one: "parts/one" }, outputs: { out: "out.txt" }, run: 'cp "$one" "$out"' }),
  }`);
  await project.build();
  project.remove("parts/one");
  expect(plansOf(await project.pipe(["status"]))).toEqual({ parts: "would-restore", use: "may-run" });
  expect([restored(await project.build()), project.read("out.txt")]).toEqual([["parts"], "one\n"]);
});
