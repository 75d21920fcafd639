/** The clock of the file system that stamps a project's files, which may be another machine's. */

import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { isRefusal, type SystemError } from "../core/error-disk.ts";

/** How far it is ahead of ours. Where nothing can be written there is no telling: then nothing is old enough to be trusted. */
export function clockOffsetMs(folder: string): number {
  try {
    mkdirSync(folder, { recursive: true });
    const beforeMs = Date.now();
    writeFileSync(`${folder}/clock`, "");
    const { mtimeMs } = statSync(`${folder}/clock`);
    const afterMs = Date.now();
    // It is our own clock where it fits: a process that was held up in between would seem to be ahead otherwise.
    return mtimeMs > beforeMs - TICK_MS && mtimeMs <= afterMs ? 0 : mtimeMs - afterMs;
  } catch (error) {
    if (isRefusal(error as SystemError)) return -Infinity;
    throw error;
  }
}

/** A kernel stamps files with a clock that ticks, at the slowest about so. */
const TICK_MS = 20;
