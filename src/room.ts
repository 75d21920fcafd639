/** Keeps the cache within its limit. */

import type { Warning } from "./core/event.ts";
import type { Evicted } from "./core/upkeep.ts";
import type { Project } from "./project.ts";
import { evict } from "./store/eviction.ts";
import { digestsInUse } from "./store/in-use.ts";
import { tallyOf } from "./store/tally.ts";
import { cacheFull } from "./warning.ts";

/** What another project may be about to read is not known; an hour is longer than a build takes from a look to a read. */
export const SPARED_MS = 3_600_000;

/** Of what the limit allows, so much stays: or each build that adds a little would have to make room again. */
const TARGET = 0.9;

/** After a build that added to the cache: makes room where it holds too much. Most builds read one number for it. */
export function keepWithinLimit(project: Project, nowMs: number): readonly Warning[] {
  const { cache, cachePlace } = project;
  const { limit, limitBytes } = cachePlace;
  if (!cache.tally() || (tallyOf(cache.folder) ?? Infinity) <= limitBytes) return [];
  const { inUseBytes } = makeRoom(project, { limitBytes, targetBytes: limitBytes * TARGET, nowMs, isDry: false });
  return inUseBytes > limitBytes ? [cacheFull(limit)] : [];
}

export function makeRoom(
  project: Project,
  to: { readonly limitBytes: number; readonly targetBytes: number; readonly nowMs: number; readonly isDry: boolean },
): Evicted {
  const { nowMs, ...room } = to;
  const spareSinceMs = project.cachePlace.isShared ? nowMs - SPARED_MS : Infinity;
  return evict(project.cache, { ...room, inUse: digestsInUse(project), spareSinceMs });
}
