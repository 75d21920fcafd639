/**
 * Worker processes, started as they are needed and reused. A worker leads a process group, so that ending it ends all
 * that its action started. One whose action failed, left something behind or changed what others would see is ended
 * before the run counts as over, so nothing of a run goes on when the next begins.
 */

import { spawn } from "node:child_process";
import { totalmem } from "node:os";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { cutLog } from "../store/log.ts";
import { attend, type Limits, type Run, type Worker } from "./attend.ts";
import { endTree, GRACE_MS } from "./group.ts";
import { Guardian } from "./guardian.ts";
import { hear, type WorkerMessage } from "./message.ts";
import { Meter } from "./meter.ts";
import type { Outcome } from "./outcome.ts";

/** Each evaluation of a bundle stays in the module map of its worker for good, so a worker has a last one. */
const RUNS_PER_WORKER = 500;
/** Node cannot start in less. */
const SMALLEST_HEAP = 64;

export class Pool {
  readonly #root: string;
  readonly #meter: Meter;
  readonly #guardian: Guardian;
  readonly #idle: Worker[] = [];
  readonly #ending = new Set<Promise<void>>();

  /** `machineBytes` is the memory that all runs have to share; without it, what the machine has. */
  constructor(root: string, machineBytes?: number) {
    this.#root = root;
    this.#meter = new Meter(machineBytes);
    this.#guardian = new Guardian(root);
  }

  async run(run: Run): Promise<Outcome> {
    const worker = this.#take(run.limits);
    worker.runs += 1;
    const { outcome, isSpent, isUrgent } = await attend(worker, run, this.#meter);
    const isReusable = outcome.isDone && !isSpent && !run.limits.isIsolated && worker.runs < RUNS_PER_WORKER;
    if (isReusable) this.#idle.push(worker);
    else await this.#end(worker, isUrgent ? 0 : GRACE_MS);
    cutLog(run.request.log);
    return outcome;
  }

  /** Ends the idle workers, and waits until nothing of those that were ended before is left. */
  async close(): Promise<void> {
    // A worker that loses its channel ends itself; the guardian makes sure of it.
    for (const { channel } of this.#idle.splice(0)) channel.destroy();
    await Promise.all(this.#ending);
    this.#guardian.close();
  }

  /** An idle worker that is still there, or a new one: what an action left behind may have ended the one it ran in. */
  #take(limits: Limits): Worker {
    const heap = heapOf(limits);
    for (;;) {
      const at = limits.isIsolated ? -1 : this.#idle.findLastIndex((idle) => idle.heap === heap);
      const [worker] = at < 0 ? [] : this.#idle.splice(at, 1);
      if (worker === undefined) return this.#start(heap);
      if (isThere(worker)) return worker;
      void this.#end(worker, GRACE_MS);
    }
  }

  #end({ child: { pid } }: Worker, graceMs: number): Promise<void> {
    if (pid === undefined) return Promise.resolve();
    const ended = endTree(pid, graceMs).finally(() => {
      this.#ending.delete(ended);
      this.#guardian.delete(pid);
    });
    this.#ending.add(ended);
    return ended;
  }

  #start(heap: number | undefined): Worker {
    // NODE_EXTRA_CA_CERTS makes every start of Node read and parse a file; an action that needs it gets it by its env.
    const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...env } = process.env;
    const program = fileURLToPath(new URL("./worker.js", import.meta.url));
    const child = spawn(process.execPath, [...(heap === undefined ? [] : [`--max-old-space-size=${heap}`]), program], {
      cwd: this.#root,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    const channel = child.stdio[3] as Duplex;
    // A run listens for itself; between two of them nobody else would, and an error that nobody hears ends the engine.
    child.on("error", () => {});
    // A pipe to one that died breaks; its exit tells of that.
    for (const stream of [channel, child.stdout, child.stderr]) stream?.on("error", () => {});
    const worker: Worker = { child, channel, heap, runs: 0, hearer: undefined };
    hear(channel, (message) => worker.hearer?.(message as WorkerMessage));
    if (child.pid !== undefined) this.#guardian.add(child.pid);
    return worker;
  }
}

/** In MiB. */
function heapOf({ memoryBytes }: Limits): number | undefined {
  if (memoryBytes === undefined) return undefined;
  return Math.max(SMALLEST_HEAP, Math.floor(Math.min(memoryBytes, totalmem()) / 2 ** 20));
}

const isThere = ({ child, channel }: Worker): boolean =>
  child.exitCode === null && child.signalCode === null && channel.writable && !channel.destroyed;
