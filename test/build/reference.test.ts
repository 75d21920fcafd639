/**
 * The second chances of the repository's own pipeline, by its own Pipefile, on a clock of the test's own. The modules
 * of actions are replaced by ones that fail; whatever they do, what was made before stands until there is better.
 */

import { renameSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { BuildEvent } from "../../src/core/event.ts";
import { engineOf, type Engine } from "../properties/engine.ts";
import type { Project } from "../rig/project.ts";
import { madeIn, referenceProject, SOURCE, STEPS } from "../rig/reference.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await engineOf();
});
afterAll(() => engine.remove());

let project: Project;
let before: ReturnType<typeof madeIn>;
beforeEach(async () => {
  project = referenceProject();
  expect((await build()).problem).toBe("");
  before = madeIn(project);
});

interface Built {
  readonly problem: string;
  readonly events: readonly BuildEvent[];
  readonly waits: readonly number[];
}

async function build(): Promise<Built> {
  const waits: number[] = [];
  const built = await engine.build(project.root, { jobs: 1, args: ["model/model.pkl"], sleep: (ms) => waits.push(ms) });
  return { ...built, waits };
}

const eventsOf = <T extends BuildEvent["type"]>({ events }: Built, type: T) =>
  events.filter((event): event is Extract<BuildEvent, { readonly type: T }> => event.type === type);
const stepsOf = (built: Built, type: "step-started" | "step-skipped" | "step-fresh" | "step-restored" | "step-built") =>
  eventsOf(built, type).map(({ step }) => step);

const plans = async (): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries((await engine.status(project.root)).map(({ step, plan }) => [step, plan]));

/** Puts an action in the place of one: it throws while `failing` is true, and is then the one that was there. */
function breakAction(name: string, failing: string, thrown: string): void {
  const [module, real] = [project.at(`rules/${name}.ts`), project.at(`rules/${name}.real.ts`)];
  renameSync(module, real);
  project.write(
    `rules/${name}.ts`,
    `
import { appendFileSync, readFileSync } from "node:fs";
import { retryable } from "pipefile";
import real from "./${name}.real.ts";

const tries = ${JSON.stringify(project.at("logs/tries"))};
const broken: typeof real = (context: any) => {
  appendFileSync(tries, "x");
  const attempt = readFileSync(tries, "utf8").length;
  if (${failing}) throw ${thrown};
  return real(context);
};
export default broken;
`,
  );
}

function mendAction(name: string): void {
  renameSync(project.at(`rules/${name}.real.ts`), project.at(`rules/${name}.ts`));
}

const networkError = 'Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" })';

describe("ingest", () => {
  test.for([
    [1, [500]],
    [2, [500, 1000]],
    [3, [500, 1000, 1500]],
  ] as const)("outlives a network that fails it %d times", async ([failures, expected]) => {
    breakAction("ingest", `attempt <= ${failures}`, networkError);
    const built = await build();
    expect([built.problem, built.waits]).toEqual(["", expected]);
    expect(stepsOf(built, "step-started")).toEqual(Array.from({ length: failures + 1 }, () => "ingest"));
    expect(eventsOf(built, "step-retrying").every(({ kind }) => kind === "network")).toBe(true);
    // The same rows came in, so the rest is what it was.
    expect(stepsOf(built, "step-fresh").toSorted()).toEqual(["clean", "serialize", "train"]);
    expect(madeIn(project)).toEqual(before);
  });

  test("gives up after four attempts, and the rows and the model of before still stand", async () => {
    breakAction("ingest", "true", networkError);
    const built = await build();
    expect([built.problem, built.waits]).toEqual(["exit code 1 ", [500, 1000, 1500]]);
    expect(stepsOf(built, "step-started")).toEqual(["ingest", "ingest", "ingest", "ingest"]);
    expect(eventsOf(built, "step-failed")).toMatchObject([{ step: "ingest", kind: "network" }]);
    expect(stepsOf(built, "step-skipped").toSorted()).toEqual(["clean", "serialize", "train"]);
    expect(madeIn(project)).toEqual(before);
  });

  test.for([
    ["an answer that will be the same", 'new Error("HTTP 404")'],
    ["a table of another schema", 'new TypeError("line 1: it lacks sex")'],
    ["a source that is not there", 'Object.assign(new Error("no such file"), { code: "ENOENT" })'],
  ] as const)("does not try %s again", async ([, thrown]) => {
    breakAction("ingest", "true", thrown);
    const built = await build();
    expect([built.problem, built.waits]).toEqual(["exit code 1 ", []]);
    expect(stepsOf(built, "step-started")).toEqual(["ingest"]);
    expect(eventsOf(built, "step-failed")).toMatchObject([{ step: "ingest", kind: "error" }]);
    expect(madeIn(project)).toEqual(before);
  });
});

