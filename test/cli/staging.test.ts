/** An action's outputs stand in their places only after it succeeded; until then, and if it fails, what stood there stays. */

import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { eventsOf, failed, fresh, ran, skipped } from "../rig/events.ts";
import { actionOf } from "../rig/pipefile.ts";
import { projectOf, type Project } from "../rig/project.ts";

/** Built once with a command; then the input changes and this command takes its place. */
async function builtThen(command: string): Promise<Project> {
  const rules = (run: string): string =>
    `{ make: rule({ inputs: { raw: "raw.txt" }, outputs: { a: "out/a.txt", all: "out/all/" }, run: counting("make", '${run}') }) }`;
  const project = projectOf({ "raw.txt": "first\n" });
  project.pipefile(rules('mkdir "$all"; cat "$raw" > "$a"; cat "$raw" > "$all/x.txt"'));
  await project.build();
  project.pipefile(rules(command));
  return project;
}

const FAILURES: Readonly<Record<string, readonly [command: string, failure: object]>> = {
  "ends with an exit code": [
    'echo half > "$a"; echo last words >&2; exit 3',
    { kind: "error", tail: ["last words"], message: expect.stringContaining("3") as string },
  ],
  "fails in its middle": ['echo half > "$a"; false; mkdir "$all"', { kind: "error" }],
  "uses a variable that is not set": ['echo half > "$a"; echo "$nothing"', { kind: "error" }],
  "is killed": ['echo half > "$a"; kill -9 $$', { kind: "killed" }],
  "makes only some of its outputs": [
    'echo half > "$a"',
    { kind: "missing-output", message: expect.stringContaining("out/all/") as string },
  ],
  "makes a pipe in place of a file": [
    'mkfifo "$a"; mkdir "$all"',
    { message: expect.stringContaining("out/a.txt") as string },
  ],
  "makes a pipe in its directory": [
    'echo a > "$a"; mkdir "$all"; mkfifo "$all/pipe"',
    { message: expect.stringContaining("pipe") as string },
  ],
  "makes a symlink in place of a file": [
    'ln -s ../raw.txt "$a"; mkdir "$all"',
    { kind: "missing-output", message: expect.stringContaining("out/a.txt") as string },
  ],
  "makes a file in place of a directory": [
    'echo half > "$a"; echo file > "${all%/}"',
    { kind: "missing-output", message: expect.stringContaining("out/all/") as string },
  ],
};

test.each(Object.entries(FAILURES))("an action that %s leaves the outputs of before", async (_, [command, failure]) => {
  const project = await builtThen(command);
  const run = await project.pipe(["build"]);
  expect(run.code).toBe(1);
  expect(eventsOf(run, "step-failed")).toMatchObject([{ step: "make", ...failure }]);
  expect([project.read("out/a.txt"), project.read("out/all/x.txt")]).toEqual(["first\n", "first\n"]);
  // It is as stale as it was.
  expect(failed(await project.pipe(["build"]))).toEqual(["make"]);
  expect(project.runs()).toEqual(["make", "make", "make"]);
});

test("a command that writes the declared path itself is told so, and the earlier bytes are put back", async () => {
  const project = await builtThen("echo direct > out/a.txt; mkdir $all");
  const run = await project.pipe(["build"]);
  expect(run.code).toBe(1);
  const [failure] = eventsOf(run, "step-failed");
  expect([failure?.message, failure?.hint]).toEqual([
    expect.stringContaining("out/a.txt"),
    expect.stringContaining("$a"),
  ]);
  expect(project.read("out/a.txt")).toBe("first\n");
});

test("a command that deletes its declared outputs gets them back, and is told so", async () => {
  const project = await builtThen("rm -r out/a.txt out/all");
  const run = await project.pipe(["build"]);
  expect(eventsOf(run, "step-failed")).toMatchObject([
    { kind: "missing-output", message: expect.stringContaining("put back") as string },
  ]);
  expect([project.read("out/a.txt"), project.read("out/all/x.txt")]).toEqual(["first\n", "first\n"]);
});

test("a command that writes the declared path in its first run leaves nothing there", async () => {
  const project = projectOf({});
  project.pipefile(`{ make: rule({ inputs: {}, outputs: { a: "a.txt" }, run: "echo direct > a.txt" }) }`);
  const run = await project.pipe(["build"]);
  expect(eventsOf(run, "step-failed")).toMatchObject([
    { kind: "missing-output", message: expect.stringContaining("a.txt, which was taken away") as string },
  ]);
  expect(project.has("a.txt")).toBe(false);
});

test("what a failed action staged is gone, and nothing of it is found by the next attempt", async () => {
  const project = await builtThen(
    'test ! -e "$a"; test ! -e "$all"; echo half > "$a"; mkdir "$all"; echo half > "$all/half.txt"; exit 1',
  );
  for (const _ of [1, 2])
    expect(eventsOf(await project.pipe(["build"]), "step-failed")[0]?.message).toContain("exit code 1");
  expect(project.runs()).toHaveLength(3);
});

