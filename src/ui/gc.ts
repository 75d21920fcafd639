/** `pipe gc`: what was freed, and how full the cache is. Pure. */

import type { Collected } from "../core/upkeep.ts";
import { formatSize, plural } from "./format.ts";

export function gcText({ isDryRun, freedBytes, cache, incoming, stage, code }: Collected): string {
  const rows: readonly (readonly [count: number, sizeBytes: number, what: string])[] = [
    [cache.objects, cache.freedBytes, `${plural(cache.objects, "object")} of the cache`],
    [incoming.files, incoming.sizeBytes, plural(incoming.files, "unfinished copy", "unfinished copies")],
    [stage.files, stage.sizeBytes, `${plural(stage.files, "staged file")} of builds that were killed`],
    [code.files, code.sizeBytes, `${plural(code.files, "file")} of code that has changed since`],
  ];
  const found = rows.filter(([count]) => count > 0);
  const shown = found.map(([, sizeBytes, what]) => `  ${formatSize(sizeBytes).padStart(8)}  ${what}\n`);
  const verb = isDryRun ? "would free" : "freed";
  const head = found.length === 0 ? "nothing to free\n" : `${verb} ${formatSize(freedBytes)}\n`;
  const left = `the cache holds ${formatSize(cache.leftBytes)} of at most ${formatSize(cache.limitBytes)}\n`;
  return head + shown.join("") + (isDryRun ? left.replace("holds", "would hold") : left);
}
