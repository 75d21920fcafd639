/** What of a rule's definition counts, each change for its very reason, and what does not. */

import { chmodSync } from "node:fs";
import { expect, test } from "vitest";
import { eventsOf, partsOf, ran, reasonsOf, restored } from "../rig/events.ts";
import { pipefileOf } from "../rig/pipefile.ts";
import { projectOf, type Project } from "../rig/project.ts";
import { contentsOf, filesBelow } from "../rig/snapshot.ts";

/** A project of one command, whose declaration is this text. */
async function built(declaration: string): Promise<Project> {
  const project = projectOf({ "raw.txt": "alpha\n", "more.txt": "more\n" });
  project.pipefile(`{ make: rule({ ${declaration} }) }`);
  await project.build();
  expect(project.runs()).toEqual(["make"]);
  return project;
}

const MAKE = `inputs: { raw: "raw.txt" }, outputs: { rows: "rows.txt" }, params: { factor: 2, name: "x", deep: { b: [1, 2], a: null } }, run: counting("make", 'cat "$raw" > "$rows"')`;
const DEEP = "deep: { b: [1, 2], a: null }";

const CHANGES: Readonly<Record<string, readonly [from: string, to: string, reason: object]>> = {
  "a command": [`cat "$raw" >`, `cat "$raw" "$raw" >`, { part: "command" }],
  "a param": ["factor: 2", "factor: 3", { part: "param", name: "factor", was: "2", now: "3" }],
  "a param's type": ["factor: 2", 'factor: "2"', { part: "param", name: "factor" }],
  "a value deep in a param": ["[1, 2]", "[2, 1]", { part: "param", name: "deep.b.0", was: "1", now: "2" }],
  "a param that was added": ["factor: 2", "factor: 2, other: true", { part: "param", name: "other", now: "true" }],
  "a param that was taken away": ["factor: 2, ", "", { part: "param", name: "factor", was: "2" }],
  "an input that was added": [
    `raw: "raw.txt"`,
    `raw: "raw.txt", more: "more.txt"`,
    { part: "input", name: "more.txt" },
  ],
  "an input's path": [`raw: "raw.txt"`, `raw: "more.txt"`, { part: "input", name: "more.txt" }],
  "an input that became a list": [`raw: "raw.txt"`, `raw: ["raw.txt"]`, { part: "input", name: "raw" }],
  "an output's path": [`rows: "rows.txt"`, `rows: "lines.txt"`, { part: "output", name: "rows" }],
  "the shell": [`params:`, `shell: "bash", params:`, { part: "shell", was: "sh", now: "bash" }],
};

test.each(Object.entries(CHANGES))(
  "%s that changed makes the step stale for that very reason",
  async (_, [from, to, reason]) => {
    const project = await built(MAKE);
    expect(MAKE).toContain(from);
    project.pipefile(`{ make: rule({ ${MAKE.replace(from, to)} }) }`);
    const run = await project.build();
    expect(project.runs()).toEqual(["make"]);
    expect(reasonsOf(run, "make")).toContainEqual(expect.objectContaining(reason));
  },
);

test("an input that was taken away makes the step stale", async () => {
  const project = await built(MAKE.replace(`raw: "raw.txt"`, `raw: "raw.txt", more: "more.txt"`));
  project.pipefile(`{ make: rule({ ${MAKE} }) }`);
  expect(reasonsOf(await project.build(), "make")).toEqual([
    { part: "input", name: "more.txt", was: expect.any(String) as string },
  ]);
  expect(project.runs()).toEqual(["make"]);
});

