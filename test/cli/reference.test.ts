/** The repository's own pipeline, from real penguins to a model, through the real command. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { eventsOf, fresh, partsOf, ran, restored, skipped } from "../rig/events.ts";
import type { Project, Run } from "../rig/project.ts";
import { fileServer } from "../rig/server.ts";
import { edit, madeIn, referenceProject, SOURCE, STEPS } from "../rig/reference.ts";

const build = (project: Project, ...args: readonly string[]): Promise<Run> => project.build("model/model.pkl", ...args);

async function built(): Promise<Project> {
  const project = referenceProject();
  await build(project);
  return project;
}

test("the first build takes four steps, and the second none", async () => {
  const project = referenceProject();
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

test("without a target, every row is scored and the model is drawn too; another seed changes both", async () => {
  const project = referenceProject();
  const all = [...STEPS, "report", "score"].toSorted();
  expect(ran(await project.build())).toEqual(all);
  expect(fresh(await project.build())).toEqual(all);
  const before = readFileSync(project.at("reports/preds.parquet"));
  expect(ran(await project.build("--param", "train.seed=8"))).toEqual(["report", "score", "serialize", "train"]);
  expect(readFileSync(project.at("reports/preds.parquet"))).not.toEqual(before);
  // The page compares with the one before it, so it is made anew where all else is restored.
  const back = await project.build();
  expect([ran(back), restored(back)]).toEqual([["report"], ["score", "serialize", "train"]]);
  expect(readFileSync(project.at("reports/preds.parquet"))).toEqual(before);
});

test("another program finds the checksum right, and need not look again", async () => {
  const project = referenceProject();
  expect(ran(await project.build("check"))).toEqual([...STEPS, "check"].toSorted());
  const again = await project.build("check");
  expect([ran(again), fresh(again)]).toEqual([[], [...STEPS, "check"].toSorted()]);
});

test("one job or four, two checkouts get the same bytes", async () => {
  const [one, four] = [referenceProject(), referenceProject()];
  await build(one, "-j1");
  await build(four, "-j4");
  expect(madeIn(four)).toEqual(madeIn(one));
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
  const before = madeIn(project);
  edit(project, "Pipefile.ts", ["maxNullRate: 0.2", "maxNullRate: 0.3"]);
  const run = await build(project);
  expect([ran(run), fresh(run)]).toEqual([["clean"], ["ingest", "serialize", "train"]]);
  expect(partsOf(run, "clean")).toEqual(["param maxNullRate"]);
  expect(madeIn(project)).toEqual(before);
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

test("line ends that clean evens out run ingest and clean alone", async () => {
  const project = await built();
  project.write(SOURCE, project.read(SOURCE).replaceAll("\n", "\r\n"));
  expect(ran(await build(project))).toEqual(["clean", "ingest"]);
});

test("a cell that the model learns from runs all four, and put back, none", async () => {
  const project = await built();
  const [before, source] = [madeIn(project), project.read(SOURCE)];
  edit(project, SOURCE, ["39.1,18.7,181,3750", "39.1,18.7,181,3950"]);
  expect(ran(await build(project))).toEqual(STEPS);
  expect(madeIn(project)).not.toEqual(before);
  project.write(SOURCE, source);
  const back = await build(project);
  expect([ran(back), restored(back)]).toEqual([[], STEPS]);
  expect(madeIn(project)).toEqual(before);
});

test("another seed trains again, and touches no table", async () => {
  const project = await built();
  const run = await build(project, "--param", "train.seed=8");
  expect(ran(run)).toEqual(["serialize", "train"]);
  expect(partsOf(run, "train")).toEqual(["param seed"]);
});

test("another declared category runs all that takes the schema, up to a model that knows it", async () => {
  const project = await built();
  edit(project, "rules/schema.ts", ['"MALE"]', '"MALE", "UNSURE"]']);
  const run = await build(project);
  expect(ran(run)).toEqual(STEPS);
  expect(partsOf(run, "train")).toEqual(["input data/schema.json"]);
  expect(project.read("model/model.bin")).toContain('"sex=UNSURE":"constant"');
});

test("a bad cell or two are set aside, with their line and column", async () => {
  const project = await built();
  edit(project, SOURCE, ["39.1,18.7,181,3750", "39.1,deep,181,3750"]);
  expect(ran(await build(project))).toEqual(STEPS);
  expect(project.read("reports/rejects.csv").split("\n")[1]).toBe(
    `2,column beak_depth_mm: 'deep' is no number,"Adelie,Torgersen,39.1,deep,181,3750,MALE"`,
  );
});

test("too many fail clean, which names the first, and the last model stays", async () => {
  const project = await built();
  const before = readFileSync(project.at("model/model.pkl"));
  project.write(SOURCE, project.read(SOURCE).replaceAll(",Torgersen,", ",Atlantis,"));
  const run = await project.pipe(["build", "model/model.pkl"]);
  expect(run.code).toBe(1);
  const [failed] = eventsOf(run, "step-failed");
  expect(failed).toMatchObject({ step: "clean", kind: "error" });
  expect(failed?.message).toContain("data/raw.csv: 52 of 344 rows are wrong, more than maxRejectRate allows (1 %)");
  expect(failed?.message).toContain("line 2: column island: 'Atlantis' is none of Biscoe, Dream, Torgersen");
  expect(skipped(run)).toEqual(["serialize", "train"]);
  expect(readFileSync(project.at("model/model.pkl"))).toEqual(before);
});

test("a source on a server comes in packed, is asked for at each build, and gives the same model", async () => {
  const [project, local] = [referenceProject(), await built()];
  const server = await fileServer(gzipSync(local.read(SOURCE)), "/data/penguins.csv.gz");
  edit(project, "Pipefile.ts", [`source: "${SOURCE}"`, `source: url("${server.url}")`]);
  edit(project, "Pipefile.ts", ["glob, pipeline", "url, glob, pipeline"]);
  server.ways = [503, "cut", "well"];
  expect(ran(await build(project))).toEqual([...STEPS, server.url].toSorted());
  expect(madeIn(project)).toEqual(madeIn(local));
  expect(ran(await build(project))).toEqual([]);
  server.etag = '"2"';
  expect(ran(await build(project))).toEqual([server.url]);
  [server.etag, server.body] = [
    '"3"',
    gzipSync(local.read(SOURCE).replace("39.1,18.7,181,3750", "39.1,18.7,181,3950")),
  ];
  expect(ran(await build(project))).toEqual([...STEPS, server.url].toSorted());
  expect(server.answers()).toEqual([503, "cut", 200, 304, 200, 200]);
});

test("rows that are made up by param train a model of their own, and the real one is back without a run", async () => {
  const project = await built();
  const before = madeIn(project);
  expect(ran(await build(project, "--param", "ingest.rows=2000"))).toEqual(STEPS);
  expect(JSON.parse(project.read("reports/metrics.json")).rows).toMatchObject({ train: expect.closeTo(1500, -2) });
  expect(restored(await build(project))).toEqual(STEPS);
  expect(madeIn(project)).toEqual(before);
});
