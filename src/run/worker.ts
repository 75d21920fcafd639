/**
 * The program of a worker process: runs one action at a time. A module is evaluated afresh for each run, and what it can
 * change of the process is reset between two of them. A command is started from here too: the kernel starts a process
 * much sooner from a small one than from the engine, and whatever the command starts is in this worker's group.
 */

import { closeSync, openSync, writeSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import type { Action, ActionContext, PathsByName } from "../core/rule.ts";
import { runCommand } from "./command.ts";
import type { Invocation } from "./invocation.ts";
import type { DependAnswer, EngineMessage, RunRequest, WorkerMessage } from "./message.ts";
import type { Outcome } from "./outcome.ts";

type AnyAction = Action<PathsByName, PathsByName, object>;

const root = process.cwd();
let runs = 0;
let log: number | undefined;
let asked = 0;
/** Counts the runs; what is left of an earlier one has nobody to ask any more. */
let serving = 0;
const waiting = new Map<number, (answer: DependAnswer) => void>();

process.on("message", (message: EngineMessage) => {
  if (message.type === "run") void serve(message.request);
  else waiting.get(message.id)?.(message.answer);
});
// The engine is gone: so is the reason to be here, and for what an action started.
process.on("disconnect", () => process.kill(-process.pid, "SIGKILL"));
captureOutput(process.stdout);
captureOutput(process.stderr);

async function serve(request: RunRequest): Promise<void> {
  const { work, invocation } = request;
  serving += 1;
  log = openSync(request.log, "a");
  const outcome =
    work.kind === "command"
      ? await runCommand({ ...work, root, invocation, log })
      : await runModule(work.bundle, invocation);
  closeSync(log);
  log = undefined;
  serving += 1;
  say({ type: "ended", outcome });
}

async function runModule(bundle: string, invocation: Invocation): Promise<Outcome> {
  try {
    reset(invocation);
    const module = (await import(`${bundle}?${runs++}`)) as { readonly default?: unknown };
    if (typeof module.default !== "function") {
      return { isDone: false, kind: "error", message: "the module's default export is no function" };
    }
    await (module.default as AnyAction)(contextOf(invocation));
    // What it left for the event loop's next turn, such as a rejection that nobody awaits, is its own failure still.
    await turn();
    return { isDone: true };
  } catch (error) {
    const isError = error instanceof Error;
    return {
      isDone: false,
      kind: "error",
      message: isError ? error.message : String(error),
      ...(isError && error.stack !== undefined ? { stack: error.stack } : {}),
    };
  }
}

function contextOf(invocation: Invocation): ActionContext<PathsByName, PathsByName, object> {
  const { inputs, outputs, artifacts, previous, params, wildcards, scratch } = invocation;
  return {
    inputs,
    outputs,
    artifacts,
    previous,
    params,
    wildcards,
    scratch,
    log(message) {
      writeLog(`${message}\n`);
      say({ type: "logged", message });
    },
    metric: (name, value) => say({ type: "metric", name, value }),
    progress: (done, total) => say({ type: "progress", done, total }),
    depend: dependIn(serving),
    // An interrupted build ends the worker, so within one the signal never fires.
    signal: new AbortController().signal,
  };
}

const dependIn =
  (run: number) =>
  (path: string): Promise<boolean> =>
    new Promise((resolve, reject) => {
      if (run !== serving) return;
      const id = asked++;
      waiting.set(id, (answer) => {
        waiting.delete(id);
        if ("problem" in answer) reject(new Error(answer.problem));
        else resolve(answer.isThere);
      });
      say({ type: "depend", id, path });
    });

function reset(invocation: Invocation): void {
  if (process.cwd() !== root) process.chdir(root);
  for (const name of Object.keys(process.env)) if (!(name in invocation.env)) delete process.env[name];
  for (const [name, value] of Object.entries(invocation.env))
    if (process.env[name] !== value) process.env[name] = value;
}

function captureOutput(stream: NodeJS.WriteStream): void {
  stream.write = (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    writeLog(chunk);
    const done = rest.find((each) => typeof each === "function");
    if (done !== undefined) process.nextTick(done);
    return true;
  };
}

function writeLog(chunk: string | Uint8Array): void {
  if (log !== undefined) writeSync(log, typeof chunk === "string" ? Buffer.from(chunk) : chunk);
}

function say(message: WorkerMessage): void {
  process.send?.(message);
}