test("an output that was added, or taken away, makes the step stale", async () => {
  const project = await built(MAKE);
  project.pipefile(
    `{ make: rule({ ${MAKE.replace(`rows: "rows.txt"`, `rows: "rows.txt", log: "log.txt"`).replace(`> "$rows"`, `| tee "$log" > "$rows"`)} }) }`,
  );
  expect(partsOf(await project.build(), "make")).toEqual(expect.arrayContaining(["output log", "output log.txt"]));
  project.runs();
  project.pipefile(`{ make: rule({ ${MAKE.replace("cat ", "cat -- ")} }) }`);
  expect(partsOf(await project.build(), "make")).toContain("output log");
  expect(project.runs()).toEqual(["make"]);
});

const SAME: Readonly<Record<string, readonly [from: string, to: string]>> = {
  "the order of keys": [
    `inputs: { raw: "raw.txt" }, outputs: { rows: "rows.txt" }, params: { factor: 2, name: "x", ${DEEP} }`,
    `params: { deep: { a: null, b: [1, 2] }, name: "x", factor: 2 }, outputs: { rows: "rows.txt" }, inputs: { raw: "raw.txt" }`,
  ],
  "a comment": ["params:", "/* two words */ params:"],
  formatting: [", outputs", ",\n\n    outputs"],
  "another spelling of a path": [`"raw.txt"`, `"./raw.txt"`],
  "a type": ["factor: 2", "factor: 2 as number"],
  "the description": ["params:", `description: "makes rows", params:`],
  "the resources": ["params:", `resources: { cpu: 2, memory: "1MB" }, params:`],
  "the cache's policy": ["params:", "cache: false, params:"],
  passEnv: ["params:", `passEnv: ["OTHER"], params:`],
};

test.each(Object.entries(SAME))("%s changes nothing", async (_, [from, to]) => {
  const project = await built(MAKE);
  expect(MAKE).toContain(from);
  project.pipefile(`{ make: rule({ ${MAKE.replace(from, to)} }) }`);
  const run = await project.build();
  expect([project.runs(), ran(run), restored(run)]).toEqual([[], [], []]);
});

test("code, types and rules around a rule change nothing of it", async () => {
  const project = await built(MAKE);
  const others = `interface Unused { a: number }\nconst unused = (value: Unused) => value.a;\nconst other = rule({ inputs: {}, outputs: { o: "o.txt" }, run: 'echo o > "$o"' });\n`;
  project.write(
    "Pipefile.ts",
    pipefileOf(`{ other, make: rule({ ${MAKE} }) }`).replace("export default", `${others}export default`),
  );
  expect(ran(await project.build())).toEqual(["other"]);
  expect(project.runs()).toEqual([]);
});

test("--param makes the step stale for that run, and the declared value restores it", async () => {
  const project = await built(MAKE.replace(`cat "$raw" >`, `echo "$factor $name" >`));
  const run = await project.build("--param", "make.factor=7", "--param", "make.name=some words");
  expect(reasonsOf(run, "make")).toEqual([
    { part: "param", name: "factor", was: "2", now: "7" },
    { part: "param", name: "name", was: "x", now: "some words" },
  ]);
  expect(project.read("rows.txt")).toBe("7 some words\n");
  expect(project.runs()).toEqual(["make"]);
  expect(restored(await project.build())).toEqual(["make"]);
  expect(project.read("rows.txt")).toBe("2 x\n");
});

test("a variable that `env` names counts, is given to the action, and stands in no record", async () => {
  const project = projectOf();
  project.pipefile(
    `{ make: rule({ inputs: {}, outputs: { out: "out.txt" }, env: ["SECRET", "OTHER"], run: counting("make", 'printf %s "\${SECRET:-none}" | wc -c > "$out"') }) }`,
  );
  const build = async (env: Record<string, string>): Promise<readonly string[]> => {
    const run = await project.pipe(["build"], { env });
    expect(run.code).toBe(0);
    expect(run.stdout).not.toContain("hunter22");
    return partsOf(run, "make");
  };
  expect(await build({ SECRET: "hunter22" })).toEqual(["record"]);
  expect(project.read("out.txt").trim()).toBe("8");
  expect(await build({ SECRET: "hunter22", UNNAMED: "1" })).toEqual([]);
  expect(await build({ SECRET: "hunter22x" })).toEqual(["env SECRET"]);
  expect(await build({})).toEqual(["env SECRET"]);
  expect(await build({ SECRET: "" })).toEqual(["env SECRET"]);
  for (const file of filesBelow(project.root)) expect(project.read(file)).not.toContain("hunter22");
});

