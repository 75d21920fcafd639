/** Runs a shell command as an action: its names as variables, its output straight into the log. */

import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { endOfFile } from "../store/log.ts";
import type { Json, Paths } from "../core/rule.ts";
import type { Invocation } from "./invocation.ts";
import { failureOfDeath } from "./kind.ts";
import { failed, type Outcome } from "./outcome.ts";

export interface CommandRun {
  readonly root: string;
  /** The step's stage folder, relative to the root. */
  readonly stage: string;
  readonly command: string;
  readonly shell: "sh" | "bash";
  readonly invocation: Invocation;
  /** Descriptor of the log. */
  readonly log: number;
  /** Its absolute path. */
  readonly logFile: string;
}

const SHELL_FLAGS = { sh: ["-eu"], bash: ["-euo", "pipefail"] };

export function runCommand(run: CommandRun): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(run.shell, [...SHELL_FLAGS[run.shell], "-c", run.command], {
      cwd: run.root,
      env: variablesOf(run),
      stdio: ["ignore", run.log, run.log],
    });
    child.on("error", (error) => resolve(failed("error", `${run.shell} could not be started: ${error.message}`)));
    child.on("exit", (code, signal) => {
      const printed = (): string => endOfFile(run.logFile, 65_536);
      resolve(code === 0 ? { isDone: true } : failureOfDeath("the command", { code, signal, printed }));
    });
  });
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
  if (invocation.scratch !== undefined) variables["scratch"] = invocation.scratch;
  if (invocation.depfile !== undefined) variables["depfile"] = invocation.depfile;
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
