/** A decision about a step, by a person or by the gate of its rule, and what it says of the step as things are now. Pure. */

import type { Step } from "./catalog.ts";
import { staleness, type Digest, type Observed, type Reason, type Trace } from "./staleness.ts";

/**
 * `accepted`: the outputs as they stand are right for the inputs and the definition of then; it ends with those.
 * `restored`, and `pinned` by a rollback: these bytes stay, whatever changes, until `pipe unpin`.
 * `held`: what the step made of its inputs was not let through, so that what stood there stays; it ends with those.
 */
export type OverrideKind = "accepted" | "restored" | "pinned" | "held";

/** What a person is told of an override. */
export interface OverrideNote {
  readonly kind: OverrideKind;
  /** Empty where none was given. */
  readonly reason: string;
  /** User and machine. */
  readonly who: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly atMs: number;
  /** What was held back: the digest of the version that waits. */
  readonly candidate?: string | undefined;
}

export interface Override extends OverrideNote {
  /** What was decided, in the form of a run's record; its outputs are all those of the step. */
  readonly trace: Trace;
}

/** What an override says of its step. */
export type Hold =
  /** The outputs are those that were decided on: the step is fresh. */
  | { readonly state: "holds"; readonly override: Override; readonly reasons: readonly [] }
  /** It goes on, but an output is missing or was edited: the bytes are to be put back. */
  | { readonly state: "broken"; readonly override: Override; readonly reasons: readonly Reason[] }
  /** An acceptance that what changed has ended: the step is judged as if there were none. */
  | { readonly state: "ended"; readonly override: Override; readonly reasons: readonly Reason[] };

/**
 * The override of a step, if there is one. What was decided on is the artifacts, so a rule that was renamed since and
 * makes the same ones is still meant.
 */
export function overrideOf(
  overrides: ReadonlyMap<string, Override>,
  step: Pick<Step, "id" | "outputs">,
): Override | undefined {
  const own = overrides.get(step.id);
  if (own !== undefined || overrides.size === 0) return own;
  const paths = JSON.stringify(step.outputs.flatMap((slot) => slot.paths));
  return [...overrides.values()].find(
    ({ trace: { outputs } }) => outputs.length > 0 && JSON.stringify(outputs.map(({ path }) => path)) === paths,
  );
}

/** True where the step is held whatever it is made from, so that nothing needs to be up to date for it. */
export const isFirm = (override: Pick<OverrideNote, "kind"> | undefined): boolean =>
  override?.kind === "restored" || override?.kind === "pinned";

/** `observed` has the discovered inputs of the override's own trace. */
export function holdOf(override: Override, fingerprint: string, observed: Observed): Hold {
  const { trace } = override;
  if (!isFirm(override)) {
    const reasons = staleness(fingerprint, trace, observed);
    return reasons.length === 0 ? { state: "holds", override, reasons: [] } : { state: "ended", override, reasons };
  }
  // Nothing but the outputs counts: to stay while the inputs and the definition move on is what it is for.
  const reasons = staleness(trace.fingerprint, trace, { ...trace, outputs: observed.outputs });
  return reasons.length === 0 ? { state: "holds", override, reasons: [] } : { state: "broken", override, reasons };
}

export function noteOf({ kind, reason, who, atMs, candidate }: OverrideNote): OverrideNote {
  return { kind, reason, who, atMs, ...(candidate !== undefined && { candidate }) };
}

/** The content that a cache has to keep, whatever else it lets go; of a directory its listing's digest alone. */
export function digestsHeld(overrides: Iterable<Override>): ReadonlySet<Digest> {
  return new Set([...overrides].flatMap(({ trace }) => trace.outputs.map(({ digest }) => digest)));
}

/** `restored 2026-11-22 by ada@host: "last good"` */
export function noteText({ kind, reason, who, atMs }: OverrideNote): string {
  const day = new Date(atMs).toISOString().slice(0, 10);
  if (kind === "held") return `held back ${day}: ${reason}`;
  const why = reason === "" ? "" : `: ${JSON.stringify(reason)}`;
  return `${kind} ${day} by ${who}${why}`;
}
