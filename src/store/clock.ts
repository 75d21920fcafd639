/** The clock of the file system that stamps a project's files, which may be another machine's. */

import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { isRefusal, type SystemError } from "../core/error-disk.ts";

/** How far it is ahead of ours. Where nothing can be written there is no telling: then nothing is old enough to be trusted. */
export function clockOffsetMs(folder: string): number {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/clock`, "");
    return statSync(`${folder}/clock`).mtimeMs - Date.now();
  } catch (error) {
    if (isRefusal(error as SystemError)) return -Infinity;
    throw error;
  }
}
