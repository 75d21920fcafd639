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
    const worker = this.#idle.pop() ?? this.#start();
    worker.runs += 1;
    const { child } = worker;
    return new Promise((resolve) => {
      const settle = (outcome: Outcome): void => {
        child.removeAllListeners("message").removeAllListeners("exit").removeAllListeners("error");
        child.stdout?.removeAllListeners("data");
        child.stderr?.removeAllListeners("data");
        run.signal.removeEventListener("abort", stop);
        if (outcome.isDone && worker.runs < RUNS_PER_WORKER) this.#idle.push(worker);
        else this.#end(child);
        resolve(outcome);
      };
      const stop = (): void => settle({ isDone: false, kind: "interrupted", message: "the build was interrupted" });
      child.on("message", (message: WorkerMessage) => {
        if (message.type === "ended") settle(message.outcome);
        else run.onMessage(message);
      });
      child.on("exit", (code, signal) => settle(deathOf(code, signal)));
      child.on("error", (error) =>
        settle({ isDone: false, kind: "error", message: `the worker failed: ${error.message}` }),
      );
      child.stdout?.on("data", (chunk: Buffer) => run.onOutput(chunk));
      child.stderr?.on("data", (chunk: Buffer) => run.onOutput(chunk));
      run.signal.addEventListener("abort", stop, { once: true });
      if (run.signal.aborted) stop();
      else child.send(run.request);
    });
  }

  /** Ends the idle workers, and waits until nothing of those that were ended before is left. */
  async close(): Promise<void> {
    for (const { child } of this.#idle.splice(0)) child.disconnect();
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
    return { child, runs: 0 };
  }
}

function deathOf(code: number | null, signal: string | null): Outcome {
  const message =
    signal === null
      ? `the action ended its process with exit code ${code}`
      : `the action's process was killed by ${signal}`;
  return { isDone: false, kind: "killed", message };
}
