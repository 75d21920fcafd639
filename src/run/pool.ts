/**
 * Worker processes, started as they are needed and reused; one that failed, or has run often, is replaced. A worker leads
 * a process group, so that ending it ends all that its action started.
 */

import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { isRefusal, refused } from "../core/error-disk.ts";
import { endGroup } from "./group.ts";
import type { DependAnswer, EngineMessage, RunRequest, WorkerMessage } from "./message.ts";
import type { Outcome } from "./outcome.ts";

/** Each evaluation of a bundle stays in the module map of its worker for good, so a worker has a last one. */
const RUNS_PER_WORKER = 500;

interface Worker {
  readonly child: ChildProcess;
  runs: number;
}

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
export type Told = Exclude<WorkerMessage, { readonly type: "ended" | "depend" }>;

export interface Run {
  readonly request: RunRequest;
  readonly limits: Limits;
  /** Descriptor of the log, for what reaches the worker's own stdout and stderr: its children's output. */
  onOutput(chunk: Buffer): void;
  onMessage(message: Told): void;
  /** Brings a path that the action asks for up to date. */
  onDepend(path: string): Promise<DependAnswer>;
  readonly signal: AbortSignal;
}

export class Pool {
  readonly #root: string;
  readonly #idle: Worker[] = [];
  readonly #ending = new Set<Promise<void>>();

  constructor(root: string) {
    this.#root = root;
  }

  run(run: Run): Promise<Outcome> {
    const worker = this.#take();
    worker.runs += 1;
    const { child } = worker;
    return new Promise((resolve) => {
      const settle = (outcome: Outcome): void => {
        child.off("message", onMessage).off("exit", onExit).off("error", onError);
        for (const stream of [child.stdout, child.stderr]) stream?.off("data", onData);
        run.signal.removeEventListener("abort", onAbort);
        if (outcome.isDone && worker.runs < RUNS_PER_WORKER) this.#idle.push(worker);
        else this.#end(child);
        resolve(outcome);
      };
      const fail = (kind: string, message: string): void => settle({ isDone: false, kind, message });
      const onMessage = (message: WorkerMessage): void => {
        if (message.type === "ended") settle(message.outcome);
        else if (message.type === "depend") void this.#answer(run, worker, message);
        else run.onMessage(message);
      };
      const onExit = (code: number | null, signal: string | null): void => fail("killed", deathOf(code, signal));
      const onError = (error: Error): void => fail("error", `the worker failed: ${wordsOf(error)}`);
      const onData = (chunk: Buffer): void => {
        try {
          run.onOutput(chunk);
        } catch (error) {
          fail("error", `its output could not be logged: ${(error as Error).message}`);
        }
      };
      const onAbort = (): void => fail("interrupted", "the build was interrupted");
      child.on("message", onMessage).on("exit", onExit).on("error", onError);
      for (const stream of [child.stdout, child.stderr]) stream?.on("data", onData);
      run.signal.addEventListener("abort", onAbort, { once: true });
      if (run.signal.aborted) onAbort();
      // One that could not be started says so by an error, in the next turn.
      else if (child.connected) tell(child, { type: "run", request: run.request });
    });
  }

  async #answer(run: Run, { child }: Worker, { id, path }: { readonly id: number; readonly path: string }) {
    const answer = await run.onDepend(path);
    if (child.connected) tell(child, { type: "answer", id, answer });
  }

  /** An idle worker that is still there, or a new one: what an action left behind may have ended the one it ran in. */
  #take(): Worker {
    for (let worker = this.#idle.pop(); worker !== undefined; worker = this.#idle.pop()) {
      if (worker.child.connected) return worker;
      this.#end(worker.child);
    }
    return this.#start();
  }

  /** Ends the idle workers, and waits until nothing of those that were ended before is left. */
  async close(): Promise<void> {
    for (const { child } of this.#idle.splice(0)) if (child.connected) child.disconnect();
    await Promise.all(this.#ending);
  }

  #end({ pid }: ChildProcess): void {
    if (pid === undefined) return;
    const ended = endGroup(pid).finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  #start(): Worker {
    // NODE_EXTRA_CA_CERTS makes every start of Node read and parse a file; an action that needs it gets it by its env.
    const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...env } = process.env;
    const program = fileURLToPath(new URL("./worker.js", import.meta.url));
    const child = fork(program, [], {
      cwd: this.#root,
      env,
      execArgv: [],
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    // A run listens for itself; between two of them nobody else would, and an error that nobody hears ends the engine.
    child.on("error", () => {});
    return { child, runs: 0 };
  }
}

function wordsOf(error: Error): string {
  if (!isRefusal(error)) return error.message;
  const told = refused(error);
  return told.hint === undefined ? told.message : `${told.message}; ${told.hint}`;
}

const tell = (child: ChildProcess, message: EngineMessage): void => void child.send(message);

const deathOf = (code: number | null, signal: string | null): string =>
  signal === null
    ? `the action ended its process with exit code ${code}`
    : `the action's process was killed by ${signal}`;
