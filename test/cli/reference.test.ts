/** The repository's own pipeline, from real penguins to a model, through the real command. */

import { createHash } from "node:crypto";
import { cpSync, readFileSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { eventsOf, fresh, partsOf, ran, restored, skipped } from "../rig/events.ts";
import { projectOf, type Project, type Run } from "../rig/project.ts";

const REPOSITORY = resolve(import.meta.dirname, "../..");
const COPIED = ["Pipefile.ts", "rules", "data/source", "tsconfig.json", "package.json"];
const STEPS = ["clean", "ingest", "serialize", "train"];
const MADE = [
  "data/raw.csv",
  "data/clean.csv",
  "reports/clean.json",
  "reports/metrics.json",
  "model/model.bin",
  "model/model.pkl",
  "model/checksum.txt",
];
const SOURCE = "data/source/penguins.csv";

/** A checkout in which nothing was built. */
function checkout(): Project {
  const project = projectOf();
  for (const path of COPIED) cpSync(join(REPOSITORY, path), project.at(path), { recursive: true });
  symlinkSync(join(REPOSITORY, "node_modules"), project.at("node_modules"));
  return project;
}

const build = (project: Project, ...args: readonly string[]): Promise<Run> => project.build("model/model.pkl", ...args);

async function built(): Promise<Project> {
  const project = checkout();
  await build(project);
  return project;
}

/** Replaces a text that has to be there. */
function edit(project: Project, path: string, [from, to]: readonly [string, string]): void {
  const before = project.read(path);
  expect(before).toContain(from);
  project.write(
    path,
    before.replace(from, () => to),
  );
}

const digestsOf = (project: Project): readonly string[] =>
  MADE.map((path) =>
    createHash("sha256")
      .update(readFileSync(project.at(path)))
      .digest("hex"),
  );

test("the first build takes four steps, and the second none", async () => {
  const project = checkout();
  const first = await build(project);
  expect(ran(first)).toEqual(STEPS);
  expect(eventsOf(first, "build-finished")).toMatchObject([{ built: 4, restored: 0, fresh: 0, failed: 0 }]);
  const digest = createHash("sha256")
    .update(readFileSync(project.at("model/model.pkl")))
    .digest("hex");
  expect(project.read("model/checksum.txt")).toBe(`${digest}  model/model.pkl\n`);
  const second = await build(project);
  expect([ran(second), fresh(second)]).toEqual([[], STEPS]);
  expect((await project.pipe(["status", "--check", "model/model.pkl"])).code).toBe(0);
});

test("one job or four, two checkouts get the same bytes", async () => {
  const [one, four] = [checkout(), checkout()];
  await build(one, "-j1");
  await build(four, "-j4");
  expect(digestsOf(four)).toEqual(digestsOf(one));
});

test("the metrics of the model reach reports/metrics.jsonl", async () => {
  const project = await built();
  const named = project
    .read("reports/metrics.jsonl")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { readonly step: string; readonly name: string; readonly value: number });
  const rmse = named.find(({ step, name }) => step === "train" && name === "rmse");
  expect(rmse?.value).toBeCloseTo(291.23, 2);
});

test.for([
  ["an action", "rules/clean.ts", "export default clean;", "// Nothing new.\nexport default clean;"],
  ["what an action imports", "rules/schema.ts", "nullTokens:", "/* Nothing new. */ nullTokens:"],
  ["the Pipefile", "Pipefile.ts", "const train =", "// Nothing new.\nconst train ="],
] as const)("a comment in %s runs nothing", async ([, path, from, to]) => {
  const project = await built();
  edit(project, path, [from, to]);
  const run = await build(project);
  expect([ran(run), fresh(run)]).toEqual([[], STEPS]);
});

test("another limit for missing values runs clean, and its unchanged rows spare the rest", async () => {
  const project = await built();
  const before = digestsOf(project);
  edit(project, "Pipefile.ts", ["maxNullRate: 0.2", "maxNullRate: 0.3"]);
  const run = await build(project);
  expect([ran(run), fresh(run)]).toEqual([["clean"], ["ingest", "serialize", "train"]]);
  expect(partsOf(run, "clean")).toEqual(["param maxNullRate"]);
  expect(digestsOf(project)).toEqual(before);
});

test("a cell of a row that clean drops runs ingest and clean, and no more", async () => {
  const project = await built();
  edit(project, SOURCE, ["Adelie,Torgersen,,,,,", "Adelie,Dream,,,,,"]);
  const run = await build(project);
  expect([ran(run), fresh(run)]).toEqual([
    ["clean", "ingest"],
    ["serialize", "train"],
  ]);
});

test("line ends that ingest evens out run ingest alone", async () => {
  const project = await built();
  project.write(SOURCE, project.read(SOURCE).replaceAll("\n", "\r\n"));
  expect(ran(await build(project))).toEqual(["ingest"]);
});

test("a cell that the model learns from runs all four, and put back, none", async () => {
  const project = await built();
  const [before, source] = [digestsOf(project), project.read(SOURCE)];
  edit(project, SOURCE, ["39.1,18.7,181,3750", "39.1,18.7,181,3950"]);
  expect(ran(await build(project))).toEqual(STEPS);
  expect(digestsOf(project)).not.toEqual(before);
  project.write(SOURCE, source);
  const back = await build(project);
  expect([ran(back), restored(back)]).toEqual([[], STEPS]);
  expect(digestsOf(project)).toEqual(before);
});

test("another seed trains again, and touches no table", async () => {
  const project = await built();
  const run = await build(project, "--param", "train.seed=8");
  expect(ran(run)).toEqual(["serialize", "train"]);
  expect(partsOf(run, "train")).toEqual(["param seed"]);
});

test("another declared category runs what reads the schema", async () => {
  const project = await built();
  edit(project, "rules/schema.ts", ['"MALE"]', '"MALE", "UNSURE"]']);
  const run = await build(project);
  expect(ran(run)).toEqual(["clean", "train"]);
  expect(fresh(run)).toEqual(["ingest", "serialize"]);
});

test("a bad cell fails clean by its line and column, and the last model stays", async () => {
  const project = await built();
  const before = readFileSync(project.at("model/model.pkl"));
  edit(project, SOURCE, ["39.1,18.7,181,3750", "39.1,deep,181,3750"]);
  const run = await project.pipe(["build", "model/model.pkl"]);
  expect(run.code).toBe(1);
  const [failed] = eventsOf(run, "step-failed");
  expect(failed).toMatchObject({ step: "clean", kind: "error" });
  expect(failed?.message).toContain("data/raw.csv, line 2, column beak_depth_mm: 'deep' is no number");
  expect(skipped(run)).toEqual(["serialize", "train"]);
  expect(readFileSync(project.at("model/model.pkl"))).toEqual(before);
});
