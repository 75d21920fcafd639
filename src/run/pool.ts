/**
 * Worker processes, started as they are needed and reused; one that failed, or has run often, is replaced. A worker leads
 * a process group, so that ending it ends all that its action started.
 */

import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { endGroup } from "./group.ts";
import type { RunRequest, WorkerMessage } from "./message.ts";
import type { Outcome } from "./outcome.ts";

/** Each evaluation of a bundle stays in the module map of its worker for good, so a worker has a last one. */
const RUNS_PER_WORKER = 500;

interface Worker {
  readonly child: ChildProcess;
  runs: number;
}

export interface Run {
  readonly request: RunRequest;
  /** Descriptor of the log, for what reaches the worker's own stdout and stderr: its children's output. */
  onOutput(chunk: Buffer): void;
  onMessage(message: WorkerMessage): void;
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
      const onMessage = (message: WorkerMessage): void =>
        message.type === "ended" ? settle(message.outcome) : run.onMessage(message);
      const onExit = (code: number | null, signal: string | null): void => fail("killed", deathOf(code, signal));
      const onError = (error: Error): void => fail("error", `the worker failed: ${error.message}`);
      const onData = (chunk: Buffer): void => run.onOutput(chunk);
      const onAbort = (): void => fail("interrupted", "the build was interrupted");
      child.on("message", onMessage).on("exit", onExit).on("error", onError);
      for (const stream of [child.stdout, child.stderr]) stream?.on("data", onData);
      run.signal.addEventListener("abort", onAbort, { once: true });
      if (run.signal.aborted) onAbort();
      else child.send(run.request);
    });
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

const deathOf = (code: number | null, signal: string | null): string =>
  signal === null
    ? `the action ended its process with exit code ${code}`
    : `the action's process was killed by ${signal}`;
