/** Runs a shell command as an action: its names as variables, its output straight into the log, in a group of its own. */

import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import type { Json, Paths } from "../core/rule.ts";
import type { Invocation } from "./invocation.ts";
import type { Outcome } from "./outcome.ts";

export interface CommandRun {
  readonly root: string;
  /** The step's stage folder, relative to the root. */
  readonly stage: string;
  readonly command: string;
  readonly shell: "sh" | "bash";
  readonly invocation: Invocation;
  /** Descriptor of the log. */
  readonly log: number;
  readonly signal: AbortSignal;
}

const SHELL_FLAGS = { sh: ["-eu"], bash: ["-euo", "pipefail"] };
const GRACE_MS = 2000;

export function runCommand(run: CommandRun): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(run.shell, [...SHELL_FLAGS[run.shell], "-c", run.command], {
      cwd: run.root,
      env: variablesOf(run),
      stdio: ["ignore", run.log, run.log],
      detached: true,
    });
    const stop = (): void => endGroup(child.pid);
    const settle = (outcome: Outcome): void => {
      run.signal.removeEventListener("abort", stop);
      resolve(outcome);
    };
    run.signal.addEventListener("abort", stop, { once: true });
    if (run.signal.aborted) stop();
    child.on("error", (error) =>
      settle({ isDone: false, kind: "error", message: `${run.shell} could not be started: ${error.message}` }),
    );
    child.on("exit", (code, signal) => settle(outcomeOf({ code, signal, isStopped: run.signal.aborted })));
  });
}

function outcomeOf(exit: {
  readonly code: number | null;
  readonly signal: string | null;
  readonly isStopped: boolean;
}): Outcome {
  if (exit.code === 0) return { isDone: true };
  if (exit.isStopped) return { isDone: false, kind: "interrupted", message: "the build was interrupted" };
  if (exit.signal !== null)
    return { isDone: false, kind: "killed", message: `the command was killed by ${exit.signal}` };
  return { isDone: false, kind: "error", message: `the command ended with exit code ${exit.code}` };
}

/** Asks a process group to end, and makes it end if it does not. */
export function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  const signal = (name: NodeJS.Signals): void => {
    try {
      process.kill(-pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  };
  signal("SIGTERM");
  setTimeout(() => signal("SIGKILL"), GRACE_MS).unref();
}

const LONGEST_LIST_BYTES = 65_536;

/** The step's names as shell variables. */
function variablesOf(run: CommandRun): Record<string, string> {
  const { invocation } = run;
  const variables: Record<string, string> = { ...invocation.env };
  const set = (name: string, value: Paths): void => {
    if (typeof value === "string") variables[name] = asArgument(value);
    else setList(name, { paths: value.map(asArgument), run, variables });
  };
  for (const [name, value] of Object.entries(invocation.inputs)) set(name, value);
  for (const [name, value] of Object.entries(invocation.outputs)) set(name, value);
  for (const [name, value] of Object.entries(invocation.artifacts))
    variables[`${name}_path`] = typeof value === "string" ? value : value.join("\n");
  for (const [name, value] of Object.entries(invocation.params)) variables[name] = textOf(value);
  return { ...variables, ...invocation.wildcards };
}

/** A list is in `$name`, a line a path, and in the file `$name_file`; a long one is in the file alone. */
function setList(
  name: string,
  list: { readonly paths: readonly string[]; readonly run: CommandRun; readonly variables: Record<string, string> },
): void {
  const text = list.paths.join("\n");
  const folder = `${list.run.stage}.lists`;
  mkdirSync(`${list.run.root}/${folder}`, { recursive: true });
  writeFileSync(`${list.run.root}/${folder}/${name}`, text === "" ? "" : `${text}\n`);
  list.variables[`${name}_file`] = `${folder}/${name}`;
  if (Buffer.byteLength(text) < LONGEST_LIST_BYTES) list.variables[name] = text;
}

/** A path that no program takes for an option. */
const asArgument = (path: string): string => (path.startsWith("-") ? `./${path}` : path);
const textOf = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));
