/**
 * One build a project: a file that names its holder by pid and start time, so that a dead holder's lock is free at once
 * and a recycled pid does not hold it.
 */

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync, linkSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { locked } from "../core/error.ts";

const POLL_MS = 100;

export interface LockRequest {
  readonly root: string;
  /** True waits for another build to end; false fails at once with the error `locked`. */
  readonly wait: boolean;
  /** Called once, with the holder, when there is a wait. */
  readonly onWait: (holder: string) => void;
}

/** Takes the project's lock; the result gives it back. */
export async function takeLock({ root, wait, onWait }: LockRequest): Promise<() => void> {
  const file = `${root}/.pipe/lock`;
  for (let told = false; ;) {
    const release = tryLock(root);
    if (release !== undefined) return release;
    const holder = readHolder(file);
    if (holder === undefined) continue;
    if (!wait) throw locked({ holder: `process ${holder.pid}` });
    if (!told) onWait(`process ${holder.pid}`);
    told = true;
    await delay(POLL_MS);
  }
}

/** Takes the lock if nobody alive holds it. */
export function tryLock(root: string): (() => void) | undefined {
  const file = `${root}/.pipe/lock`;
  mkdirSync(`${root}/.pipe`, { recursive: true });
  const own = JSON.stringify({ pid: process.pid, started: startedAt(process.pid) });
  for (;;) {
    if (tryTake(file, own)) return () => rmSync(file, { force: true });
    const holder = readHolder(file);
    if (holder === undefined) continue;
    if (isAlive(holder.text)) return undefined;
    steal(file, holder.text);
  }
}

/** The one alive who holds the project, in words that fit no other process; undefined where nobody does. */
export function lockHolder(root: string): string | undefined {
  const holder = readHolder(`${root}/.pipe/lock`);
  return holder !== undefined && isAlive(holder.text) ? holder.text : undefined;
}

function tryTake(file: string, own: string): boolean {
  // Written aside and linked, so that nobody ever reads a half-written holder.
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, own);
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

function readHolder(file: string): { readonly text: string; readonly pid: number } | undefined {
  try {
    const text = readFileSync(file, "utf8");
    return { text, pid: parseHolder(text)?.pid ?? 0 };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function isAlive(text: string): boolean {
  const holder = parseHolder(text);
  if (holder === undefined) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return startedAt(holder.pid) === holder.started;
}

function parseHolder(text: string): { readonly pid: number; readonly started: string } | undefined {
  try {
    return (JSON.parse(text) ?? undefined) as { pid: number; started: string } | undefined;
  } catch {
    // A lock that is no lock of ours holds nobody off.
    return undefined;
  }
}

/** Takes a dead holder's lock away, and puts it back if somebody else was quicker and it is a live one by now. */
function steal(file: string, dead: string): void {
  const taken = `${file}.dead.${process.pid}`;
  try {
    renameSync(file, taken);
    if (readFileSync(taken, "utf8") !== dead) linkSync(taken, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EEXIST") throw error;
  } finally {
    rmSync(taken, { force: true });
  }
}

/** When a process started, in clock ticks since boot (proc(5), field 22); empty where the system does not tell. */
function startedAt(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    // No /proc here: the pid alone must do.
    return "";
  }
}
