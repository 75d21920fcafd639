/** One attempt of a step's action: a clean stage, a log, and the command or module run in them. */

import { closeSync, mkdirSync, writeSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { BuildRequest } from "./build.ts";
import type { Step } from "./core/catalog.ts";
import type { Emit } from "./core/event.ts";
import type { OverrideNote } from "./core/override.ts";
import { fetchSource } from "./fetch.ts";
import type { Finds } from "./found.ts";
import type { Project } from "./project.ts";
import { invocationOf } from "./run/invocation.ts";
import type { Work } from "./run/message.ts";
import type { Outcome } from "./run/outcome.ts";
import type { Limits, Told } from "./run/attend.ts";
import type { Pool } from "./run/pool.ts";
import { mappedStack } from "./run/stack.ts";
import type { Stage, Stages } from "./run/stage.ts";
import { logPathOf, openLog } from "./store/log.ts";
import type { Publisher } from "./store/publish.ts";

/** What every step of one build is made with. */
export interface Execution {
  readonly project: Project;
  readonly pool: Pool;
  readonly stages: Stages;
  readonly publisher: Publisher;
  readonly emit: Emit;
  readonly useCache: boolean;
  readonly signal: AbortSignal;
  readonly sleep: BuildRequest["sleep"];
  /** Where a person lets through what a gate would hold back: who, and why. */
  readonly accepts: OverrideNote | undefined;
}

export const outputPaths = (step: Step): readonly string[] => step.outputs.flatMap((slot) => slot.paths);

export interface Attempt {
  readonly step: Step;
  readonly stage: Stage;
  /** 1 for the first. */
  readonly count: number;
  readonly finds: Finds;
  /** The folder that outlives a failure, where the step has one. */
  readonly scratch: string | undefined;
  /** The record says that what stands there is what the last run made. */
  readonly isInPlace: boolean;
  /** Tells that there is something to do. */
  readonly onStart: () => void;
  /** Takes the figures of what stands there, as the action measured them anew. */
  readonly rescored: Map<string, number>;
}

export async function attempt(execution: Execution, of: Attempt): Promise<Outcome> {
  const { project } = execution;
  const { step, stage, count, scratch } = of;
  stage.prepare(outputPaths(step));
  if (scratch !== undefined) mkdirSync(`${project.root}/${scratch}`, { recursive: true });
  const log = openLog(project.root, { step: step.id, attempt: count, atMs: Date.now() });
  try {
    const outcome = await act(execution, of, log);
    if (!outcome.isDone && outcome.stack !== undefined) writeSync(log, `${stackOf(project, step, outcome.stack)}\n`);
    return outcome;
  } finally {
    closeSync(log);
  }
}

function act(execution: Execution, of: Attempt, log: number): Promise<Outcome> {
  const { step, stage, finds, scratch } = of;
  if (step.rule.isFetch)
    return fetchSource({ ...of, root: execution.project.root, emit: execution.emit, signal: execution.signal });
  of.onStart();
  const { project, pool, signal, emit } = execution;
  const { root } = project;
  const invocation = invocationOf(step, { root, stage, scratch, environment: project.environment });
  return pool.run({
    request: { work: workOf(project, step, stage), invocation, log: `${root}/${logPathOf(step.id)}` },
    limits: limitsOf(step),
    onOutput: (chunk) => void writeSync(log, chunk),
    onDepend: (path) => finds.ask(path),
    onReturned: () => finds.close(),
    onMessage: (message) => {
      if (message.type === "metric" && message.of !== undefined) of.rescored.set(message.name, message.value);
      tell(emit, step.id, message);
    },
    signal,
  });
}

const limitsOf = ({ rule }: Step): Limits => ({
  timeoutMs: rule.policy.timeoutMs,
  memoryBytes: rule.tokens["memory"],
  isIsolated: rule.policy.isIsolated,
});

function workOf(project: Project, { rule }: Step, stage: Stage): Work {
  if (typeof rule.run === "string")
    return { kind: "command", command: rule.run, shell: rule.shell, stage: stage.folder };
  return { kind: "module", bundle: pathToFileURL(project.runs.get(rule.name)?.bundle ?? "").href };
}

function tell(emit: Emit, step: string, message: Told): void {
  if (message.type === "logged") emit({ type: "step-logged", step, message: message.message });
  else if (message.type === "metric") emit({ ...message, type: "step-metric", step });
  else emit({ type: "step-progress", step, done: message.done, total: message.total });
}

function stackOf(project: Project, step: Step, stack: string): string {
  return mappedStack(stack, project.runs.get(step.rule.name)?.bundle ?? "");
}
