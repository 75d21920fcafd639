/** One attempt of a step's action: a clean stage, a log, and the command or module run in them. */

import { closeSync, mkdirSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { fileNameOf } from "./core/artifact.ts";
import type { Step } from "./core/catalog.ts";
import type { Emit } from "./core/event.ts";
import type { Project } from "./project.ts";
import { runCommand } from "./run/command.ts";
import { invocationOf } from "./run/invocation.ts";
import type { WorkerMessage } from "./run/message.ts";
import type { Outcome } from "./run/outcome.ts";
import type { Pool } from "./run/pool.ts";
import { mappedStack } from "./run/stack.ts";
import { logPathOf, openLog } from "./store/log.ts";

/** What every step of one build is made with. */
export interface Execution {
  readonly project: Project;
  readonly pool: Pool;
  readonly emit: Emit;
  /** Names the build, for what it rescues. */
  readonly build: string;
  readonly useCache: boolean;
  readonly signal: AbortSignal;
}

/** Where a step's outputs wait until they are published, relative to the root. */
export const stageOf = (step: Step): string => `.pipe/stage/${fileNameOf(step.id)}`;

export function clearStage(project: Project, step: Step): void {
  for (const suffix of ["", ".lists"]) rmSync(`${project.root}/${stageOf(step)}${suffix}`, { recursive: true, force: true });
}

/** Makes the folders above each staged output. */
export function makeStage(project: Project, step: Step): void {
  const folders = new Set(step.outputs.flatMap((slot) => slot.paths.map((path) => dirname(`${stageOf(step)}/${path}`))));
  for (const folder of folders) mkdirSync(`${project.root}/${folder}`, { recursive: true });
}

export async function attempt(execution: Execution, step: Step, count: number): Promise<Outcome> {
  const { project } = execution;
  clearStage(project, step);
  makeStage(project, step);
  const log = openLog(project.root, { step: step.id, attempt: count, atMs: Date.now() });
  try {
    const outcome = await act(execution, step, log);
    if (!outcome.isDone && outcome.stack !== undefined) writeSync(log, `${stackOf(project, step, outcome.stack)}\n`);
    return outcome;
  } finally {
    closeSync(log);
  }
}

function act(execution: Execution, step: Step, log: number): Promise<Outcome> {
  const { project, pool, signal } = execution;
  const { root, env } = project;
  const { rule } = step;
  const stage = stageOf(step);
  const invocation = invocationOf(step, { root, stage, params: rule.params, env });
  if (typeof rule.run === "string") {
    return runCommand({ root, stage, command: rule.run, shell: rule.shell, invocation, log, signal });
  }
  const bundle = pathToFileURL(project.runs.get(rule.name)?.bundle ?? "").href;
  return pool.run({
    request: { bundle, invocation, log: `${root}/${logPathOf(step.id)}` },
    onOutput: (chunk) => void writeSync(log, chunk),
    onMessage: (message) => tell(execution.emit, step.id, message),
    signal,
  });
}

function tell(emit: Emit, step: string, message: WorkerMessage): void {
  if (message.type === "logged") emit({ type: "step-logged", step, message: message.message });
  else if (message.type === "metric") emit({ type: "step-metric", step, name: message.name, value: message.value });
  else if (message.type === "progress") emit({ type: "step-progress", step, done: message.done, total: message.total });
}

function stackOf(project: Project, step: Step, stack: string): string {
  return mappedStack(stack, project.runs.get(step.rule.name)?.bundle ?? "");
}
