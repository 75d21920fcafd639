/** `pipe accept`: what stands there is taken for right, until what it is made from changes. */

import { expect, test } from "vitest";
import { eventsOf, failed, fresh, plansOf, ran, restored, warningsOf } from "../rig/events.ts";
import { filesBelow } from "../rig/snapshot.ts";
import { command } from "./command.ts";
import { answerOf, overridden, RULES, type Overridden } from "./overridden.ts";

const accepted = async (project: Overridden, ...flags: readonly string[]) =>
  answerOf(await project.pipe(["accept", "train", "--reason", "mended by hand", ...flags]));

/** Built three times, then the model was edited and accepted. */
async function edited(): Promise<Overridden> {
  const project = await overridden();
  project.write("model/model.bin", "mine");
  await accepted(project);
  return project;
}

const rescuedIn = (project: Overridden): readonly string[] =>
  project.has(".pipe/rescued")
    ? filesBelow(project.at(".pipe/rescued")).map((path) => project.read(`.pipe/rescued/${path}`))
    : [];

test("an edit that was accepted stays, the step is fresh with that note, and its dependents read it", async () => {
  const project = await edited();
  const override = { kind: "accepted", reason: "mended by hand", who: expect.any(String), atMs: expect.any(Number) };
  expect(await project.status("train")).toMatchObject({ plan: "fresh", reasons: [], override });
  expect(await project.status("score")).toMatchObject({ plan: "would-run" });
  const run = await project.build();
  expect(eventsOf(run, "step-fresh").filter(({ step }) => step === "train")).toMatchObject([{ override }]);
  expect([ran(run), project.standing()]).toEqual([["score"], ["mine", "THREE", "s:mine"]]);
  expect(eventsOf(await project.build(), "build-finished")).toMatchObject([{ fresh: 3, held: 1 }]);
  expect([project.runs(), rescuedIn(project)]).toEqual([["score"], []]);
});

test("the text of build, status and why tells of it each time", async () => {
  const project = await edited();
  await project.build();
  const text = async (...args: readonly string[]): Promise<string> =>
    (await command(args, project.root)).out.replaceAll(/\d{4}-\d\d-\d\d by \S+:/g, "DAY by ADA:");
  const note = 'accepted DAY by ADA: "mended by hand"';
  expect(await text("build")).toBe(`fresh     train, ${note}\nup to date; 1 step held by an override\n`);
  expect(await text("status")).toContain(`fresh          train, ${note}\n`);
  expect(await text("why", "train")).toBe(`train is fresh: ${note}, until what it is made from changes\n`);
});

test("a change of code, params or inputs that does not matter can be accepted: nothing runs", async () => {
  const project = await overridden();
  project.pipefile(RULES.replace("seed: 1", "seed: 2").replace("mkdir", "mkdir -p"));
  expect(plansOf(await project.pipe(["status"]))).toMatchObject({ train: "would-run" });
  await accepted(project);
  const run = await project.build();
  expect([fresh(run), project.runs()]).toEqual([["clean", "score", "train"], []]);
  expect(project.standing()).toEqual(["THREE 1", "THREE", "s:THREE 1"]);
});

test("a changed input can be accepted once what makes it is up to date", async () => {
  const project = await overridden();
  project.write("raw.txt", "four\n");
  await project.build("clean");
  project.runs();
  await accepted(project);
  expect([fresh(await project.build()), project.runs()]).toEqual([["clean", "score", "train"], []]);
});

test("what was never built can be accepted, and so can a step without outputs", async () => {
  const project = await overridden(
    `{ check: rule({ inputs: { raw: "raw.txt" }, outputs: {}, run: counting("check", 'grep -q e "$raw" || test ! -e strict') }) }`,
  );
  project.pipefile(`{
    train: rule({ inputs: { raw: "raw.txt" }, outputs: { out: "by-hand.txt" }, run: counting("train", "exit 1") }),
    check: rule({ inputs: { raw: "raw.txt" }, outputs: {}, run: counting("check", "exit 1") }),
  }`);
  project.write("by-hand.txt", "mine");
  await accepted(project);
  answerOf(await project.pipe(["accept", "check", "--reason", "known"]));
  expect([fresh(await project.build()), project.runs()]).toEqual([["check", "train"], []]);
});

