/**
 * The program of a worker process: runs one action at a time. A module is evaluated afresh for each run, and what it can
 * change of the process is reset after it. A command is started from here too: the kernel starts a process much sooner
 * from a small one than from the engine, and whatever the command starts is in this worker's group.
 */

import { closeSync, openSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { moduleRun, type ModuleRun } from "./act.ts";
import { runCommand } from "./command.ts";
import { failureOf } from "./failure.ts";
import type { Invocation } from "./invocation.ts";
import { CHANNEL, hear, tell, type EngineMessage, type RunRequest, type WorkerMessage } from "./message.ts";
import { failed, type Outcome } from "./outcome.ts";
import { lastProcess, pendingWork, processesLeft } from "./remains.ts";
import { sceneNow } from "./scene.ts";
import { noteOf } from "../store/log.ts";

const root = process.cwd();
const kill = process.kill.bind(process);
let log: number | undefined;
let current: ModuleRun | undefined;

const channel = new Socket({ fd: CHANNEL, readable: true, writable: true });
hear(channel, (heard) => {
  const message = heard as EngineMessage;
  if (message.type === "run") void serve(message.request);
  else current?.answer(message.id, message.answer);
});
// The engine is gone: so is the reason to be here, and for what an action started.
channel.on("error", leave).on("close", leave);
process.on("uncaughtException", (error) => (current === undefined ? leave() : current.fail(error)));
process.on("beforeExit", () => current?.drain());
captureOutput(process.stdout);
captureOutput(process.stderr);
const scene = sceneNow();

async function serve({ work, invocation, log: file }: RunRequest): Promise<void> {
  try {
    log = openSync(file, "a");
    const since = lastProcess();
    const ran =
      work.kind === "command"
        ? { outcome: await runCommand({ ...work, root, invocation, log, logFile: file }), isSpent: false }
        : await runModule(work.bundle, invocation);
    const left = ran.outcome.isDone ? await processesLeft(since) : [];
    if (left.length > 0) note(`it left processes behind, which were ended: ${left.join(", ")}`);
    closeSync(log);
    say({ type: "ended", ...ran, isSpent: ran.isSpent || left.length > 0 });
  } catch (error) {
    say({ type: "ended", outcome: failureOf(error), isSpent: true });
  } finally {
    log = undefined;
  }
}

async function runModule(
  bundle: string,
  invocation: Invocation,
): Promise<{ readonly outcome: Outcome; readonly isSpent: boolean }> {
  const run = moduleRun({ say, writeLog, awaitEngine });
  current = run;
  setEnvironment(invocation);
  const outcome = await run.act(bundle, invocation);
  // What it left for the event loop's next turn, such as a rejection that nobody awaits, is its own failure still.
  await turn();
  const pending = outcome.isDone ? await pendingWork() : undefined;
  const failure = run.end();
  current = undefined;
  const hasChanged = scene.restore();
  if (failure !== undefined || pending === undefined) return { outcome: failure ?? outcome, isSpent: true };
  if (pending.isFileWork) return { outcome: failed("error", UNFINISHED), isSpent: true };
  if (pending.kinds.length > 0) note(`it left work pending, which was dropped: ${pending.kinds.join(", ")}`);
  return { outcome, isSpent: hasChanged || pending.kinds.length > 0 };
}

const UNFINISHED = "the action returned while it was still working on files: await what it starts";

function leave(): void {
  // Where the engine is alive, the action closed the channel, and this is what tells of it.
  if (log !== undefined) note("the action's process lost its channel to pipe");
  kill(-process.pid, "SIGKILL");
}

function setEnvironment({ env }: Invocation): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  for (const [name, value] of Object.entries(env)) if (process.env[name] !== value) process.env[name] = value;
}

function captureOutput(stream: NodeJS.WriteStream): void {
  // It counts as pending work otherwise.
  stream.unref();
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

const note = (text: string): void => writeLog(noteOf(text));

/** What waits for nothing but the engine's next message has ended, unless the engine owes it one. */
function awaitEngine(isAwaited: boolean): void {
  if (isAwaited) channel.ref();
  else channel.unref();
}

function say(message: WorkerMessage): void {
  tell(channel, message);
}
