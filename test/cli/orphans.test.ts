/** Nothing that a step started outlives the engine, however that ends. */

import { readFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { processOf } from "../../src/run/processes.ts";
import { eventsOf, ran } from "../rig/events.ts";
import { childrenOf, isAlive, until } from "../rig/processes.ts";
import { projectOf, type Project, type Run } from "../rig/project.ts";

const MODULE = (body: string): string => `
import { spawn } from "node:child_process";
import { appendFileSync, writeFileSync } from "node:fs";
export default ({ outputs }: any) => {
  const tell = (pid: unknown) => appendFileSync(process.env.RUNS ?? "", pid + "\\n");
  if (process.env.TEST_TAME === "1") return writeFileSync(outputs.out, "");
  ${body}
  tell(process.pid);
  tell("started");
  for (;;);
};`;

const LOOP = MODULE("");
const GRANDCHILDREN = MODULE(`
  tell(spawn("sleep", ["3600"]).pid);
  tell(spawn("sleep", ["3600"], { detached: true }).pid);
  tell(spawn("sh", ["-c", "trap '' TERM; sleep 3600 & echo $! >> $RUNS; while :; do sleep 1; done"]).pid);`);
const COMMAND = `trap '' TERM INT; echo $$ >> "$RUNS"; echo $PPID >> "$RUNS"; echo started >> "$RUNS"; while :; do :; done`;

interface Started {
  readonly project: Project;
  readonly run: Promise<Run>;
  readonly engine: number;
  /** All that the step is made of. */
  readonly pids: readonly number[];
}

/** A build whose one step runs and will never end by itself. */
async function started(module: string | undefined): Promise<Started> {
  const project = projectOf(module === undefined ? {} : { "rules/loop.ts": module });
  const action = module === undefined ? JSON.stringify(COMMAND) : `() => import("./rules/loop.ts")`;
  project.pipefile(`{ loop: rule({ inputs: {}, outputs: { out: "out.txt" }, run: ${action} }) }`);
  const run = project.pipe(["build"]);
  const told: string[] = [];
  await until(() => told.push(...project.runs()) > 0 && told.includes("started"));
  const workers = told.filter((line) => line !== "started").map(Number);
  const pids = workers.flatMap((pid) => processOf(pid)?.pid ?? []);
  onTestFinished(() => pids.filter(isAlive).forEach((pid) => process.kill(pid, "SIGKILL")));
  const { pid: engine } = JSON.parse(readFileSync(project.at(".pipe/lock"), "utf8")) as { readonly pid: number };
  expect([pids.length >= 1, pids.every(isAlive)]).toEqual([true, true]);
  return { project, run, engine, pids };
}

const noneOf = (pids: readonly number[]) => (): boolean => !pids.some(isAlive);

test.each([
  ["a module that loops for ever", LOOP],
  ["a module with children and grandchildren, one of a session of its own", GRANDCHILDREN],
  ["a command that ignores SIGTERM", undefined],
])("%s ends within 2 s of the engine's being killed", async (_what, module) => {
  const { run, engine, pids } = await started(module);
  const [guardian = 0] = childrenOf(engine, "sh");
  process.kill(engine, "SIGKILL");
  await run;
  await until(noneOf([...pids, guardian]), 2000);
});

test("the next build ends a worker that lost its guardian with its engine, before it uses the stage", async () => {
  const { project, run, engine, pids } = await started(GRANDCHILDREN);
  for (const pid of [...childrenOf(engine, "sh"), engine]) process.kill(pid, "SIGKILL");
  await run;
  expect(pids.every(isAlive)).toBe(true);
  const next = await project.pipe(["build"], { env: { TEST_TAME: "1" } });
  expect([next.code, ran(next), pids.filter(isAlive)]).toEqual([0, ["loop"], []]);
});

test("a guardian that is killed alone is replaced", async () => {
  const { run, engine, pids } = await started(LOOP);
  const [guardian = 0] = childrenOf(engine, "sh");
  process.kill(guardian, "SIGKILL");
  await until(() => childrenOf(engine, "sh").some((pid) => pid !== guardian));
  process.kill(engine, "SIGKILL");
  await run;
  await until(noneOf(pids), 2000);
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "a first %s ends the step, and waits until nothing is left",
  async (signal) => {
    const { run, engine, pids } = await started(GRANDCHILDREN);
    process.kill(engine, signal);
    const { code, ...rest } = await run;
    expect([code, pids.filter(isAlive)]).toEqual([signal === "SIGINT" ? 130 : 143, []]);
    expect(eventsOf({ code, ...rest }, "step-failed")).toMatchObject([{ step: "loop", kind: "interrupted" }]);
  },
);

test.each(["SIGINT", "SIGTERM"] as const)("a second %s ends all at once", async (signal) => {
  const { run, engine, pids } = await started(undefined);
  process.kill(engine, signal);
  // Asked to end, what does not ignore that is gone; the command does, and so does not end before its grace is over.
  await until(() => pids.some((pid) => !isAlive(pid)));
  const atMs = Date.now();
  process.kill(engine, signal);
  expect((await run).code).toBe(signal === "SIGINT" ? 130 : 143);
  await until(noneOf(pids), 1500 - (Date.now() - atMs));
});

test("what is recorded is ended only if it is the very process", async () => {
  const project = projectOf();
  project.pipefile(`{ step: rule({ inputs: {}, outputs: {}, run: "true" }) }`);
  project.write(".pipe/workers", `${process.pid} 1\n${process.pid}\nnonsense\n`);
  expect(ran(await project.build())).toEqual(["step"]);
  expect(project.has(".pipe/workers")).toBe(false);
});
