/** What an action that has succeeded left behind: work that is still pending, and processes that still run. */

import { existsSync, openSync, readSync } from "node:fs";
import { setImmediate as turn, setTimeout as delay } from "node:timers/promises";
import { pids, processOf } from "./processes.ts";

/** What is about to end by itself may: a stream that is being closed, a process that is past its work. */
const SETTLE_MS = 100;
/** A file that is being written is let finish, since what would be published is half of it. */
const FILE_MS = 2000;
const POLL_MS = 5;

const FILE_WORK = /^(?:FS|FileHandle|Zlib|Brotli|WriteWrap)/;

// Captured before any action can replace them.
const nowMs = performance.now.bind(performance);
const activeResources = process.getActiveResourcesInfo.bind(process);

export interface Pending {
  readonly kinds: readonly string[];
  /** True where a file is still being worked on. */
  readonly isFileWork: boolean;
}

/** Waits a little for the event loop to have nothing to do; what it still has then. */
export async function pendingWork(): Promise<Pending> {
  const startMs = nowMs();
  for (let count = 0; ; count++) {
    const kinds = activeResources();
    const isFileWork = kinds.some((kind) => FILE_WORK.test(kind));
    if (kinds.length === 0 || nowMs() - startMs > (isFileWork ? FILE_MS : SETTLE_MS)) return { kinds, isFileWork };
    await (count < 3 ? turn() : delay(POLL_MS));
  }
}

// The kernel gives process ids in turn and tells the last one here, so most steps are known to have left no process
// without a look at any. Where it does not tell, nothing is looked for.
const tail = Buffer.alloc(128);
const loadavg = openIfThere("/proc/loadavg");

/** The id of the process, or thread, that was started last on this machine; undefined where that is not told. */
export function lastProcess(): number | undefined {
  if (loadavg === undefined) return undefined;
  const text = tail.toString("latin1", 0, readSync(loadavg, tail, 0, tail.length, 0));
  return Number(text.slice(text.lastIndexOf(" ") + 1));
}

/** More than these are quicker found in the list of all. */
const MANY = 64;

/** Waits a little for the processes to end that were started here since; the names of those that still run. */
export async function processesLeft(since: number | undefined): Promise<readonly string[]> {
  const last = lastProcess();
  if (since === undefined || last === undefined || last === since) return [];
  const isFew = last > since && last - since <= MANY;
  let left = isFew ? Array.from({ length: last - since }, (_, at) => since + at + 1) : pids().map(Number);
  const endMs = nowMs() + SETTLE_MS;
  for (;;) {
    left = left.filter(isOurs);
    if (left.length === 0 || nowMs() > endMs) return left.map((pid) => `${processOf(pid)?.name} (${pid})`);
    await delay(POLL_MS);
  }
}

function isOurs(pid: number): boolean {
  // Threads have ids of the same kind; those of this process are its own.
  if (pid === process.pid || !existsSync(`/proc/${pid}`) || existsSync(`/proc/self/task/${pid}`)) return false;
  const found = processOf(pid);
  return found !== undefined && (found.group === process.pid || found.parent === process.pid);
}

function openIfThere(file: string): number | undefined {
  return existsSync(file) ? openSync(file, "r") : undefined;
}
