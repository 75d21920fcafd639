/** What a module action finds when it starts: nothing of what ran before it in the same worker. */

import { expect, test } from "vitest";
import { eventsOf, partsOf, ran } from "../rig/events.ts";
import { actionOf } from "../rig/pipefile.ts";
import { projectOf } from "../rig/project.ts";

const EACH = `{ each: rule({ inputs: { from: "in/{name}.txt" }, outputs: { to: "out/{name}.txt" }, run: () => import("./rules/each.ts") }) }`;
const NAMES = ["a", "b", "c", "d"];
const TARGETS = NAMES.map((name) => `out/${name}.txt`);

function projectOfEach(body: string, head = ""): ReturnType<typeof projectOf> {
  const inputs = Object.fromEntries(NAMES.map((name) => [`in/${name}.txt`, name]));
  const project = projectOf({ ...inputs, "rules/each.ts": actionOf("each", body, head) });
  project.pipefile(EACH);
  return project;
}

test("steps that share a module with a state each find it as new", async () => {
  const project = projectOfEach(
    "count += 1; state.calls += 1; writeFileSync(outputs.to, `${count} ${state.calls}`);",
    `import { state } from "../lib/state.ts"; let count = 0;`,
  );
  project.write("lib/state.ts", "export const state = { calls: 0 };");
  await project.build("-j1", ...TARGETS);
  expect(project.runs()).toHaveLength(4);
  expect(TARGETS.map((path) => project.read(path))).toEqual(["1 1", "1 1", "1 1", "1 1"]);
});

test("the working directory and the environment of one action never reach the next", async () => {
  const project = projectOfEach(`
    writeFileSync(outputs.to, JSON.stringify([process.cwd(), process.env.LEFT ?? "unset", typeof process.env.PATH]));
    process.env.LEFT = "behind";
    delete process.env.PATH;
    process.chdir("/");`);
  await project.build("-j1", ...TARGETS);
  for (const path of TARGETS) expect(JSON.parse(project.read(path))).toEqual([project.root, "unset", "string"]);
});

test("an action sees the variables that are named for it, and no others", async () => {
  const project = projectOf({
    "rules/env.ts": actionOf(
      "env",
      `writeFileSync(outputs.out, JSON.stringify([process.env.NAMED, process.env.PASSED, process.env.OTHER]));`,
    ),
  });
  project.pipefile(
    `{ env: rule({ inputs: {}, outputs: { out: "env.json" }, env: ["NAMED"], passEnv: ["PASS*"], run: () => import("./rules/env.ts") }) }`,
  );
  await project.pipe(["build"], { env: { NAMED: "named", PASSED: "passed", OTHER: "other" } });
  expect(JSON.parse(project.read("env.json"))).toEqual(["named", "passed", null]);
});

test("what an action prints is in its log and nowhere else", async () => {
  const project = projectOfEach(
    `console.log("to stdout " + wildcards.name); console.error("to stderr"); writeFileSync(outputs.to, "x");`,
  );
  const run = await project.build("-j1", "out/a.txt");
  expect(project.read("logs/each.name=a.log")).toMatch(/to stdout a\n(?:.*\n)*to stderr\n/);
  expect(run.stdout + run.stderr).not.toContain("to std");
});

test.each([
  ["process.exit(0)", "ends its process"],
  ["queueMicrotask(() => { throw new Error('late'); }); await new Promise(() => {});", "throws outside of its promise"],
  ["void Promise.reject(new Error('late')); await new Promise(() => {});", "leaves a rejection behind"],
  ["void Promise.reject(new Error('late'));", "returns with a rejection left behind"],
  ["setImmediate(() => process.exit(3));", "returns and then ends its process"],
])("an action that calls %j %s, which fails its step alone", async (code) => {
  const project = projectOfEach(
    `if (wildcards.name === "b") { ${code} }\n  writeFileSync(outputs.to, wildcards.name);`,
  );
  const run = await project.pipe(["build", "-j1", "out/b.txt"]);
  expect([run.code, eventsOf(run, "step-failed").map(({ step }) => step)]).toEqual([1, ["each:name=b"]]);
  expect(project.has("out/b.txt")).toBe(false);
  expect(ran(await project.build("-j1", "out/a.txt", "out/c.txt"))).toEqual(["each:name=a", "each:name=c"]);
});

test("import.meta.url means the source file, and a file named beside it counts as an input", async () => {
  const project = projectOf({
    "rules/words.txt": "first",
    "rules/make.ts": actionOf(
      "make",
      `writeFileSync(outputs.out, readFileSync(new URL("./words.txt", import.meta.url)));`,
    ),
  });
  project.pipefile(`{ make: rule({ inputs: {}, outputs: { out: "out.txt" }, run: () => import("./rules/make.ts") }) }`);
  await project.build();
  expect(project.read("out.txt")).toBe("first");
  project.write("rules/words.txt", "other");
  expect(partsOf(await project.build(), "make")).toEqual([expect.stringContaining("rules/words.txt")]);
  expect(project.read("out.txt")).toBe("other");
});
