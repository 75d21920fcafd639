/** `pipe gc`: frees disk space. */

import { collect } from "../gc.ts";
import { gcText } from "../ui/gc.ts";
import { versionedJson } from "../ui/json.ts";
import { cacheFull } from "../warning.ts";
import { holding } from "./holding.ts";
import type { Call } from "./main.ts";
import type { Terminal } from "./terminal.ts";

export function run(call: Call, terminal: Terminal): Promise<number> {
  const { flags } = call;
  return holding(call, terminal, async ({ project, emit }) => {
    const [isAll, isDry] = [flags.all === true, flags["dry-run"] === true];
    const collected = collect(project, { isAll, isDry, nowMs: Date.now() });
    const { inUseBytes, limitBytes } = collected.cache;
    if (inUseBytes > limitBytes) emit(cacheFull(project.cachePlace.limit));
    terminal.out.write(flags.json === true ? versionedJson(collected) : gcText(collected));
    return 0;
  });
}
