/** What the system refuses a step is that step's failure: told without a stack, and nothing else stops for it. */

import { rmSync } from "node:fs";
import { expect, test } from "vitest";
import { eventsOf, failed, ran } from "../rig/events.ts";
import { pipefileOf } from "../rig/pipefile.ts";
import { projectOf, type Project, type Run } from "../rig/project.ts";

const OTHER = `other: rule({ inputs: {}, outputs: { out: "other.txt" }, run: 'echo > "$out"' })`;

function expectFailure(run: Run, step: string, message: string): void {
  expect([run.code, failed(run)]).toEqual([1, [step]]);
  expect(eventsOf(run, "step-failed")[0]?.message).toContain(message);
  expect(run.stderr).not.toMatch(/This is a bug|\n\s+at /);
}

test("a log that cannot be opened", async () => {
  const project = projectOf({ logs: "a file\n" });
  project.write(
    "Pipefile.ts",
    pipefileOf(`{ step: rule({ inputs: {}, outputs: { out: "out.txt" }, run: 'echo > "$out"' }) }`),
  );
  expectFailure(await project.pipe(["build"]), "step", "logs");
  expect(project.read("logs")).toBe("a file\n");
});

test("an input that is gone when the step has ended", async () => {
  const project = projectOf({ "in/a": "a\n" });
  project.write(
    "Pipefile.ts",
    pipefileOf(
      `{ step: rule({ inputs: { folder: "in/" }, outputs: { out: "out.txt" }, run: 'rm -r "$folder"; ln -s nowhere in; echo > "$out"' }) }`,
    ),
  );
  const run = await project.pipe(["build"]);
  expect([run.code, failed(run), project.has("out.txt")]).toEqual([1, ["step"], false]);
  expect(run.stderr).not.toContain("This is a bug");
});

test("an action that takes its stage away leaves the next one a clean stage", async () => {
  const project = projectOf();
  project.write(
    "Pipefile.ts",
    pipefileOf(`{
      step: rule({ inputs: {}, outputs: { out: "deep/out.txt" }, run: 'rm -r "$(dirname "$out")"' }), ${OTHER} }`),
  );
  const run = await project.pipe(["build", "step"]);
  expectFailure(run, "step", "deep/out.txt was not made");
  expect(ran(await project.build("other"))).toEqual(["other"]);
});

/** A rule whose two outputs are published into folders; the second one is a file by then. */
const inTheWay = (): Project => {
  const project = projectOf({ in: "1\n" });
  project.pipefile(
    `{ step: rule({ inputs: { in: "in" }, outputs: { a: "a/out.txt", b: "b/out.txt" }, run: 'cp "$in" "$a"; cp "$in" "$b"' }) }`,
  );
  return project;
};

test("a file where an output's folder has to be", async () => {
  const project = inTheWay();
  await project.build();
  rmSync(project.at("b"), { recursive: true });
  project.write("b", "a person's file\n");
  project.write("in", "2\n");
  expectFailure(await project.pipe(["build"]), "step", "b");
  // Nothing of a step that cannot be published whole is published.
  expect([project.read("a/out.txt"), project.read("b")]).toEqual(["1\n", "a person's file\n"]);
  project.remove("b");
  await project.build();
  expect([project.read("a/out.txt"), project.read("b/out.txt")]).toEqual(["2\n", "2\n"]);
});
