/** Frees disk space: the cache down to its limit, and what killed builds and earlier code left behind. */

import { rmSync } from "node:fs";
import type { Collected, Freed } from "./core/upkeep.ts";
import type { Project } from "./project.ts";
import { makeRoom, SPARED_MS } from "./room.ts";
import { currentCode, FOLDER as CODE } from "./run/code.ts";
import { STAGES } from "./run/stage.ts";
import { filesAt, sweep } from "./store/files.ts";

export interface CollectRequest {
  /** True keeps only what is in use, whatever the limit. */
  readonly isAll: boolean;
  readonly isDry: boolean;
  readonly nowMs: number;
}

/** Needs the project's lock: while a build runs its stages are no leftovers. */
export function collect(project: Project, { isAll, isDry, nowMs }: CollectRequest): Collected {
  const { root, cachePlace } = project;
  const { folder, limitBytes } = cachePlace;
  const mostBytes = isAll ? 0 : limitBytes;
  const evicted = makeRoom(project, { limitBytes: mostBytes, targetBytes: mostBytes, nowMs, isDry });
  // Other projects copy into a shared cache, and commands that only look bundle code, without this project's lock.
  const beforeMs = nowMs - SPARED_MS;
  const incoming = sweep({ folder: `${folder}/incoming`, isOfUse: () => false, beforeMs, isDry });
  const current = currentCode(root);
  const code = sweep({ folder: `${root}/${CODE}`, isOfUse: (name) => current.has(name), beforeMs, isDry });
  const stage = staged(root, isDry);
  return {
    isDryRun: isDry,
    freedBytes: [evicted.freedBytes, incoming.sizeBytes, code.sizeBytes, stage.sizeBytes].reduce((a, b) => a + b, 0),
    cache: { ...evicted, folder, limitBytes },
    incoming,
    stage,
    code,
  };
}

function staged(root: string, isDry: boolean): Freed {
  const place = `${root}/${STAGES}`;
  const found = filesAt(place);
  if (!isDry) rmSync(place, { recursive: true, force: true });
  return found;
}
