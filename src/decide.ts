/** What becomes of a judged step without running it: it is fresh, or restored from the cache. */

import type { Execution } from "./attempt.ts";
import type { Step } from "./core/catalog.ts";
import { missingInput } from "./core/error.ts";
import { ABSENT } from "./core/staleness.ts";
import { decideByOverride } from "./hold.ts";
import { candidateFor, restore, type Seen } from "./restore.ts";

export type Decision =
  | "fresh"
  | "restored"
  /** Fresh by a person's override. */
  | "held"
  /** Restored by one. */
  | "put-back"
  /** What it makes of its inputs was not let through; what stood there stays. */
  | "candidate"
  /** The same, and nothing stood there. */
  | "failed"
  /** It has to run. */
  | "stale"
  /** More can be said once this path is up to date. */
  | { readonly waitsFor: string };

/** Decides and tells. Throws where an input is missing, or the system refuses. */
export function decide(execution: Execution, step: Step, seen: Seen): Decision {
  const { judgement } = seen;
  if (judgement.waitsFor !== undefined) return { waitsFor: judgement.waitsFor };
  const held = decideByOverride(execution, step, judgement);
  if (held !== undefined) return held;
  const missing = judgement.observed.inputs.find((input) => input.digest === ABSENT);
  if (missing !== undefined) throw missingInput({ path: missing.path, neededBy: step.id });
  if (judgement.reasons.length === 0) {
    const { isFallback } = judgement;
    execution.emit({ type: "step-fresh", step: step.id, ...(isFallback ? { isFallback } : {}) });
    return "fresh";
  }
  return restored(execution, step, seen);
}

/** The same for a step that is stale, or made to run by a retry: only the cache can spare the run. */
export function restored(execution: Execution, step: Step, seen: Seen): Decision {
  if (!execution.useCache) return "stale";
  const startedMs = Date.now();
  const { candidate, waitsFor } = candidateFor(execution.project, step, seen);
  if (waitsFor !== undefined) return { waitsFor };
  const { judgement } = seen;
  const outputs = candidate && restore(execution, step, { judgement, candidate });
  if (outputs === undefined) return "stale";
  if (typeof outputs === "string") return outputs;
  const { reasons } = judgement;
  execution.emit({ type: "step-restored", step: step.id, reasons, durationMs: Date.now() - startedMs, outputs });
  return "restored";
}
