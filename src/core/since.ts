/** The time that `--since` names: so long ago, or when a day, minute or second began. Pure. */

import { durationMs } from "./duration.ts";
import { spanOf } from "./version.ts";

/** Milliseconds since 1970-01-01 UTC; undefined for what is neither. */
export function sinceMs(text: string, nowMs: number): number | undefined {
  const ms = durationMs(text);
  return ms === undefined ? spanOf(text)?.[0] : nowMs - ms;
}
