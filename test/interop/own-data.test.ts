/** docs/own-data.md, done as it says with a table that is not ours: 53,940 diamonds, by params alone. */

import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { encodedNames, readModel, type Schema } from "pipefile/model";
import { tableOf, sectionOf } from "../docs/markdown.ts";
import { eventsOf } from "../rig/events.ts";
import { follow, pageOf } from "../rig/page.ts";
import type { Project } from "../rig/project.ts";
import { edit, referenceProject, SOURCE } from "../rig/reference.ts";

const PAGE = pageOf("docs/own-data.md");
const require = createRequire(import.meta.url);

test("each command of the page prints what the page shows, up to a model of diamonds", { timeout: 120_000 }, () => {
  // The page copies it; without it this names what is missing.
  require.resolve("@observablehq/sample-datasets/diamonds.csv");
  const project = referenceProject();
  follow(PAGE, project);
  const model = readModel(project.read("model/model.bin"));
  expect(model.target).toBe("price");
  expect(model.rows.train + model.rows.test).toBe(53_934);
  expect(encodedNames(model.features)).toHaveLength(6 + 4 + 6 + 7);
  expect(model.metrics.model.r2).toBeGreaterThan(0.9);
});

const SCHEMA: Schema = {
  columns: [
    { name: "carat", type: "number", range: [0.1, 10] },
    { name: "cut", type: "category", categories: ["Fair", "Good", "Ideal"] },
    { name: "price", type: "integer", nullable: false },
  ],
};
const HEADER = "carat,cut,price";

interface Case {
  readonly text: string;
  readonly schema?: unknown;
  readonly target?: string;
}
const cut = { name: "cut", type: "category" };
const many = Array.from({ length: 1001 }, (_, at) => `1,cut ${at},${at}\n`).join("");

/** What brings about each row of the page's table, in its order. */
const CASES: readonly Case[] = [
  { text: "carat;cut;price\n" },
  { text: "carat,cut,price,id\n" },
  { text: `${HEADER}\n"0,23",Ideal,326\n` },
  { text: `${HEADER}\n0.23,Ideal,326.5\n` },
  { text: `${HEADER}\n50,Ideal,326\n` },
  { text: `${HEADER}\n0.23,ideal,326\n` },
  { text: `${HEADER}\n0.23,\uFFFD,326\n` },
  { text: `${HEADER}\n0.23,Ideal,\n` },
  { text: `${HEADER}\n0.23,Ideal\n` },
  { text: `${HEADER}\n0.23,Ideal,326\n,Ideal,327\n` },
  { text: `${HEADER}\n`, schema: { columns: [{ name: "carat", type: "number", nulls: "zero" }] } },
  { text: `${HEADER}\n0.23,Ideal,326\n`, target: "cut" },
  { text: `${HEADER}\n${many}`, schema: { columns: [SCHEMA.columns[0], cut, SCHEMA.columns[2]] } },
];

test("each message that the page explains is what its mistake brings about", { timeout: 120_000 }, async () => {
  const explained = tableOf(sectionOf(PAGE, "What it may say")).map(([message = ""]) => message.slice(1, -1));
  expect(explained).toHaveLength(CASES.length);
  const project = referenceProject();
  edit(project, "Pipefile.ts", ['target: "body_mass_g"', 'target: "price"']);
  for (const [at, message] of explained.entries()) expect(await failureOf(project, CASES[at])).toContain(message);
});

async function failureOf(project: Project, of: Case | undefined): Promise<string> {
  if (of === undefined) throw new Error("there are more messages than cases");
  project.write(SOURCE, of.text);
  const schema = JSON.stringify(of.schema ?? SCHEMA);
  const params = [`clean.schema=${schema}`, `train.target=${of.target ?? "price"}`];
  const run = await project.pipe(["build", "train", ...params.flatMap((param) => ["--param", param])]);
  return eventsOf(run, "step-failed")
    .map(({ message }) => message)
    .join("\n");
}
