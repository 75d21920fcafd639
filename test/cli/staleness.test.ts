/** What makes a step stale, and what does not: content decides, never times. */

import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { eventsOf, fresh, partsOf, ran, restored, warningsOf } from "../rig/events.ts";
import { projectOf, type Project } from "../rig/project.ts";
import { filesBelow } from "../rig/snapshot.ts";

const RULES = `{
  clean: rule({ inputs: { raw: "raw.txt" }, outputs: { rows: "out/clean.txt" }, run: counting("clean", 'tr a-z A-Z < "$raw" > "$rows"') }),
  total: rule({ inputs: { rows: "out/clean.txt" }, outputs: { total: "out/total.txt" }, run: counting("total", 'wc -c < "$rows" > "$total"') }),
  notes: rule({ inputs: { text: "notes.txt" }, outputs: { copy: "out/notes.txt" }, run: counting("notes", 'cat "$text" > "$copy"') }),
}`;

/** A project that was built once. */
async function built(): Promise<Project> {
  const project = projectOf({ "raw.txt": "alpha\n", "notes.txt": "note\n" });
  project.pipefile(RULES);
  await project.build();
  expect(project.runs().toSorted()).toEqual(["clean", "notes", "total"]);
  return project;
}

/** Writes other content of the same size, and puts the mtime back to the nanosecond, which Node's own call cannot. */
function writeKeepingTimes(project: Project, path: string, text: string): void {
  const [file, reference] = [project.at(path), `${project.root}.times`];
  const before = statSync(file, { bigint: true });
  execFileSync("touch", ["-r", file, reference]);
  writeFileSync(file, text);
  execFileSync("touch", ["-r", reference, file]);
  const after = statSync(file, { bigint: true });
  expect([after.mtimeNs, after.size]).toEqual([before.mtimeNs, before.size]);
}

test("a second run runs nothing", async () => {
  const project = await built();
  const run = await project.build();
  expect(project.runs()).toEqual([]);
  expect(fresh(run)).toEqual(["clean", "notes", "total"]);
  expect(eventsOf(run, "build-finished")).toMatchObject([{ built: 0, restored: 0, fresh: 3, failed: 0, exitCode: 0 }]);
});

test("touch alone runs nothing, and the file is hashed again once, not at each run", async () => {
  const project = await built();
  await project.build();
  const state = (): string => readFileSync(project.at(".pipe/state.log"), "latin1");
  const before = state();
  utimesSync(project.at("raw.txt"), new Date(), new Date());
  expect(fresh(await project.build())).toEqual(["clean", "notes", "total"]);
  expect(state()).not.toBe(before);
  // A file so young is looked at once more. From then on its signature is believed: none is written down again.
  await project.build();
  const settled = state();
  await project.build();
  await project.pipe(["status"]);
  expect(state()).toBe(settled);
  expect(project.runs()).toEqual([]);
});

test("an edit of the content runs just its users", async () => {
  const project = await built();
  project.write("raw.txt", "alpha\nbeta\n");
  const run = await project.build();
  expect(project.runs()).toEqual(["clean", "total"]);
  expect([ran(run), fresh(run)]).toEqual([["clean", "total"], ["notes"]]);
  expect(partsOf(run, "clean")).toEqual(["input raw.txt"]);
  expect(project.read("out/clean.txt")).toBe("ALPHA\nBETA\n");
  expect(project.read("out/total.txt").trim()).toBe("11");
});

test("new content with an older mtime is seen", async () => {
  const project = await built();
  project.write("raw.txt", "omega and more\n");
  utimesSync(project.at("raw.txt"), 978_307_200, 978_307_200);
  await project.build();
  expect(project.runs()).toEqual(["clean", "total"]);
});

test("an edit of the same size with its mtime put back is seen", async () => {
  const project = await built();
  await project.build();
  writeKeepingTimes(project, "raw.txt", "gamma\n");
  await project.build();
  expect(project.runs()).toEqual(["clean", "total"]);
  expect(project.read("out/clean.txt")).toBe("GAMMA\n");
});

test("the executable bit of an input is part of its content", async () => {
  const project = await built();
  chmodSync(project.at("raw.txt"), 0o755);
  expect(partsOf(await project.build(), "clean")).toEqual(["input raw.txt"]);
  expect(project.runs()).toEqual(["clean"]);
});

test.each(["by writing them", "by renaming them"])("a swap of two inputs' contents %s is seen", async (way) => {
  const project = projectOf({ "a.txt": "first\n", "b.txt": "other\n" });
  project.pipefile(
    `{ join: rule({ inputs: { a: "a.txt", b: "b.txt" }, outputs: { all: "all.txt" }, run: counting("join", 'cat "$a" "$b" > "$all"') }) }`,
  );
  await project.build();
  await project.build();
  if (way === "by writing them") {
    writeKeepingTimes(project, "a.txt", "other\n");
    writeKeepingTimes(project, "b.txt", "first\n");
  } else {
    for (const [from, to] of [
      ["a.txt", "c.txt"],
      ["b.txt", "a.txt"],
      ["c.txt", "b.txt"],
    ] as const)
      renameSync(project.at(from), project.at(to));
  }
  expect(partsOf(await project.build(), "join")).toEqual(["input a.txt", "input b.txt"]);
  expect(project.runs()).toEqual(["join", "join"]);
  expect(project.read("all.txt")).toBe("other\nfirst\n");
});

