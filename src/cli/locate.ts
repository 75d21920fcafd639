/** Which project a command is about: the Pipefile here, in the nearest folder above, or the one that is named. */

import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { noPipefile, noSuchFolder } from "../core/usage.ts";

export const PIPEFILE = "Pipefile.ts";

export interface Place {
  /** The folder that typed paths are relative to. */
  readonly cwd: string;
  readonly root: string;
  readonly pipefile: string;
}

export interface Sought {
  readonly cwd: string;
  readonly directory?: string | undefined;
  readonly pipefile?: string | undefined;
}

export function locate(sought: Sought): Place {
  const cwd = resolve(sought.cwd, sought.directory ?? "");
  if (statSync(cwd, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw noSuchFolder({ folder: sought.directory ?? cwd });
  const pipefile = sought.pipefile === undefined ? nearestPipefile(cwd) : resolve(cwd, sought.pipefile);
  if (pipefile === undefined || statSync(pipefile, { throwIfNoEntry: false })?.isFile() !== true) {
    throw noPipefile({ folder: cwd, named: sought.pipefile });
  }
  return { cwd, root: dirname(pipefile), pipefile };
}

export function nearestPipefile(cwd: string): string | undefined {
  return above(cwd, (folder) => join(folder, PIPEFILE));
}

/** The first of the paths that exists, looked for in the folder and in those above it. */
export function above(folder: string, pathIn: (folder: string) => string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const path = pathIn(at);
    if (existsSync(path)) return path;
    if (dirname(at) === at) return undefined;
  }
}
