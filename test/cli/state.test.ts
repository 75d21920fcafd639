/** What is remembered may be lost or damaged at any time: it is recovered or built again, and said once. */

import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ran, restored, warningsOf } from "../rig/events.ts";
import { projectOf, type Project } from "../rig/project.ts";
import { actionOf } from "../rig/pipefile.ts";
import { filesBelow } from "../rig/snapshot.ts";

const RULES = `{
  clean: rule({ inputs: { raw: "raw.txt" }, outputs: { rows: "out/clean.txt" }, run: counting("clean", 'tr a-z A-Z < "$raw" > "$rows"') }),
  total: rule({ inputs: { rows: "out/clean.txt" }, outputs: { total: "out/total.txt" }, run: () => import("./rules/total.ts") }),
  folder: rule({ inputs: { rows: "out/clean.txt" }, outputs: { all: "out/all/" }, run: counting("folder", 'mkdir -p "$all/in"; cat "$rows" > "$all/in/rows.txt"') }),
}`;

async function built(): Promise<Project> {
  const project = projectOf({
    "raw.txt": "alpha\n",
    "rules/total.ts": actionOf("total", "writeFileSync(outputs.total, String(readFileSync(inputs.rows).length));"),
  });
  project.pipefile(RULES);
  await project.build();
  project.runs();
  return project;
}

function expectOutputs(project: Project, of: { readonly rows: string }): void {
  expect(project.read("out/clean.txt")).toBe(of.rows);
  expect(project.read("out/total.txt")).toBe(String(of.rows.length));
  expect(project.read("out/all/in/rows.txt")).toBe(of.rows);
}

test("a .pipe folder that was deleted is made again, without an error or a word", async () => {
  const project = await built();
  project.remove(".pipe");
  const run = await project.build();
  expect(project.runs().toSorted()).toEqual(["clean", "folder", "total"]);
  expect([run.stderr, warningsOf(run)]).toEqual(["", []]);
  expectOutputs(project, { rows: "ALPHA\n" });
  await project.build();
  expect(project.runs()).toEqual([]);
});

test("traces that were deleted come back from the cache: nothing runs", async () => {
  const project = await built();
  project.remove(".pipe/state.log");
  const run = await project.build();
  expect(project.runs()).toEqual([]);
  expect([ran(run), restored(run), warningsOf(run)]).toEqual([[], ["clean", "folder", "total"], []]);
  expectOutputs(project, { rows: "ALPHA\n" });
});

const STATE = ".pipe/state.log";
const textOf = (file: string): string => readFileSync(file, "latin1");
const rewrite = (file: string, change: (text: string) => string): void =>
  writeFileSync(file, change(textOf(file)), "latin1");

const DAMAGES: Readonly<Record<string, (file: string) => void>> = {
  "cut off at its end": (file) => truncateSync(file, textOf(file).length - 10),
  "cut off in the middle of a record": (file) => truncateSync(file, Math.floor(textOf(file).length / 2) + 1),
  "cut off in its first line": (file) => truncateSync(file, 7),
  "garbled in its middle": (file) =>
    rewrite(file, (text) => `${text.slice(0, text.length / 2)}\0\u00ff{}${text.slice(text.length / 2 + 4)}`),
  "garbled at its start": (file) => rewrite(file, (text) => `\u00ff\u00fe\0\0${text.slice(4)}`),
  "with each line garbled": (file) => rewrite(file, (text) => text.replaceAll(/\n.{20}/g, "\n####################")),
  "replaced by other bytes": (file) => writeFileSync(file, Buffer.alloc(5000, 0x9d)),
  "of another version": (file) =>
    rewrite(file, (text) => text.replace(/\d+/, (version) => String(Number(version) + 1))),
  "of an older version": (file) => rewrite(file, (text) => text.replace(/\d+/, "0")),
};

test.each(Object.entries(DAMAGES))("a state %s is recovered from, which is said once", async (_, damage) => {
  const project = await built();
  damage(project.at(STATE));
  const first = await project.build();
  expect(warningsOf(first)).toEqual(["state-damaged"]);
  expectOutputs(project, { rows: "ALPHA\n" });
  project.runs();
  const second = await project.build();
  expect([warningsOf(second), ran(second), restored(second)]).toEqual([[], [], []]);
  // Nothing of what was damaged may pass for the record of other content.
  project.write("raw.txt", "gamma\n");
  await project.build();
  expectOutputs(project, { rows: "GAMMA\n" });
});

test("an empty state is as good as none", async () => {
  const project = await built();
  truncateSync(project.at(STATE), 0);
  await project.build();
  expectOutputs(project, { rows: "ALPHA\n" });
});

test("a read-only command bears a damaged state, and leaves its repair to the next build", async () => {
  const project = await built();
  DAMAGES["of another version"]?.(project.at(STATE));
  const status = await project.pipe(["status"]);
  expect(status.code).toBe(0);
  expect((await project.pipe(["list"])).code).toBe(0);
  await project.build();
  expectOutputs(project, { rows: "ALPHA\n" });
});

test.each(["garbage", "nothing"])("any one file of .pipe that holds %s is recovered from", async (kind) => {
  const project = await built();
  const bytes = kind === "nothing" ? Buffer.alloc(0) : Buffer.from("\0}{ not what was written (\n");
  const broken: string[] = [];
  for (const path of filesBelow(project.at(".pipe"))) {
    if (!project.has(`.pipe/${path}`)) continue;
    writeFileSync(project.at(`.pipe/${path}`), bytes);
    const run = await project.pipe(["build"]);
    if (run.code !== 0) broken.push(`${path}: ${run.stderr}`);
    if (run.code !== 0) rmSync(project.at(".pipe"), { recursive: true });
    if (run.code !== 0) await project.build();
  }
  expect(broken).toEqual([]);
  expectOutputs(project, { rows: "ALPHA\n" });
});

test("action code that was damaged in .pipe never runs", async () => {
  const project = await built();
  const bundle =
    filesBelow(project.at(".pipe")).find(
      (path) =>
        path.startsWith("code/") && path.endsWith(".mjs") && project.read(`.pipe/${path}`).includes("writeFileSync"),
    ) ?? "";
  rewrite(project.at(`.pipe/${bundle}`), (text) => text.replace(".length", ".length+1"));
  project.write("raw.txt", "alphabet\n");
  await project.build();
  expectOutputs(project, { rows: "ALPHABET\n" });
});