test("a param's value is accepted for the builds that give it", async () => {
  const project = await overridden();
  const eight = ["--param", "train.seed=8"];
  await accepted(project, ...eight);
  expect(fresh(await project.build(...eight))).toContain("train");
  expect(project.runs()).toEqual([]);
});

test.each([
  ["an input", async (project: Overridden) => project.write("raw.txt", "four\n"), "input out/clean.txt"],
  ["a param", async (project: Overridden) => project.pipefile(RULES.replace("seed: 1", "seed: 2")), "param seed"],
  ["the code", async (project: Overridden) => project.pipefile(RULES.replace("mkdir", "mkdir -p")), "command"],
])("%s that changes ends it: the build says so, keeps the bytes aside and runs the step", async (_, change, told) => {
  const project = await edited();
  await project.build();
  project.runs();
  await change(project);
  const run = await project.build();
  expect(warningsOf(run)).toEqual(["override-ended", "rescued"]);
  const [ended] = eventsOf(run, "warning");
  expect(ended?.message).toMatch(/^train was accepted .*: "mended by hand"; /);
  expect(ended?.message).toContain(told);
  expect(project.runs()).toContain("train");
  expect(rescuedIn(project)).toEqual(["mine"]);
  const again = await project.build();
  expect([warningsOf(again), eventsOf(again, "build-finished")[0]?.held]).toEqual([[], undefined]);
  expect((await project.pipe(["unpin", "train"])).stderr).toContain("error[no-override]");
});

test("an edit after it ends it, and is kept before it is overwritten", async () => {
  const project = await edited();
  await project.build();
  project.write("model/model.bin", "mine again");
  expect(await project.status("train")).toMatchObject({
    plan: "would-restore",
    ended: { kind: "accepted" },
    reasons: [{ part: "output", name: "model/model.bin" }],
  });
  const run = await project.build();
  expect([warningsOf(run), restored(run)]).toEqual([
    ["override-ended", "rescued"],
    ["score", "train"],
  ]);
  expect(rescuedIn(project)).toEqual(["mine again"]);
  expect(project.standing()).toEqual(["THREE 1", "THREE", "s:THREE 1"]);
});

test("where the outputs are those of the last run again, it ends with a word, once", async () => {
  const project = await edited();
  project.write("model/model.bin", "THREE 1\n");
  const run = await project.build();
  expect([warningsOf(run), fresh(run)]).toEqual([["override-ended"], ["clean", "score", "train"]]);
  expect(warningsOf(await project.build())).toEqual([]);
  expect((await project.pipe(["unpin", "train"])).stderr).toContain("error[no-override]");
});

test("it holds again where the run that ended it fails, and the change is taken back", async () => {
  const project = await edited();
  await project.build();
  project.pipefile(RULES.replace("mkdir", "false; mkdir"));
  const run = await project.pipe(["build"]);
  expect([failed(run), warningsOf(run)]).toEqual([["train"], ["override-ended"]]);
  project.pipefile(RULES);
  const again = await project.build();
  expect([warningsOf(again), fresh(again)]).toEqual([[], ["clean", "score", "train"]]);
  expect(project.standing()).toEqual(["mine", "THREE", "s:mine"]);
});

test("while a step that it reads from is stale, whether it holds is open", async () => {
  const project = await edited();
  project.write("raw.txt", "four\n");
  expect(plansOf(await project.pipe(["status"]))).toMatchObject({ clean: "would-run", train: "may-run" });
  const run = await project.pipe(["build", "-n"]);
  expect(eventsOf(run, "step-planned")).toMatchObject([
    { step: "clean" },
    { step: "train", plan: "may-run", override: { kind: "accepted" } },
    { step: "score" },
  ]);
});

