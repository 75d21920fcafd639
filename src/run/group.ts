/** The end of all that a worker started: its process group, and what left that but still descends from it. */

import { setTimeout as delay } from "node:timers/promises";
import { processes, processOf, treeOf, type Process } from "./processes.ts";

export const GRACE_MS = 2000;
const LONGEST_POLL_MS = 10;
/** How long something that was killed may take to go: a process that waits for a disk cannot end. */
const KILLED_MS = 2000;

/** Asks the tree to end, makes it after the grace, and resolves when nothing of it is left. A grace of 0 asks nobody. */
export async function endTree(leader: number, graceMs = GRACE_MS): Promise<void> {
  // Who left the group is known only by its parent, which is about to go.
  let strays = straysOf(leader);
  if (graceMs > 0) {
    signal(leader, strays, "SIGTERM");
    if (await isGone(leader, { strays, withinMs: graceMs })) return;
    strays = [...strays, ...straysOf(leader)];
  }
  signal(leader, strays, "SIGKILL");
  await isGone(leader, { strays, withinMs: KILLED_MS });
}

const straysOf = (leader: number): readonly Process[] =>
  treeOf(leader, processes()).filter(({ group, pid }) => group !== leader && pid !== leader);

async function isGone(
  leader: number,
  { strays, withinMs }: { readonly strays: readonly Process[]; readonly withinMs: number },
): Promise<boolean> {
  const endMs = Date.now() + withinMs;
  for (let pollMs = 1; ; pollMs = Math.min(pollMs * 2, LONGEST_POLL_MS)) {
    if (!hasMembers(leader) && !strays.some(isSame)) return true;
    if (Date.now() >= endMs) return false;
    await delay(pollMs);
  }
}

function signal(leader: number, strays: readonly Process[], name: NodeJS.Signals): void {
  send(-leader, name);
  for (const stray of strays) if (isSame(stray)) send(stray.pid, name);
}

/** Whether it is that very process still, and not another by its id. */
const isSame = ({ pid, started }: Process): boolean => processOf(pid)?.started === started;

/** Members that have ended but were not asked for their exit code are in the group still, and count for nothing. */
function hasMembers(leader: number): boolean {
  if (!send(-leader, 0)) return false;
  const all = processes();
  return all.length === 0 || all.some(({ group }) => group === leader);
}

/** False where there is nothing by that id any more. */
function send(id: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(id, name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A group of zombies alone cannot be signalled on some systems.
    if (code === "ESRCH" || code === "EPERM") return false;
    throw error;
  }
}
