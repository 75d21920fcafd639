/** What killed processes left in `.pipe`, swept up by whoever holds the project's lock. */

import { readdirSync, rmSync } from "node:fs";

export function sweep(root: string): void {
  const folder = `${root}/.pipe`;
  for (const inside of ["", "code/"])
    for (const name of namesIn(`${folder}/${inside}`))
      if (isLeftover(name)) rmSync(`${folder}/${inside}${name}`, { force: true });
  // Other projects may fill this cache too, so that it is not enough to be alone in this one.
  for (const name of namesIn(`${folder}/cache/incoming`))
    if (!isTaken(Number.parseInt(name, 10))) rmSync(`${folder}/cache/incoming/${name}`, { force: true });
}

/** Files that are written aside end in the pid of who writes them. Rights to a dead holder's lock are void under a live one. */
function isLeftover(name: string): boolean {
  const [, pid] = /\.(\d+)(?:\.new)?$/.exec(name) ?? [];
  return pid === undefined ? /^lock\.of-|^state\.log\.new$/.test(name) : !isTaken(Number(pid));
}

function isTaken(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
