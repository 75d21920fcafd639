/** Files in folders of pipe's own, counted and removed. */

import { lstatSync, readdirSync, rmSync } from "node:fs";
import type { Freed } from "../core/upkeep.ts";

/** The files at a place, in all folders below it, with their bytes; none where nothing stands there. */
export function filesAt(place: string): Freed {
  const stats = lstatSync(place, { throwIfNoEntry: false });
  if (stats === undefined) return { files: 0, sizeBytes: 0 };
  if (!stats.isDirectory()) return { files: 1, sizeBytes: stats.size };
  return sumOf(readdirSync(place).map((name) => filesAt(`${place}/${name}`)));
}

export interface Sweep {
  readonly folder: string;
  readonly isOfUse: (name: string) => boolean;
  /** What was written after this may be of somebody who is about to say that it is of use. */
  readonly beforeMs: number;
  readonly isDry: boolean;
}

/** Removes the files of a folder that are of no use. */
export function sweep({ folder, isOfUse, beforeMs, isDry }: Sweep): Freed {
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return { files: 0, sizeBytes: 0 };
  const swept = readdirSync(folder).flatMap((name) => {
    const stats = lstatSync(`${folder}/${name}`, { throwIfNoEntry: false });
    if (stats?.isFile() !== true || isOfUse(name) || stats.mtimeMs > beforeMs) return [];
    if (!isDry) rmSync(`${folder}/${name}`, { force: true });
    return [{ files: 1, sizeBytes: stats.size }];
  });
  return sumOf(swept);
}

function sumOf(found: readonly Freed[]): Freed {
  const sum = { files: 0, sizeBytes: 0 };
  for (const { files, sizeBytes } of found) {
    sum.files += files;
    sum.sizeBytes += sizeBytes;
  }
  return sum;
}
