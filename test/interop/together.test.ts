/** Builds, commands that read, and the dead, all in one project at once: each step runs once, and no answer is wrong. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import type { BuildEvent } from "../../src/core/event.ts";
import { fresh, ran } from "../rig/events.ts";
import { projectOf, type Project, type Run } from "../rig/project.ts";

const PIPE = fileURLToPath(new URL("../../dist/pipe.js", import.meta.url));
const STEPS = 8;

/** A chain of steps; the first waits until the gate is opened, if `TEST_GATE` names one. */
function chainProject(): Project {
  const project = projectOf({ "in.txt": "0" });
  const wait = 'while [ -n "${TEST_GATE:-}" ] && [ ! -e "$TEST_GATE" ]; do sleep 0.01; done';
  const steps = Array.from({ length: STEPS }, (_, at) => {
    const [from, to] = [at === 0 ? "in.txt" : `out/${at - 1}.txt`, `out/${at}`];
    const run = JSON.stringify(
      `echo s${at} >> "$RUNS"; ${at === 0 ? wait : ":"}; cat "$in" > "$out"; mkdir -p "$all"; cat "$in" > "$all/x.txt"`,
    );
    return `s${at}: rule({ inputs: { in: "${from}" }, outputs: { out: "${to}.txt", all: "${to}/" }, run: ${run} })`;
  });
  project.pipefile(`{ ${steps.join(", ")} }`);
  return project;
}

const gateOf = (project: Project): string => `${project.root}.gate`;
const open = (project: Project): void => writeFileSync(gateOf(project), "");
const gated = (project: Project): Readonly<Record<string, string>> => ({ TEST_GATE: gateOf(project) });

/** Resolves with the first event of the type, while the command goes on. */
function untilEvent(start: (onEvent: (event: BuildEvent) => void) => Promise<Run>, type: BuildEvent["type"]) {
  let ended: Promise<Run> | undefined;
  const event = new Promise<BuildEvent>((resolve, reject) => {
    ended = start((each) => (each.type === type ? resolve(each) : undefined));
    ended.then((run) => reject(new Error(`no ${type}: ${run.stdout}${run.stderr}`)), reject);
  });
  return { event, ended };
}

const building = (project: Project, args: readonly string[] = []) =>
  untilEvent((onEvent) => project.pipe(["build", ...args], { env: gated(project), onEvent }), "step-started");

test("a second build says whom it waits for, by pid and what that runs, and then finds everything fresh", async () => {
  const project = chainProject();
  const first = building(project, ["s7"]);
  await first.event;
  const holder = JSON.parse(readFileSync(project.at(".pipe/lock"), "utf8")) as { readonly pid: number };
  const refused = await project.pipe(["build", "--no-wait"]);
  expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining(`process ${holder.pid} (pipe build s7)`)]);
  const second = untilEvent((onEvent) => project.pipe(["build"], { onEvent }), "warning");
  expect(await second.event).toMatchObject({
    code: "waiting",
    message: `waiting for another build of this project, process ${holder.pid} (pipe build s7)`,
  });
  open(project);
  expect((await first.ended)?.code).toBe(0);
  const run = (await second.ended) as Run;
  expect([run.code, fresh(run).length, ran(run)]).toEqual([0, STEPS, []]);
  expect(project.runs()).toHaveLength(STEPS);
});

test.each(["SIGKILL", "SIGSEGV", "SIGHUP", "SIGQUIT", "SIGTERM", "SIGABRT", "SIGINT", "SIGUSR2"] as const)(
  "a holder that dies of %s holds nobody off",
  async (signal) => {
    const project = chainProject();
    const first = building(project);
    await first.event;
    const { pid } = JSON.parse(readFileSync(project.at(".pipe/lock"), "utf8")) as { readonly pid: number };
    process.kill(pid, signal);
    await first.ended?.catch(() => undefined);
    open(project);
    const next = await project.pipe(["build", "--no-wait"]);
    expect([next.code, ran(next).length]).toEqual([0, STEPS]);
    expect(project.has(".pipe/lock")).toBe(false);
  },
);

test("a holder that died and that nobody has asked how holds nobody off", async () => {
  const project = chainProject();
  // The shell becomes a program that never asks for its children, as the first process of some containers is.
  const parent = spawn("sh", ["-c", `"${process.execPath}" "${PIPE}" build & exec tail -f /dev/null`], {
    cwd: project.root,
    env: { PATH: process.env["PATH"] ?? "", RUNS: `${project.root}.runs`, ...gated(project) },
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(() => void parent.kill("SIGKILL"));
  await expect.poll(() => existsSync(`${project.root}.runs`), { timeout: 20_000 }).toBe(true);
  const { pid } = JSON.parse(readFileSync(project.at(".pipe/lock"), "utf8")) as { readonly pid: number };
  process.kill(pid, "SIGKILL");
  await expect.poll(() => readFileSync(`/proc/${pid}/stat`, "utf8")).toMatch(/\) Z/);
  open(project);
  expect((await project.pipe(["build", "--no-wait"])).code).toBe(0);
  parent.kill("SIGKILL");
  await once(parent, "close");
});

test("of ten builds that start at once one runs each step, and the others find it fresh", async () => {
  const project = chainProject();
  open(project);
  const runs = await Promise.all(Array.from({ length: 10 }, () => project.pipe(["build"])));
  expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual(runs.map(() => [0, ""]));
  expect(project.runs().toSorted()).toEqual(Array.from({ length: STEPS }, (_, at) => `s${at}`));
  expect(runs.map((run) => ran(run).length + fresh(run).length)).toEqual(runs.map(() => STEPS));
});

test("of ten builds that start at once after a killed one none is held off, and each step runs once more at most", async () => {
  const project = chainProject();
  for (const text of ["1", "2", "3"]) {
    project.write("in.txt", text);
    const first = building(project);
    await first.event;
    const { pid } = JSON.parse(readFileSync(project.at(".pipe/lock"), "utf8")) as { readonly pid: number };
    process.kill(pid, "SIGKILL");
    await first.ended;
    project.runs();
    const runs = await Promise.all(Array.from({ length: 10 }, () => project.pipe(["build"])));
    expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual(runs.map(() => [0, ""]));
    expect(project.runs()).toHaveLength(STEPS);
    expect(project.read(`out/${STEPS - 1}.txt`)).toBe(text);
  }
}, 60_000);

test("commands that read beside a build answer what was or what will be, and nothing between", async () => {
  const project = chainProject();
  open(project);
  await project.build();
  const answers: Run[] = [];
  const built = new AbortController();
  const reader = async (args: readonly string[]): Promise<void> => {
    while (!built.signal.aborted) answers.push(await project.pipe(args));
  };
  const build = async (): Promise<void> => {
    for (const text of ["1", "2", "3", "4", "5", "6"]) {
      project.write("in.txt", text);
      await project.build("-j2");
    }
    built.abort();
  };
  await Promise.all([
    build(),
    reader(["status"]),
    reader(["status"]),
    reader(["why", "s7"]),
    reader(["list"]),
    reader(["graph"]),
    reader(["build", "--dry-run"]),
  ]);
  expect(answers.length).toBeGreaterThan(12);
  expect(answers.map(({ code, stderr }) => [code, stderr])).toEqual(answers.map(() => [0, ""]));
  // Nobody edited an output, so no answer may say so.
  const parts = answers.flatMap((answer) => answer.stdout.match(/"part":"output"/g) ?? []);
  expect(parts).toEqual([]);
  await project.build();
  expect(project.read(`out/${STEPS - 1}/x.txt`)).toBe("6");
}, 120_000);
