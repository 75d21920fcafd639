/** Reads a step's log as it grows, until the build that holds the project ends. */

import { watch } from "node:fs";
import { lockHolder } from "./store/lock.ts";
import { logPathOf } from "./store/log.ts";
import { LogTail } from "./store/log-tail.ts";

/** A killed build removes no lock, and some file systems tell of nothing: so often is looked without being told. */
const LOOK_MS = 1000;

export interface Following {
  readonly root: string;
  readonly step: string;
  readonly write: (text: string) => void;
}

/** Resolves at once, after what there is, where no build holds the project. */
export function follow({ root, step, write }: Following): Promise<void> {
  const tail = new LogTail(`${root}/${logPathOf(step)}`);
  const holder = lockHolder(root);
  const watching = new Set<string>();
  return new Promise((resolve, reject) => {
    const ends: (() => void)[] = [];
    const end = (settle: () => void): void => {
      for (const stop of ends) stop();
      settle();
    };
    const look = (): void => {
      try {
        // Asked before the log is read: whatever the build wrote stands there by the time it gives the lock back.
        const isOver = holder === undefined || lockHolder(root) !== holder;
        for (const text of tail.added()) write(text);
        if (isOver) return end(resolve);
        // The first build of all makes the folder of the logs.
        for (const folder of ["logs", ".pipe"]) ends.push(...watched(`${root}/${folder}`, { watching, look }));
      } catch (error) {
        end(() => reject(error));
      }
    };
    const timer = setInterval(look, LOOK_MS);
    ends.push(() => clearInterval(timer));
    look();
  });
}

/** Calls `look` when something in the folder changes; the result stops that. Nothing where it is watched, or cannot be. */
function watched(
  folder: string,
  by: { readonly watching: Set<string>; readonly look: () => void },
): readonly (() => void)[] {
  if (by.watching.has(folder)) return [];
  try {
    const watcher = watch(folder, by.look).on("error", () => watcher.close());
    by.watching.add(folder);
    return [() => watcher.close()];
  } catch (error) {
    // No such folder yet, or the system has no more watches to give.
    if ((error as NodeJS.ErrnoException).syscall !== undefined) return [];
    throw error;
  }
}
