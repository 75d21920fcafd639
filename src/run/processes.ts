/** The processes of the system as `/proc` tells them, and the tree that belongs to one; nothing where there is no `/proc`. */

import { readdirSync, readFileSync } from "node:fs";

export interface Process {
  readonly pid: number;
  readonly name: string;
  readonly parent: number;
  readonly group: number;
  /** Clock ticks since boot; with the pid, it tells a process from any other. */
  readonly started: string;
  readonly residentBytes: number;
}

// Linux counts in pages of 4 KiB wherever Node runs, but for some ARM machines; there a limit is reached late.
const PAGE_BYTES = 4096;

/** Undefined where it is gone, or has ended and waits only to be asked for its exit code. */
export function processOf(pid: number | string): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const end = stat.lastIndexOf(")");
    // proc(5): after the name, which may hold anything, come state, ppid, pgrp, …, starttime (22), vsize, rss (24).
    const fields = stat.slice(end + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    return {
      pid: Number(pid),
      name: stat.slice(stat.indexOf("(") + 1, end),
      parent: Number(fields[1]),
      group: Number(fields[2]),
      started: fields[19] ?? "",
      residentBytes: Number(fields[21]) * PAGE_BYTES,
    };
  } catch {
    return undefined;
  }
}

export function processes(): readonly Process[] {
  return pids().flatMap((pid) => processOf(pid) ?? []);
}

/** Every process id but those of threads, as text; none where there is no `/proc`. */
export function pids(): readonly string[] {
  try {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** A leader's group, all that descends from it, and the groups that those lead. */
export function treeOf(leader: number, all: readonly Process[]): readonly Process[] {
  const inside = new Set([leader]);
  for (let size = 0; size !== inside.size;) {
    size = inside.size;
    for (const each of all) if (inside.has(each.parent) || inside.has(each.group)) inside.add(each.pid);
  }
  return all.filter(({ pid }) => inside.has(pid));
}
