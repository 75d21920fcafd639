/**
 * One run in one worker, seen from the engine: it ends when the worker says so, dies, or has to be ended.
 *
 *     running ──told `ended`──────────────────────────────▶ settled; the worker may be used again
 *        ├──the process died────────▶ its output read ────▶ settled; what it started is ended
 *        └──timeout, memory, abort────────────────────────▶ settled; worker and what it started are ended
 */

import type { ChildProcess } from "node:child_process";
import type { Duplex } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { isRefusal, refused } from "../core/error-disk.ts";
import { clockOf, type Clock } from "./clock.ts";
import { failureOfDeath } from "./kind.ts";
import { tell, type DependAnswer, type Ended, type RunRequest, type WorkerMessage } from "./message.ts";
import type { Meter, Metered } from "./meter.ts";
import { failed, type Kind, type Outcome } from "./outcome.ts";

/** What a run may take; beyond it, all that belongs to it is ended. */
export interface Limits {
  /** Of each attempt; the clock stands while the action waits for `onDepend`. */
  readonly timeoutMs?: number | undefined;
  /** Resident memory of the whole process tree. */
  readonly memoryBytes?: number | undefined;
  /** A process for this run alone. */
  readonly isIsolated: boolean;
}

/** What a worker can tell beside the end of a run and what it asks for. */
export type Told = Exclude<WorkerMessage, { readonly type: "ended" | "depend" | "returned" }>;

export interface Run {
  readonly request: RunRequest;
  readonly limits: Limits;
  /** What reaches the worker's own stdout and stderr: its children's output. */
  onOutput(chunk: Buffer): void;
  onMessage(message: Told): void;
  /** Brings a path that the action asks for up to date. */
  onDepend(path: string): Promise<DependAnswer>;
  /** The action did not wait for all that it asked for. */
  onReturned(): void;
  readonly signal: AbortSignal;
}

export interface Worker {
  readonly child: ChildProcess;
  readonly channel: Duplex;
  /** In MiB; undefined for Node's own limit. */
  readonly heap: number | undefined;
  runs: number;
  /** Who hears what the worker says, while it runs something. */
  hearer: ((message: WorkerMessage) => void) | undefined;
}

export interface Ending {
  readonly outcome: Outcome;
  /** True where the worker must not run another. */
  readonly isSpent: boolean;
  /** True where there is no time to ask it to end. */
  readonly isUrgent: boolean;
}

/** How long output that a dead worker left is waited for: a process that it started may hold the pipe open. */
const LAST_OUTPUT_MS = 200;
/** A worker that was used for something large keeps a part of it. */
const LARGE_BYTES = 512 * 2 ** 20;
const PRINTED_CHARACTERS = 16_384;

export async function attend(worker: Worker, run: Run, meter: Meter): Promise<Ending> {
  const { memoryBytes, timeoutMs } = run.limits;
  const ending = endingOf();
  const clock = clockOf(timeoutMs, () =>
    ending.fail("timeout", `it was ended after ${secondsText(timeoutMs)}, its timeout`),
  );
  const metered: Metered = {
    leader: worker.child.pid ?? 0,
    limitBytes: memoryBytes,
    countsLeader: run.request.work.kind === "module",
    log: run.request.log,
    onExcess: (message) => ending.settle({ outcome: failed("oom", message), isSpent: true, isUrgent: true }),
  };
  worker.hearer = (message) => {
    if (message.type === "ended") void settleOnceHeard(ending, message);
    else if (message.type === "returned") run.onReturned();
    else if (message.type === "depend") void answer({ worker, run, clock }, message);
    else run.onMessage(message);
  };
  meter.add(metered);
  const leave = listen(worker, run, ending);
  if (!run.signal.aborted) tell(worker.channel, { type: "run", request: run.request });
  const ended = await ending.settled;
  leave();
  worker.hearer = undefined;
  clock.stop();
  const bytes = meter.delete(metered);
  return { ...ended, isSpent: ended.isSpent || bytes > Math.min(LARGE_BYTES, (memoryBytes ?? Infinity) / 2) };
}

/** The first that settles it decides. */
interface Settling {
  readonly settled: Promise<Ending>;
  settle(ending: Ending): void;
  fail(kind: Kind, message: string): void;
}

function endingOf(): Settling {
  let settle: (ending: Ending) => void = () => {};
  const settled = new Promise<Ending>((resolve) => (settle = resolve));
  return {
    settled,
    settle,
    fail: (kind, message) => settle({ outcome: failed(kind, message), isSpent: true, isUrgent: false }),
  };
}

/** Output comes another way than messages: what was printed before the end is read before the run is left. */
async function settleOnceHeard(ending: Settling, { outcome, isSpent }: Ended): Promise<void> {
  await turn();
  ending.settle({ outcome, isSpent, isUrgent: false });
}

async function answer(
  { worker, run, clock }: { readonly worker: Worker; readonly run: Run; readonly clock: Clock },
  { id, path }: { readonly id: number; readonly path: string },
): Promise<void> {
  const answer = await clock.during(run.onDepend(path));
  tell(worker.channel, { type: "answer", id, answer });
}

/** Listens to the process and to the build's end; the result takes the listeners away. */
function listen({ child }: Worker, run: Run, ending: Settling): () => void {
  let printed = "";
  const onData = (chunk: Buffer): void => {
    try {
      run.onOutput(chunk);
    } catch (error) {
      ending.fail("error", `its output could not be logged: ${(error as Error).message}`);
    }
    printed = (printed + chunk.toString("latin1")).slice(-PRINTED_CHARACTERS);
  };
  const die = (code: number | null, signal: string | null): void =>
    ending.settle({
      outcome: failureOfDeath("the action's process", { code, signal, printed: () => printed }),
      isSpent: true,
      isUrgent: false,
    });
  const onExit = (code: number | null, signal: string | null): void => {
    const timer = setTimeout(die, LAST_OUTPUT_MS, code, signal);
    child.once("close", () => {
      clearTimeout(timer);
      die(code, signal);
    });
  };
  const onError = (error: Error): void => ending.fail("error", `the worker failed: ${wordsOf(error)}`);
  const onAbort = (): void => ending.fail("interrupted", "the build was interrupted");
  child.on("exit", onExit).on("error", onError);
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", onData);
  run.signal.addEventListener("abort", onAbort, { once: true });
  if (run.signal.aborted) onAbort();
  return () => {
    child.off("exit", onExit).off("error", onError);
    for (const stream of [child.stdout, child.stderr]) stream?.off("data", onData);
    run.signal.removeEventListener("abort", onAbort);
  };
}

const secondsText = (ms = 0): string => (ms < 1000 ? `${ms} ms` : `${ms / 1000} s`);

function wordsOf(error: Error): string {
  if (!isRefusal(error)) return error.message;
  const told = refused(error);
  return told.hint === undefined ? told.message : `${told.message}; ${told.hint}`;
}
