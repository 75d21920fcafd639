/** `pipe log` prints what a step printed, and with --follow what it prints. */

import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { projectOf, type Project } from "../rig/project.ts";
import { marksOf } from "../rig/snapshot.ts";
import { command, start } from "./command.ts";

const SAY = `{
  say: rule({ inputs: { raw: "raw.txt" }, outputs: { out: "out/said.txt" }, run: 'echo "says $(cat "$raw")"; echo > "$out"' }),
  count: rule({ inputs: { table: "data/{name}.csv" }, outputs: { rows: "reports/{name}.txt" }, run: 'echo "counts $table"; wc -l < "$table" > "$rows"' }),
  never: rule({ inputs: { raw: "raw.txt" }, outputs: { out: "never.txt" }, run: 'echo > "$out"' }),
}`;

async function built(): Promise<Project> {
  const project = projectOf({ "raw.txt": "one", "data/a.csv": "1\n", "data/b.csv": "1\n" });
  project.pipefile(SAY);
  await project.build("say", "reports/a.txt", "reports/b.txt");
  return project;
}

test("the log of a rule, of a step, of an artifact, and of all steps of a rule", async () => {
  const project = await built();
  const printed = async (target: string): Promise<string> => {
    const { code, out } = await command(["log", target], project.root);
    expect([target, code]).toEqual([target, 0]);
    return out.replaceAll(/\d{4}-.*Z/g, "TIME");
  };
  const said = "# pipe: say, attempt 1, TIME\nsays one\n";
  const counted = (name: string): string => `# pipe: count:name=${name}, attempt 1, TIME\ncounts data/${name}.csv\n`;
  expect([await printed("say"), await printed("out/said.txt"), await printed("out")]).toEqual([said, said, said]);
  expect([await printed("count:name=b"), await printed("reports/b.txt")]).toEqual([counted("b"), counted("b")]);
  expect(await printed("count")).toBe(counted("a") + counted("b"));
});

test("a step that has not run has no log, a source and a stray name are no target, and --follow takes one step", async () => {
  const project = await built();
  const before = marksOf(project.at("logs"));
  for (const [args, error] of [
    [["never"], "error[no-log]"],
    [["never", "-f"], "error[no-log]"],
    [["raw.txt"], "error[unknown-target]"],
    [["sya"], "did you mean 'say'?"],
    [["count", "-f"], "name one: pipe log --follow count:name=a"],
  ] as const) {
    const run = await command(["log", ...args], project.root);
    expect([args, run.code, run.out, run.err]).toEqual([args, 2, "", expect.stringContaining(error)]);
  }
  expect(marksOf(project.at("logs"))).toEqual(before);
});

test("--follow prints what there is and ends where no build runs", async () => {
  const project = await built();
  const { code, out } = await command(["log", "say", "--follow"], project.root);
  expect([code, out]).toEqual([0, expect.stringContaining("\nsays one\n")]);
});

/** Who reads from it waits for a writer, and the reverse. */
const pipeAt = (path: string): Buffer => execFileSync("sh", ["-c", 'mkfifo "$0"', path]);

/** A step that prints, waits for somebody to write to the pipe `go`, and prints again. */
function waiting(): Project {
  const project = projectOf({ "raw.txt": "one" });
  pipeAt(project.at("go"));
  project.pipefile(
    `{ talk: rule({ inputs: { raw: "raw.txt" }, outputs: { out: "out.txt" }, run: 'echo "begins with $(cat "$raw")"; cat go; echo ends; echo > "$out"' }) }`,
  );
  return project;
}

test("--follow prints a log as it grows, to its last line, and ends with the build", async () => {
  const project = waiting();
  const build = start(["build", "--json"], project.root);
  await build.printed('"step-started"');
  const log = start(["log", "out.txt", "-f"], project.root);
  await log.printed("begins with one");
  await writeFile(project.at("go"), "is told\n");
  await log.printed("is told");
  expect((await build.ended).code).toBe(0);
  const { code, out } = await log.ended;
  expect([code, out.split("\n").slice(1)]).toEqual([0, ["begins with one", "is told", "ends", ""]]);
});

test("--follow begins with the log of before, and goes on with that of the build", async () => {
  const project = waiting();
  const rules = project.read("Pipefile.ts");
  const first = start(["build", "--json"], project.root);
  await first.printed('"step-started"');
  await writeFile(project.at("go"), "first\n");
  await first.ended;
  project.write("raw.txt", "two");
  pipeAt(project.at("gate"));
  // The build holds the project before the step starts its log afresh.
  project.write(
    "Pipefile.ts",
    rules
      .replace("{ talk:", `{ gate: rule({ inputs: {}, outputs: { open: "open" }, run: 'cat gate > "$open"' }), talk:`)
      .replace('raw: "raw.txt" }, outputs', 'raw: "raw.txt", open: "open" }, outputs'),
  );
  const second = start(["build", "--json"], project.root);
  await second.printed('"step-started"');
  const log = start(["log", "talk", "-f"], project.root);
  await log.printed("first");
  await writeFile(project.at("gate"), "");
  await log.printed("begins with two");
  await writeFile(project.at("go"), "second\n");
  await second.ended;
  const lines = (await log.ended).out.split("\n").filter((line) => !line.startsWith("#"));
  expect(lines).toEqual(["begins with one", "first", "ends", "begins with two", "second", "ends", ""]);
});

test("--follow ends with a build that is killed, and Ctrl-C ends it at any time", async () => {
  const project = waiting();
  const build = start(["build", "--json"], project.root);
  await build.printed('"step-started"');
  const logs = [start(["log", "talk", "-f"], project.root), start(["log", "talk", "-f"], project.root)] as const;
  for (const log of logs) await log.printed("begins with one");
  logs[0].child.kill("SIGINT");
  await logs[0].ended;
  expect(logs[0].child.signalCode).toBe("SIGINT");
  build.child.kill("SIGKILL");
  await build.ended;
  expect((await logs[1].ended).code).toBe(0);
});
