/**
 * One build a project: a file that names its holder by pid and start time, so that a dead holder's lock is free at once
 * and a recycled pid does not hold it.
 */

import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { locked } from "../core/error.ts";

const POLL_MS = 100;

export interface LockRequest {
  readonly root: string;
  /** What the holder runs, for those who wait. */
  readonly doing: string;
}

export interface LockWait {
  /** True waits for another build to end; false fails at once with the error `locked`. */
  readonly wait: boolean;
  /** Called once, with the holder, when there is a wait. */
  readonly onWait: (holder: string) => void;
}

/** Takes the project's lock; the result gives it back. */
export async function takeLock({ root, doing, wait, onWait }: LockRequest & LockWait): Promise<() => void> {
  for (let told = false; ;) {
    const release = tryLock({ root, doing });
    if (release !== undefined) return release;
    const text = textOf(lockOf(root));
    const holder = holderIn(text);
    if (text === undefined || holder === undefined || !isAlive(text)) {
      // Somebody is just giving it back, or taking a dead one's.
      await delay(1);
      continue;
    }
    const name = `process ${holder.pid}${holder.doing === undefined ? "" : ` (${holder.doing})`}`;
    if (!wait) throw locked({ holder: name });
    if (!told) onWait(name);
    told = true;
    await delay(POLL_MS);
  }
}

/** Takes the lock if nobody alive holds it. */
export function tryLock({ root, doing }: LockRequest): (() => void) | undefined {
  const file = lockOf(root);
  mkdirSync(`${root}/.pipe`, { recursive: true });
  // The number tells this holding from any other, so that one which is over is never taken for one that has begun.
  const own = { pid: process.pid, started: startedAt(process.pid) ?? "", doing, id: randomBytes(6).toString("hex") };
  // Written aside and linked, so that nobody ever reads a half-written holder.
  const mine = `${file}.${process.pid}`;
  try {
    writeFileSync(mine, JSON.stringify(own));
    return hasTaken(file, mine) ? () => rmSync(file, { force: true }) : undefined;
  } finally {
    rmSync(mine, { force: true });
  }
}

/** The one alive who holds the project, in words that fit no other process; undefined where nobody does. */
export function lockHolder(root: string): string | undefined {
  const text = textOf(lockOf(root));
  return text !== undefined && isAlive(text) ? text : undefined;
}

const lockOf = (root: string): string => `${root}/.pipe/lock`;

/**
 * A dead holder's file is replaced only by who holds the right to do that, another lock, named after that very holding:
 * of several who find it dead one replaces it, and the others never take a live one away in its place.
 */
function hasTaken(file: string, mine: string): boolean {
  for (;;) {
    if (isLinked(mine, file)) return true;
    const text = textOf(file);
    if (text === undefined) continue;
    if (isAlive(text)) return false;
    const right = `${file}.of-${holderIn(text)?.id ?? "nobody"}`;
    if (!hasTaken(right, mine)) return false;
    try {
      if (textOf(file) !== text) continue;
      // A copy, since a right that was a dead one's too took the same way, and `mine` must last for both.
      writeFileSync(`${mine}.new`, textOf(mine) ?? "");
      renameSync(`${mine}.new`, file);
      return true;
    } finally {
      rmSync(right, { force: true });
    }
  }
}

function isLinked(mine: string, file: string): boolean {
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

interface Holder {
  readonly pid: number;
  readonly started: string;
  readonly doing?: string;
  readonly id?: string;
}

function isAlive(text: string): boolean {
  const holder = holderIn(text);
  if (typeof holder?.pid !== "number" || !Number.isInteger(holder.pid) || holder.pid <= 0) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return startedAt(holder.pid) === holder.started;
}

function holderIn(text: string | undefined): Holder | undefined {
  try {
    return (JSON.parse(text ?? "") ?? undefined) as Holder | undefined;
  } catch {
    // A lock that is no lock of ours holds nobody off.
    return undefined;
  }
}

/**
 * When a process started, in clock ticks since boot (proc(5), field 22); empty where the system does not tell. One that
 * has died and that nobody asked how (a zombie) has ended, although its pid is still taken.
 */
export function startedAt(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    // No /proc here: the pid alone must do.
    return "";
  }
  const [state = "", ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return "ZX".includes(state) ? undefined : fields[18];
}