test("a variable that only `passEnv` names reaches the action and does not count; one that nothing names does not reach it", async () => {
  const project = projectOf();
  project.pipefile(
    `{ make: rule({ inputs: {}, outputs: { out: "out.txt" }, passEnv: ["LOCAL_*"], run: counting("make", 'echo "\${LOCAL_NAME-} \${UNNAMED-unset}" > "$out"') }) }`,
  );
  await project.pipe(["build"], { env: { LOCAL_NAME: "one", UNNAMED: "seen" } });
  expect(project.read("out.txt")).toBe("one unset\n");
  expect(ran(await project.pipe(["build"], { env: { LOCAL_NAME: "two" } }))).toEqual([]);
  expect(project.runs()).toEqual(["make"]);
});

test("a tool's new version makes just the steps stale that name it", async () => {
  const project = projectOf({ "bin/tool": "#!/bin/sh\necho tool 1.0\n" });
  chmodSync(project.at("bin/tool"), 0o755);
  project.pipefile(`{
    user: rule({ inputs: {}, outputs: { out: "a.txt" }, tools: { tool: "./bin/tool" }, run: counting("user", 'echo a > "$out"') }),
    other: rule({ inputs: {}, outputs: { out: "b.txt" }, run: counting("other", 'echo b > "$out"') }),
  }`);
  await project.build();
  project.runs();
  project.write("bin/tool", "#!/bin/sh\n# the same version, written otherwise\necho tool 1.0\n");
  expect(ran(await project.build())).toEqual([]);
  project.write("bin/tool", "#!/bin/sh\necho tool 1.1\n");
  const run = await project.build();
  expect(reasonsOf(run, "user")).toEqual([{ part: "tool", name: "tool", was: "tool 1.0", now: "tool 1.1" }]);
  expect(project.runs()).toEqual(["user"]);
});

test("a tool that an interpreter runs is asked again, though the interpreter stayed as it was", async () => {
  const project = projectOf({ "bin/tool": "echo tool 1.0\n" });
  project.pipefile(
    `{ user: rule({ inputs: {}, outputs: { out: "a.txt" }, tools: { tool: "sh bin/tool" }, run: counting("user", 'echo a > "$out"') }) }`,
  );
  await project.build();
  project.write("bin/tool", "echo tool 1.1\n");
  expect(partsOf(await project.build(), "user")).toEqual(["tool tool"]);
});

test("the same definition in another folder gives the same outputs", async () => {
  const [here, there] = [await built(MAKE), await built(MAKE)];
  const outputsOf = ({ root }: Project): unknown => contentsOf(root)["rows.txt"];
  expect(outputsOf(here)).toBe(outputsOf(there));
});

test("a path in a command's text that no input or output names is a warning, and with `strict` an error", async () => {
  const project = projectOf({ "raw.txt": "a\n", "hidden.txt": "b\n" });
  const rules = `{ make: rule({ inputs: { raw: "raw.txt" }, outputs: { out: "out.txt" }, run: counting("make", 'cat "$raw" hidden.txt > "$out"') }) }`;
  project.pipefile(rules);
  const [warning] = eventsOf(await project.build(), "warning");
  expect(warning).toMatchObject({ code: "undeclared-path", message: expect.stringContaining("hidden.txt") as string });
  project.runs();
  project.pipefile(rules, "strict: true");
  const run = await project.pipe(["build", "--force"]);
  expect([run.code, project.runs()]).toEqual([2, []]);
  expect(run.stderr).toContain("hidden.txt");
});
