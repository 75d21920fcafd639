/** The end of a process group: it is asked first, then made to. */

import { setTimeout as delay } from "node:timers/promises";

const GRACE_MS = 2000;
const POLL_MS = 10;

/** Resolves when no process of the group is left, at the latest soon after the grace is over. */
export async function endGroup(leader: number): Promise<void> {
  const endMs = Date.now() + GRACE_MS;
  if (!signalGroup(leader, "SIGTERM")) return;
  while (Date.now() < endMs) {
    await delay(POLL_MS);
    if (!signalGroup(leader, 0)) return;
  }
  signalGroup(leader, "SIGKILL");
}

/** False where there is no such group any more. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A group of zombies alone cannot be signalled on some systems.
    if (code === "ESRCH" || code === "EPERM") return false;
    throw error;
  }
}