test("an edit in the very moment after a build is seen", async () => {
  const project = await built();
  for (const word of ["bravo", "gamma", "delta", "kappa"]) {
    writeKeepingTimes(project, "raw.txt", `${word}\n`);
    await project.build();
    expect(project.runs()).toEqual(["clean", "total"]);
    expect(project.read("out/clean.txt")).toBe(`${word.toUpperCase()}\n`);
  }
});

test("an edit in the very moment a step is built, before the command ends, is seen", async () => {
  const project = await built();
  project.write("raw.txt", "bravo\n");
  let edits = 0;
  await project.pipe(["build", "-j1"], {
    onEvent(event) {
      if (event.type !== "step-built" || event.step !== "clean") return;
      edits += 1;
      writeKeepingTimes(project, "raw.txt", "gamma\n");
    },
  });
  expect(edits).toBe(1);
  await project.build();
  expect(project.read("out/clean.txt")).toBe("GAMMA\n");
});

test("an output that was deleted comes back, and it alone", async () => {
  const project = await built();
  project.remove("out/clean.txt");
  const run = await project.build();
  expect(project.runs()).toEqual([]);
  expect([restored(run), fresh(run), partsOf(run, "clean")]).toEqual([
    ["clean"],
    ["notes", "total"],
    ["output out/clean.txt"],
  ]);
  expect(project.read("out/clean.txt")).toBe("ALPHA\n");
  project.remove("out/clean.txt");
  const uncached = await project.build("--no-cache");
  expect(project.runs()).toEqual(["clean"]);
  expect(fresh(uncached)).toEqual(["notes", "total"]);
  expect(filesBelow(project.at(".pipe")).filter((path) => path.startsWith("rescued"))).toEqual([]);
});

test.each(["plainly", "with size and mtime kept", "by appending to it"])(
  "an output edited by hand %s is seen, rescued and repaired",
  async (way) => {
    const project = await built();
    await project.build();
    if (way === "plainly") project.write("out/clean.txt", "my own work\n");
    else if (way === "by appending to it") appendFileSync(project.at("out/clean.txt"), "more\n");
    else writeKeepingTimes(project, "out/clean.txt", "OMEGA\n");
    const edited = project.read("out/clean.txt");
    const run = await project.build();
    expect(partsOf(run, "clean")).toEqual(["output out/clean.txt"]);
    expect(fresh(run)).toEqual(["notes", "total"]);
    expect(project.read("out/clean.txt")).toBe("ALPHA\n");
    const [rescued = ""] = filesBelow(project.at(".pipe")).filter((path) => path.startsWith("rescued/"));
    expect(project.read(`.pipe/${rescued}`)).toBe(edited);
    const [warning] = eventsOf(run, "warning");
    expect(warning).toMatchObject({ code: "rescued", message: expect.stringContaining(`.pipe/${rescued}`) as string });
    expect(warningsOf(await project.build())).toEqual([]);
  },
);

test("an output edited in the very moment after a build is seen", async () => {
  const project = await built();
  for (const word of ["BRAVO", "GAMMA", "DELTA"]) {
    writeKeepingTimes(project, "out/clean.txt", `${word}\n`);
    expect(restored(await project.build())).toEqual(["clean"]);
    expect(project.read("out/clean.txt")).toBe("ALPHA\n");
  }
});

test("a rule of which some outputs are missing runs at most once, and spares its dependents", async () => {
  const project = projectOf({ "raw.txt": "alpha\n" });
  const split = `inputs: { raw: "raw.txt" }, outputs: { a: "a.txt", b: "b.txt", c: "c.txt" }, run: counting("split", 'for to in "$a" "$b" "$c"; do cat "$raw" > "$to"; done')`;
  project.pipefile(`{
    split: rule({ ${split}, cache: false }),
    user: rule({ inputs: { b: "b.txt" }, outputs: { d: "d.txt" }, run: counting("user", 'cat "$b" > "$d"') }),
  }`);
  await project.build();
  project.runs();
  for (const missing of [["b.txt"], ["a.txt", "c.txt"], ["a.txt", "b.txt", "c.txt"]]) {
    for (const path of missing) project.remove(path);
    const run = await project.build();
    expect(project.runs()).toEqual(["split"]);
    expect(partsOf(run, "split")).toEqual(missing.map((path) => `output ${path}`));
    expect(fresh(run)).toEqual(["user"]);
  }
});

test("an output on disk without a record is not trusted, and what stood there is rescued", async () => {
  const project = projectOf({ "raw.txt": "alpha\n", "notes.txt": "note\n", "out/clean.txt": "from elsewhere\n" });
  project.pipefile(RULES);
  const run = await project.build("clean");
  expect(project.runs()).toEqual(["clean"]);
  expect(partsOf(run, "clean")).toEqual(["record"]);
  expect(project.read("out/clean.txt")).toBe("ALPHA\n");
  const [rescued = ""] = filesBelow(project.at(".pipe")).filter((path) => path.startsWith("rescued/"));
  expect(project.read(`.pipe/${rescued}`)).toBe("from elsewhere\n");
});
