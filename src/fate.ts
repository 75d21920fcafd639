/** What became of the steps of a build, and what that makes of the whole. Pure. */

import type { BuildFinished } from "./core/event.ts";

/** `held` is fresh by an override, `put-back` restored by one; of a `candidate` the gate let nothing through. */
export type Fate = "built" | "restored" | "fresh" | "failed" | "skipped" | "held" | "put-back" | "candidate";

/** The last event of a build. `signal` tells whether it was interrupted, and by what. */
export function finishedEvent(
  fates: readonly (Fate | undefined)[],
  of: { readonly build: string; readonly durationMs: number; readonly signal: AbortSignal },
): BuildFinished {
  const countOf = (...among: readonly Fate[]): number =>
    fates.filter((fate) => fate !== undefined && among.includes(fate)).length;
  const counts = {
    built: countOf("built"),
    restored: countOf("restored", "put-back"),
    fresh: countOf("fresh", "held"),
    failed: countOf("failed"),
    skipped: countOf("skipped"),
  };
  const held = countOf("held", "put-back");
  const candidates = countOf("candidate");
  const { build, durationMs, signal } = of;
  const interrupted = signal.reason === "SIGTERM" ? 143 : 130;
  const exitCode = signal.aborted ? interrupted : counts.failed + candidates > 0 ? 1 : 0;
  const more = { ...(held > 0 && { held }), ...(candidates > 0 && { candidates }) };
  return { type: "build-finished", build, durationMs, ...counts, ...more, exitCode };
}
