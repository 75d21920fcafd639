/** What is wrong with a Pipefile, a rule or an action's code is told before anything runs. */

import { mkdirSync } from "node:fs";
import { expect, test } from "vitest";
import { actionOf } from "../rig/pipefile.ts";
import { projectOf } from "../rig/project.ts";
import { expectRefused, maker, READY, type Refusal } from "../rig/refusal.ts";

const REFUSED: Readonly<Record<string, readonly [rules: string, refusal: Refusal]>> = {
  "a pool that the pipeline lacks": [
    `one: rule({ inputs: {}, outputs: {}, resources: { pools: { net: 1 } }, run: "true" })`,
    { code: "bad-rule", says: ["one", "net"] },
  ],
  "a memory without a unit": [
    `one: rule({ inputs: {}, outputs: {}, resources: { memory: "2" }, run: "true" })`,
    { code: "bad-rule", says: ["one", "memory"] },
  ],
  "a misspelt field": [
    `one: rule({ inputs: {}, outptus: {}, run: "true" })`,
    { code: "bad-rule", says: ["one", "outptus", "outputs"] },
  ],
  "a rule without run": [`one: rule({ inputs: {}, outputs: {} })`, { code: "bad-rule", says: ["one", "run"] }],
  "a variable that the shell itself uses": [
    maker("one", `PATH: "data/source.csv"`, ""),
    { code: "bad-rule", says: ["one", "PATH"] },
  ],
  "a name that is no variable": [
    maker("one", `"a-b": "data/source.csv"`, ""),
    { code: "bad-rule", says: ["one", "a-b"] },
  ],
  "one name for an input and an output": [
    maker("one", `a: "data/source.csv"`, `a: "a.txt"`),
    { code: "bad-rule", says: ["one", "'a'"] },
  ],
  "a run of another form": [
    `one: rule({ inputs: {}, outputs: {}, run: async () => ({ default: () => {} }) })`,
    { code: "not-an-action", says: ["one"] },
  ],
  "an action that is not there": [
    `one: rule({ inputs: {}, outputs: {}, run: () => import("./rules/gone.ts") })`,
    { code: "broken-code", says: ["rules/gone.ts"] },
  ],
  "an action that does not compile": [
    `one: rule({ inputs: {}, outputs: {}, run: () => import("./rules/broken.ts") })`,
    { code: "broken-code", says: ["rules/broken.ts:2"] },
  ],
  "a computed import": [
    `one: rule({ inputs: {}, outputs: {}, run: () => import("./rules/computed.ts") })`,
    { code: "cannot-fingerprint", says: ["rules/computed.ts:3"] },
  ],
  "a computed require": [
    `one: rule({ inputs: {}, outputs: {}, run: () => import("./rules/require.ts") })`,
    { code: "cannot-fingerprint", says: ["rules/require.ts"] },
  ],
  "a native addon by its path": [
    `one: rule({ inputs: {}, outputs: {}, run: () => import("./rules/native.ts") })`,
    { code: "cannot-fingerprint", says: ["rules/native.ts"] },
  ],
};

test.each(Object.entries(REFUSED))("%s is refused before anything runs", async (_, [rules, refusal]) => {
  const project = projectOf({
    "data/source.csv": "a\n",
    "rules/broken.ts": "export default () => {\n  const = 1;\n};\n",
    "rules/computed.ts": `export default async ({ params }: any) => {\n  const name = String(params.name);\n  await import(name + ".ts");\n};\n`,
    "rules/require.ts": `export default ({ params }: any) => {\n  require(params.name);\n};\n`,
    "rules/native.ts": `import addon from "./addon.node";\nexport default () => addon();\n`,
    "rules/addon.node": "\u007fELF",
  });
  project.pipefile(`{ ${READY}, ${rules} }`);
  await expectRefused(project, refusal);
});

test.each([
  ["nosuch.factor=1", "nosuch"],
  ["make.facter=1", "factor"],
  ["make.factor=x", "factor"],
  ["make.factor", "rule.name=value"],
])("--param %s is refused before anything runs", async (text, named) => {
  const project = projectOf();
  project.pipefile(`{ make: rule({ inputs: {}, outputs: {}, params: { factor: 2 }, run: counting("make", "true") }) }`);
  await expectRefused(project, { code: "bad-param", says: [text, named], targets: ["--param", text] });
});

const PIPEFILES: Readonly<Record<string, readonly [text: string, refusal: Refusal]>> = {
  "that does not compile": [
    `import { pipeline } from "pipefile";\nexport default pipeline({ a: });\n`,
    { code: "broken-code", says: ["Pipefile.ts:2"] },
  ],
  "that throws": [
    `throw new Error("out of paper");\n`,
    { code: "broken-pipefile", says: ["out of paper", "Pipefile.ts"] },
  ],
  "without a default export": [`export const a = 1;\n`, { code: "not-a-pipeline", says: ["Pipefile.ts"] }],
  "with something else in place of a rule": [
    `import { pipeline } from "pipefile";\nexport default pipeline({ a: {} } as any);\n`,
    { code: "bad-rule", says: ["'a'"] },
  ],
};

test.each(Object.entries(PIPEFILES))("a Pipefile %s is refused", async (_, [text, refusal]) => {
  const project = projectOf({ "Pipefile.ts": text });
  const run = await project.pipe(["build"]);
  expect(run.stderr).toContain(`error[${refusal.code}]`);
  for (const part of refusal.says) expect(run.stderr).toContain(part);
  expect(run.code).toBe(2);
});

test("a folder without a Pipefile is told as such", async () => {
  const project = projectOf();
  mkdirSync(project.at("empty"));
  const run = await project.pipe(["build"]);
  expect([run.code, run.stdout]).toEqual([2, ""]);
  expect(run.stderr).toContain("Pipefile.ts");
});

test("no code of a rule is evaluated to read the Pipefile", async () => {
  const project = projectOf({
    "rules/loud.ts": `console.log("evaluated");\n${actionOf("loud", "")}\nthrow new Error("evaluated");\n`,
  });
  project.pipefile(`{ ${READY}, loud: rule({ inputs: {}, outputs: {}, run: () => import("./rules/loud.ts") }) }`);
  const run = await project.pipe(["build", "ready"]);
  expect([run.code, project.runs()]).toEqual([0, ["ready"]]);
  expect(run.stdout + run.stderr).not.toContain("evaluated");
});