describe("train", () => {
  test.for([
    ["fit", 'retryable("fit", new Error("singular"))'],
    ["oom", 'new RangeError("Array buffer allocation failed")'],
  ] as const)("that fails twice by '%s' leaves the last good model", async ([kind, thrown]) => {
    breakAction("train", "true", thrown);
    const built = await build();
    expect([built.problem, built.waits]).toEqual(["exit code 1 ", []]);
    expect(stepsOf(built, "step-started")).toEqual(["train", "train"]);
    expect(eventsOf(built, "step-retrying")).toMatchObject([{ step: "train", kind, isFallback: true }]);
    expect(eventsOf(built, "step-failed")).toMatchObject([{ step: "train", kind }]);
    expect(stepsOf(built, "step-skipped")).toEqual(["serialize"]);
    expect(madeIn(project)).toEqual(before);
    expect(await plans()).toMatchObject({ ingest: "fresh", clean: "fresh", train: "would-run" });
    mendAction("train");
    expect(await plans()).toMatchObject(Object.fromEntries(STEPS.map((step) => [step, "fresh"])));
  });

  test("that has no solution for new rows leaves the last good model, which the old rows are fresh for", async () => {
    project.write("rules/schema.ts", project.read("rules/schema.ts").replace("[1000, 10_000]", "[-1.7e308, 1.7e308]"));
    expect((await build()).problem).toBe("");
    before = madeIn(project);
    const source = project.read(SOURCE);
    project.write(SOURCE, source.replaceAll(",3750,", ",1e308,").replaceAll(",3800,", ",-1e308,"));
    const built = await build();
    expect(stepsOf(built, "step-started")).toEqual(["ingest", "clean", "train", "train"]);
    expect(eventsOf(built, "step-failed")).toMatchObject([
      { step: "train", kind: "fit", message: expect.stringContaining("no finite solution") },
    ]);
    const after = madeIn(project);
    expect(after["data/clean.csv"]).not.toEqual(before["data/clean.csv"]);
    for (const path of ["model/model.bin", "model/model.pkl", "model/checksum.txt", "reports/metrics.json"])
      expect(after[path]).toEqual(before[path]);
    expect(await plans()).toMatchObject({ train: "would-run" });
    project.write(SOURCE, source);
    const back = await build();
    expect(stepsOf(back, "step-started")).toEqual([]);
    expect(stepsOf(back, "step-restored")).toEqual(["ingest", "clean"]);
    expect(stepsOf(back, "step-fresh").toSorted()).toEqual(["serialize", "train"]);
    expect(madeIn(project)).toEqual(before);
  });

  test("that lacks the memory for its batches takes smaller ones, and makes the same model", async () => {
    breakAction("train", "context.params.batchRows > 8_192", 'new RangeError("Array buffer allocation failed")');
    const built = await build();
    expect(built.problem).toBe("");
    expect(stepsOf(built, "step-started")).toEqual(["train", "train"]);
    expect(eventsOf(built, "step-built")).toMatchObject([{ step: "train", attempts: 2, isFallback: true }]);
    expect(stepsOf(built, "step-fresh").toSorted()).toEqual(["clean", "ingest", "serialize"]);
    expect(madeIn(project)).toEqual(before);
    expect(await plans()).toMatchObject({ train: "fresh" });
  });

  test("is not tried again for a mistake in its params", async () => {
    project.write("Pipefile.ts", project.read("Pipefile.ts").replace('target: "body_mass_g"', 'target: "wingspan"'));
    const built = await build();
    expect(stepsOf(built, "step-started")).toEqual(["train"]);
    expect(eventsOf(built, "step-failed")).toMatchObject([{ step: "train", kind: "error" }]);
    expect(madeIn(project)).toEqual(before);
  });
});
