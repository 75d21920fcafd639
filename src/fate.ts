/** What became of the steps of a build, and what that makes of the whole. Pure. */

import type { BuildFinished } from "./core/event.ts";

export type Fate = "built" | "restored" | "fresh" | "failed" | "skipped";

/** The last event of a build. `signal` tells whether it was interrupted, and by what. */
export function finishedEvent(
  fates: readonly (Fate | undefined)[],
  of: { readonly build: string; readonly durationMs: number; readonly signal: AbortSignal },
): BuildFinished {
  const counts: Record<Fate, number> = { built: 0, restored: 0, fresh: 0, failed: 0, skipped: 0 };
  for (const fate of fates) if (fate !== undefined) counts[fate] += 1;
  const { build, durationMs, signal } = of;
  const interrupted = signal.reason === "SIGTERM" ? 143 : 130;
  const exitCode = signal.aborted ? interrupted : counts.failed > 0 ? 1 : 0;
  return { type: "build-finished", build, durationMs, ...counts, exitCode };
}
