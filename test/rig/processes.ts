/** Processes that a test waits for, as the system tells them. */

import { setTimeout as delay } from "node:timers/promises";
import { processes, processOf } from "../../src/run/processes.ts";

/** False too for one that ended and was not asked for its exit code yet. */
export const isAlive = (pid: number): boolean => processOf(pid) !== undefined;

export const childrenOf = (parent: number, name: string): readonly number[] =>
  processes().flatMap((each) => (each.parent === parent && each.name === name ? [each.pid] : []));

/** Waits for a condition, in vain no longer than that. */
export async function until(condition: () => boolean, withinMs = 10_000): Promise<void> {
  for (const endMs = Date.now() + withinMs; !condition(); await delay(5))
    if (Date.now() > endMs) throw new Error(`in vain for ${withinMs} ms: ${condition.toString()}`);
}