test("a module sees the staged path, the declared one, and the artifact of before", async () => {
  const body = `
    const before = previous.out === undefined ? "none" : readFileSync(previous.out, "utf8");
    writeFileSync(outputs.out, [artifacts.out, outputs.out !== artifacts.out, readFileSync(inputs.raw, "utf8").trim(), before.length].join(" "));
    log("logged"); metric("size", 3); progress(1, 2);`;
  const project = projectOf({
    "raw.txt": "x\n",
    "rules/make.ts": actionOf("make", body).replace("params,", "artifacts, previous, params,"),
  });
  project.pipefile(
    `{ make: rule({ inputs: { raw: "raw.txt" }, outputs: { out: "deep/out.txt" }, run: () => import("./rules/make.ts") }) }`,
  );
  const run = await project.build();
  expect(project.read("deep/out.txt")).toBe("deep/out.txt true x 4");
  expect([
    eventsOf(run, "step-logged")[0]?.message,
    eventsOf(run, "step-metric")[0]?.value,
    eventsOf(run, "step-progress")[0]?.total,
  ]).toEqual(["logged", 3, 2]);
  expect(project.read("logs/make.log")).toContain("logged");
  project.write("raw.txt", "y\n");
  await project.build();
  expect(project.read("deep/out.txt")).toBe("deep/out.txt true y 21");
});

test("a module that throws tells its error with the line of its source, and leaves the outputs of before", async () => {
  const project = projectOf({
    "raw.txt": "good",
    "rules/make.ts": actionOf(
      "make",
      `writeFileSync(outputs.out, "half");\n  if (readFileSync(inputs.raw, "utf8") === "bad")\n    throw new Error("bad row");`,
    ),
  });
  project.pipefile(
    `{ make: rule({ inputs: { raw: "raw.txt" }, outputs: { out: "out.txt" }, run: () => import("./rules/make.ts") }) }`,
  );
  await project.build();
  project.write("raw.txt", "bad");
  const run = await project.pipe(["build"]);
  expect([run.code, project.read("out.txt")]).toEqual([1, "half"]);
  const [failure] = eventsOf(run, "step-failed");
  const line =
    project
      .read("rules/make.ts")
      .split("\n")
      .findIndex((text) => text.includes("throw")) + 1;
  expect(failure?.message).toBe("bad row");
  expect(failure?.tail.join("\n")).toContain(`rules/make.ts:${line}`);
});

test("after a failure no further step starts, and what was running ends and counts", async () => {
  const project = projectOf();
  const until = (condition: string): string =>
    `tries=0; until ${condition}; do tries=$((tries + 1)); [ $tries -lt 1500 ] || exit 9; sleep 0.01; done`;
  // `bad` fails once `good` runs; `good` ends once that was told.
  project.pipefile(`{
    bad: rule({ inputs: {}, outputs: { out: "bad.txt" }, run: counting("bad", '${until('grep -q "^good$" "$RUNS"')}; exit 1') }),
    good: rule({ inputs: {}, outputs: { out: "good.txt" }, run: counting("good", '${until("[ -e ../failed ]")}; echo good > "$out"') }),
    later: rule({ inputs: { good: "good.txt" }, outputs: { out: "later.txt" }, run: counting("later", 'echo later > "$out"') }),
    user: rule({ inputs: { bad: "bad.txt" }, outputs: { out: "user.txt" }, run: counting("user", 'echo user > "$out"') }),
  }`);
  const run = await project.pipe(["build", "-j2"], {
    onEvent: (event) => {
      if (event.type === "step-failed") project.write("../failed", "");
    },
  });
  expect([run.code, failed(run), ran(run), skipped(run)]).toEqual([1, ["bad"], ["good"], ["later", "user"]]);
  expect(project.runs().toSorted()).toEqual(["bad", "good"]);
  const again = await project.build("later");
  expect([fresh(again), ran(again)]).toEqual([["good"], ["later"]]);
});

test("an input that changes while its step runs is not mistaken for what was read", async () => {
  const project = projectOf({ "raw.txt": "first\n" });
  project.pipefile(
    `{ make: rule({ inputs: { raw: "raw.txt" }, outputs: { out: "out.txt" }, run: counting("make", 'cat "$raw" > "$out"; [ -e moved ] || { : > moved; echo other > raw.txt; }') }) }`,
  );
  const run = await project.build();
  expect(eventsOf(run, "step-built")).toMatchObject([{ step: "make", attempts: 2 }]);
  expect(project.read("out.txt")).toBe("other\n");
  expect(fresh(await project.build())).toEqual(["make"]);
  expect(project.runs()).toEqual(["make", "make"]);
});

test("an input that moves at each run fails the step with that, and nothing is published", async () => {
  const project = projectOf({ "raw.txt": "" });
  project.pipefile(
    `{ make: rule({ inputs: { raw: "raw.txt" }, outputs: { out: "out.txt" }, run: counting("make", 'cat "$raw" > "$out"; echo more >> raw.txt') }) }`,
  );
  const run = await project.pipe(["build"]);
  expect(run.code).toBe(1);
  expect(eventsOf(run, "step-failed")).toMatchObject([{ kind: "input-keeps-moving" }]);
  expect([project.runs().length, existsSync(project.at("out.txt"))]).toEqual([3, false]);
});
