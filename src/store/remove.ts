/** Takes folders away whatever an action did to them. */

import { chmodSync, readdirSync, rmSync } from "node:fs";

// Somebody who still writes into a folder makes it fail to be empty; a little later he does not.
const REMOVE = { recursive: true, force: true, maxRetries: 3, retryDelay: 20 } as const;

/** Removes a folder with all that is in it, folders too that their owner may not write to. */
export function removeTree(folder: string): void {
  try {
    rmSync(folder, REMOVE);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!["EACCES", "EPERM"].includes(code)) throw error;
    openUp(folder);
    rmSync(folder, REMOVE);
  }
}

function openUp(folder: string): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) openUp(`${folder}/${entry.name}`);
}
