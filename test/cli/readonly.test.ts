/** Commands that only look: they tell what a build would do, and change nothing but the stat cache. */

import { expect, test } from "vitest";
import { eventsOf, fresh, partsOf, plansOf, ran, reasonsOf, restored } from "../rig/events.ts";
import { actionOf } from "../rig/pipefile.ts";
import { projectOf, type Project } from "../rig/project.ts";
import { marksOf } from "../rig/snapshot.ts";

const RULES = `{
  clean: rule({ inputs: { raw: "raw.txt" }, outputs: { rows: "out/clean.txt" }, description: "to upper case", run: counting("clean", 'tr a-z A-Z < "$raw" > "$rows"') }),
  total: rule({ inputs: { rows: "out/clean.txt" }, outputs: { total: "out/total.txt" }, run: () => import("./rules/total.ts") }),
  notes: rule({ inputs: { text: "notes.txt" }, outputs: { copy: "out/notes.txt" }, run: counting("notes", 'cat "$text" > "$copy"') }),
}`;

function declared(): Project {
  const project = projectOf({
    "raw.txt": "alpha\n",
    "notes.txt": "note\n",
    "rules/total.ts": actionOf("total", "writeFileSync(outputs.total, String(readFileSync(inputs.rows).length));"),
  });
  project.pipefile(RULES);
  return project;
}

async function built(): Promise<Project> {
  const project = declared();
  await project.build();
  project.runs();
  return project;
}

const LOOKS: readonly (readonly string[])[] = [
  ["build", "-n"],
  ["build", "-n", "--force"],
  ["status"],
  ["status", "--check"],
  ["why", "out/total.txt"],
  ["list"],
  ["graph"],
];

/** The files of the project with all that tells of a write, but for what a look may keep of files and of code. */
function marks(project: Project): Readonly<Record<string, string>> {
  const all = Object.entries(marksOf(project.root));
  return Object.fromEntries(
    all.filter(([path]) => !/^\.pipe$|^\.pipe\/(?:state\.log|clock|code(?:\/.*)?|tools\.json)$/.test(path)),
  );
}

test("a look at a project that was never built makes nothing in it", async () => {
  for (const look of LOOKS) {
    const project = declared();
    const before = marks(project);
    const run = await project.pipe(look);
    expect([look, run.code]).toEqual([look, look.includes("--check") ? 1 : 0]);
    expect(marks(project)).toEqual(before);
    expect(project.runs()).toEqual([]);
  }
});

test("a look at a built project with edits changes no file, trace, log or cached object", async () => {
  const project = await built();
  project.write("raw.txt", "beta\n");
  project.remove("out/notes.txt");
  project.write("out/total.txt", "my own\n");
  const before = marks(project);
  const reasons = await project.pipe(["build", "-n"]);
  for (const look of LOOKS) {
    await project.pipe(look);
    expect([look, marks(project)]).toEqual([look, before]);
  }
  expect(project.runs()).toEqual([]);
  // The build finds what it would have found without them.
  const run = await project.build();
  for (const step of ["clean", "notes"]) expect(reasonsOf(run, step)).toEqual(reasonsOf(reasons, step));
  expect([ran(run), restored(run)]).toEqual([["clean", "total"], ["notes"]]);
});

test("a dry run, status and why say what would run, what may and what would be restored", async () => {
  const project = await built();
  project.write("raw.txt", "beta\n");
  project.remove("out/notes.txt");
  const plans = { clean: "would-run", total: "may-run", notes: "would-restore" };
  const dry = await project.pipe(["build", "-n"]);
  const status = await project.pipe(["status"]);
  expect([plansOf(dry), plansOf(status)]).toEqual([plans, plans]);
  expect(eventsOf(dry, "step-planned").find(({ step }) => step === "total")?.after).toEqual(["clean"]);
  expect(partsOf(dry, "clean")).toEqual(["input raw.txt"]);
  const why = await project.pipe(["why", "out/total.txt"]);
  expect(plansOf(why)).toEqual({ clean: "would-run", total: "may-run" });
  expect(plansOf(await project.pipe(["why", "notes"]))).toEqual({ notes: "would-restore" });
});

