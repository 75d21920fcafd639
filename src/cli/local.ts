/** The installation of pipe that a project brings along: it knows what the project's Pipefile was written for. */

import { readFileSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { above } from "./locate.ts";

/** The command of another installation than `own`, found from the Pipefile's folder; undefined where there is none. */
export function localCommand(root: string, own: string): string | undefined {
  const manifest = above(root, (folder) => join(folder, "node_modules/pipefile/package.json"));
  if (manifest === undefined) return undefined;
  const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly bin?: Readonly<Record<string, string>> };
  const command = bin?.["pipe"];
  if (command === undefined) return undefined;
  const path = realpathOf(resolve(dirname(manifest), command));
  return path === undefined || path === realpathOf(own) ? undefined : path;
}

// A checkout that is linked into node_modules may not have been built yet.
function realpathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