test("accepted before what it reads is up to date, it is recorded with a warning", async () => {
  const project = await overridden();
  project.write("raw.txt", "four\n");
  const run = await project.pipe(["accept", "train", "--reason", "early"]);
  expect([run.code, run.stderr]).toEqual([0, expect.stringMatching(/warning\[accepted-early\]: .*but clean may yet/)]);
  expect(warningsOf(await project.build())).toContain("override-ended");
});

test.each([
  ["without a reason", ["accept", "train"], "error[usage]: 'pipe accept' needs --reason"],
  ["with a blank reason", ["accept", "train", "--reason", "  "], "error[usage]: 'pipe accept' needs --reason"],
  ["of what nothing makes", ["accept", "raw.txt", "--reason", "x"], "error[unknown-target]"],
])("%s it is refused", async (_, args, problem) => {
  const project = await overridden();
  const run = await project.pipe(args);
  expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(problem)]);
});

test("all outputs have to be there, as what they are declared", async () => {
  const project = await overridden();
  project.remove("model/model.bin");
  project.remove("model/parts");
  project.write("model/parts", "a file");
  const run = await project.pipe(["accept", "train", "--reason", "x"]);
  expect([run.code, run.stderr]).toEqual([
    2,
    expect.stringContaining("error[cannot-accept]: train cannot be accepted: "),
  ]);
  expect(run.stderr).toContain("model/model.bin");
  expect(run.stderr).toContain("model/parts/");
  expect((await project.status("train"))?.override).toBeUndefined();
});

test("what was accepted never enters the cache", async () => {
  const project = await edited();
  const objects = (): readonly string[] =>
    filesBelow(project.at(".pipe/cache")).map((path) => project.read(`.pipe/cache/${path}`));
  await project.build("train");
  expect(objects()).not.toContain("mine");
  project.remove("model/model.bin");
  await project.build("train");
  expect(project.standing()[0]).toBe("THREE 1");
});

test("a forced run is refused, until pipe unpin; what was accepted is kept then", async () => {
  const project = await edited();
  const run = await project.pipe(["build", "--force", "train"]);
  expect([run.code, run.stderr]).toEqual([2, expect.stringContaining("pipe unpin train")]);
  answerOf(await project.pipe(["unpin", "train"]));
  expect(warningsOf(await project.build("--force", "train"))).toEqual(["rescued"]);
  expect(rescuedIn(project)).toEqual(["mine"]);
});

test("the newest decision counts, of restore and of accept", async () => {
  const project = await edited();
  const run = await project.pipe(["restore", "train", "--reason", "after all"]);
  expect([answerOf(run).step, run.stderr]).toEqual(["train", expect.stringContaining("warning[rescued]")]);
  expect(rescuedIn(project)).toEqual(["mine"]);
  expect((await project.status("train"))?.override).toMatchObject({ kind: "restored", reason: "after all" });
  await accepted(project);
  expect((await project.status("train"))?.override).toMatchObject({ kind: "accepted" });
  project.write("raw.txt", "four\n");
  expect(warningsOf(await project.build())).toEqual(["override-ended"]);
});

test("what was accepted is what verify expects, and clean leaves it alone", async () => {
  const project = await overridden();
  project.write("model/model.bin", "MINE\n");
  await project.pipe(["accept", "train", "--reason", "better"]);
  expect((await project.pipe(["verify", "train"])).code).toBe(0);
  const { stdout } = await project.pipe(["clean"]);
  expect((JSON.parse(stdout) as { readonly kept: unknown }).kept).toContainEqual({
    path: "model/model.bin",
    because: "held",
  });
  expect(project.read("model/model.bin")).toBe("MINE\n");
});