test("that a step may run passes on to all that follow, and each names what it waits for", async () => {
  const project = projectOf({ "0.txt": "a\n" });
  const names = ["one", "two", "three"];
  project.pipefile(
    `{ ${names.map((name, at) => `${name}: rule({ inputs: { from: "${at}.txt" }, outputs: { to: "${at + 1}.txt" }, run: 'cat "$from" > "$to"' })`).join(", ")} }`,
  );
  await project.build();
  project.write("0.txt", "b\n");
  const dry = await project.pipe(["build", "-n"]);
  expect(plansOf(dry)).toEqual({ one: "would-run", two: "may-run", three: "may-run" });
  expect(eventsOf(dry, "step-planned").map(({ step, after }) => [step, after])).toEqual([
    ["one", []],
    ["two", ["one"]],
    ["three", ["two"]],
  ]);
});

test("a dry run of a build that would restore judges what follows by what would be put back", async () => {
  const project = await built();
  project.write("raw.txt", "beta\n");
  await project.build();
  project.write("raw.txt", "alpha\n");
  const dry = await project.pipe(["build", "-n"]);
  const run = await project.build();
  expect(restored(run)).toEqual(["clean", "total"]);
  expect(plansOf(dry)).toMatchObject({ clean: "would-restore", total: "would-restore" });
});

test("a dry run says the same as the build then does, flags and all", async () => {
  for (const flags of [["--force"], ["--force", "clean"], ["--no-cache"], ["notes"], ["--no-cache", "total"]]) {
    const project = await built();
    project.remove("out/clean.txt");
    project.remove("out/notes.txt");
    const plans = plansOf(await project.pipe(["build", "-n", ...flags]));
    const run = await project.build(...flags);
    const stepsWith = (plan: string): readonly string[] =>
      Object.keys(plans)
        .filter((step) => plans[step] === plan)
        .toSorted();
    expect([flags, restored(run)]).toEqual([flags, stepsWith("would-restore")]);
    expect([flags, ran(run)]).toEqual([flags, expect.arrayContaining([...stepsWith("would-run")]) as string[]]);
    expect([flags, fresh(run)]).toEqual([flags, expect.arrayContaining([...stepsWith("fresh")]) as string[]]);
    for (const step of ran(run))
      expect([flags, step, plans[step]]).toEqual([flags, step, expect.stringMatching(/would-run|may-run/) as string]);
  }
});

test("status --check ends with 1 where a step of the targets is stale, else with 0", async () => {
  const project = await built();
  expect((await project.pipe(["status", "--check"])).code).toBe(0);
  project.write("raw.txt", "beta\n");
  expect((await project.pipe(["status", "--check"])).code).toBe(1);
  expect((await project.pipe(["status"])).code).toBe(0);
  expect((await project.pipe(["status", "--check", "notes"])).code).toBe(0);
});

test("--force runs all that the targets need for that run only, even where the outputs stay the same", async () => {
  const project = await built();
  const run = await project.build("total", "--force");
  expect(project.runs()).toEqual(["clean", "total"]);
  expect(reasonsOf(run, "clean")[0]).toMatchObject({ part: "forced" });
  expect(eventsOf(run, "step-built").flatMap(({ outputs }) => outputs.map(({ changed }) => changed))).toEqual([
    false,
    false,
  ]);
  expect(fresh(await project.build())).toEqual(["clean", "notes", "total"]);
  expect(project.runs()).toEqual([]);
});

test("--force of a rule runs that rule alone; its dependents are spared by its unchanged output", async () => {
  const project = await built();
  const run = await project.build("--force", "clean");
  expect(project.runs()).toEqual(["clean"]);
  expect(fresh(run)).toEqual(["notes", "total"]);
  expect(fresh(await project.build())).toEqual(["clean", "notes", "total"]);
});

test("list and graph know every rule, whatever is built", async () => {
  const project = declared();
  const list = (await project.pipe(["list"])).events as readonly unknown[];
  expect(list).toMatchObject([
    {
      v: 1,
      rules: [
        { rule: "clean", description: "to upper case", outputs: ["out/clean.txt"] },
        { rule: "total" },
        { rule: "notes" },
      ],
    },
  ]);
  const graph = (await project.pipe(["graph"])).events as readonly unknown[];
  expect(graph).toMatchObject([
    {
      v: 1,
      steps: expect.arrayContaining([
        expect.objectContaining({ step: "total", needs: ["clean"], inputs: ["out/clean.txt"] }),
      ]) as object,
    },
  ]);
  expect(((await project.pipe(["graph", "notes"])).events as readonly unknown[])[0]).toMatchObject({
    steps: [{ step: "notes" }],
  });
});
