/** docs/events.md and the union of events: neither knows an event, a field or a part of a reason that the other does not. */

import { expect, onTestFinished, test } from "vitest";
import { EVENT_VERSION } from "../../src/core/event.ts";
import { actionOf } from "../rig/pipefile.ts";
import { modelled, rulesWith } from "../rig/modelled.ts";
import { projectOf, type Run } from "../rig/project.ts";
import { endServices, served } from "../rig/service.ts";
import { textOf } from "./checkout.ts";
import { blocksOf, fileOf, sectionOf, tableOf } from "./markdown.ts";

interface Shape {
  readonly needed: readonly string[];
  readonly optional: readonly string[];
}

const docs = textOf("docs/events.md");
const declared = shapesDeclared(textOf("src/core/event.ts"));
const documented = shapesDocumented();

test("every event is documented with its fields, and no other", () => {
  expect(documented).toEqual(declared);
});

test("each example is a line of its event, with fields that are documented", () => {
  for (const [type, shape] of documented) {
    const [example = ""] = blocksOf(sectionOf(docs, `\`${type}\``), "json");
    expect(problemsOf(JSON.parse(example), shape)).toEqual([]);
    expect(JSON.parse(example)).toMatchObject({ v: EVENT_VERSION, type });
  }
});

test("every part of a reason is explained, and no other", () => {
  const [, union = ""] = /export type Part =([^;]*);/.exec(textOf("src/core/staleness.ts")) ?? [];
  const parts = [...union.matchAll(/"(\w+)"/g)].map(([, part]) => part);
  expect(tableOf(sectionOf(docs, "Reasons")).map(([part]) => part)).toEqual(parts.map((part) => `\`${part}\``));
});

test("what a real build says is documented", async () => {
  const project = projectOf({ "a.txt": "a\n", "rules/copy.ts": actionOf("copy", COPY) });
  project.pipefile(`{
    copy: rule({ inputs: { a: "a.txt" }, outputs: { b: "b.txt" }, run: () => import("./rules/copy.ts") }),
    named: rule({ inputs: { b: "b.txt" }, outputs: { c: "c.txt" }, run: 'cat a.txt "$b" > "$c"' }),
    fail: rule({ inputs: { c: "c.txt" }, outputs: {}, retry: { times: 1 }, run: "exit 3" }),
    after: rule({ inputs: { d: "d.txt" }, outputs: {}, run: "true" }),
    never: rule({ inputs: { c: "c.txt" }, outputs: { d: "d.txt" }, run: 'test "$c" = d; cp "$c" "$d"' }),
  }`);
  const gated = modelled(rulesWith('promote: { metric: "rmse", max: 1 }'));
  const runs = [await project.pipe(["build", "copy", "-n"]), await project.pipe(["build"]), await gated.from("2 a")];
  runs.push(await project.build("named"));
  project.write("a.txt", "b\n");
  await project.build("named");
  project.write("a.txt", "a\n");
  runs.push(await project.build("named"), await refusedBuild());
  const events = runs.flatMap((run) => run.events);
  expect(events.flatMap((event) => problemsOf(event, documented.get(event.type)))).toEqual([]);
  expect([...new Set(events.map((event) => event.type))].toSorted()).toEqual([...documented.keys()].toSorted());
  for (const line of project.read("reports/builds.jsonl").trim().split("\n")) {
    expect(JSON.parse(line)).toMatchObject({
      v: 1,
      at: expect.stringMatching(/Z$/),
      build: expect.any(String),
      type: expect.any(String),
    });
  }
  for (const line of project.read("reports/metrics.jsonl").trim().split("\n")) {
    expect(Object.keys(JSON.parse(line))).toEqual(["v", "at", "build", "step", "name", "value"]);
  }
});

/** A build whose model the project's service refuses: the example of docs/serve.md, and a category is gone. */
async function refusedBuild(): Promise<Run> {
  const blocks = blocksOf(textOf("docs/serve.md"), "ts").map((block) => [fileOf(block) ?? "", block] as const);
  const project = projectOf({ ...Object.fromEntries(blocks), "data/raw.csv": "a,1\nb,2\n" });
  await project.build();
  const service = await served(project.root);
  onTestFinished(endServices);
  project.write("data/raw.csv", "a,1\n");
  const run = await project.pipe(["build"]);
  expect(run.events.at(-1)).toMatchObject({ type: "model-deployed", outcome: "refused", live: service.live });
  expect([run.code, await service.end()]).toEqual([1, 0]);
  return run;
}

const COPY = `log("a line"); metric("rows", 1); progress(1, 2); writeFileSync(outputs.b, readFileSync(inputs.a));`;

function problemsOf(event: object, shape: Shape | undefined): readonly string[] {
  const { needed, optional } = shape ?? { needed: [], optional: [] };
  const names = Object.keys(event).filter((name) => name !== "v" && name !== "type");
  const missing = needed.filter((name) => !names.includes(name)).map((name) => `lacks ${name}`);
  const strange = names.filter((name) => !needed.includes(name) && !optional.includes(name));
  return [...missing, ...strange.map((name) => `has ${name}`)].map((problem) => `${JSON.stringify(event)} ${problem}`);
}

/** From the source: the interfaces that have a `type`, in the order of the union. */
function shapesDeclared(source: string): ReadonlyMap<string, Shape> {
  const [, union = ""] = /export type BuildEvent =([^;]*);/.exec(source) ?? [];
  return new Map(
    [...union.matchAll(/\| (\w+)/g)].map(([, name]): [string, Shape] => {
      const [, body = ""] = new RegExp(`interface ${name} \\{(.*?)^\\}`, "ms").exec(source) ?? [];
      const [, type = ""] = /readonly type: "(.*?)"/.exec(body) ?? [];
      const fields = [...body.matchAll(/^ {2}readonly (\w+)(\?)?:/gm)].filter(([, field]) => field !== "type");
      return [type, shapeOf(fields.map(([, field = "", mark]) => ({ field, isOptional: mark === "?" })))];
    }),
  );
}

function shapesDocumented(): ReadonlyMap<string, Shape> {
  const types = [...docs.matchAll(/^### `(.*?)`$/gm)].map(([, type = ""]) => type);
  return new Map(
    types.map((type): [string, Shape] => {
      const names = tableOf(sectionOf(docs, `\`${type}\``)).map(([name = ""]) => name);
      const fields = names.map((name) => ({ field: name.replaceAll(/[`*]/g, ""), isOptional: name.endsWith("*") }));
      return [type, shapeOf(fields)];
    }),
  );
}

function shapeOf(fields: readonly { readonly field: string; readonly isOptional: boolean }[]): Shape {
  const names = (isOptional: boolean): readonly string[] =>
    fields
      .filter((field) => field.isOptional === isOptional)
      .map(({ field }) => field)
      .toSorted();
  return { needed: names(false), optional: names(true) };
}
