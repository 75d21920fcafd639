/** A person's decision about a step, and what it says of the step as things are now. Pure. */

import { staleness, type Digest, type Observed, type Reason, type Trace } from "./staleness.ts";

/**
 * `accepted`: the outputs as they stand are right for the inputs and the definition of then; it ends with those.
 * `restored`, and `pinned` by a rollback: these bytes stay, whatever changes, until `pipe unpin`.
 */
export type OverrideKind = "accepted" | "restored" | "pinned";

/** What a person is told of an override. */
export interface OverrideNote {
  readonly kind: OverrideKind;
  /** Empty where none was given. */
  readonly reason: string;
  /** User and machine. */
  readonly who: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly atMs: number;
}

export interface Override extends OverrideNote {
  /** What was decided, in the form of a run's record; its outputs are all those of the step. */
  readonly trace: Trace;
}

/** What an override says of its step. */
export type Hold =
  /** The outputs are those that were decided on: the step is fresh. */
  | { readonly state: "holds"; readonly override: Override }
  /** It goes on, but an output is missing or was edited: the bytes are to be put back. */
  | { readonly state: "broken"; readonly override: Override; readonly reasons: readonly Reason[] }
  /** An acceptance that what changed has ended: the step is judged as if there were none. */
  | { readonly state: "ended"; readonly override: Override; readonly reasons: readonly Reason[] };

/** `observed` has the discovered inputs of the override's own trace. */
export function holdOf(override: Override, fingerprint: string, observed: Observed): Hold {
  const { trace } = override;
  if (override.kind === "accepted") {
    const reasons = staleness(fingerprint, trace, observed);
    return reasons.length === 0 ? { state: "holds", override } : { state: "ended", override, reasons };
  }
  // Nothing but the outputs counts: to stay while the inputs and the definition move on is what it is for.
  const reasons = staleness(trace.fingerprint, trace, { ...trace, outputs: observed.outputs });
  return reasons.length === 0 ? { state: "holds", override } : { state: "broken", override, reasons };
}

export function noteOf({ kind, reason, who, atMs }: OverrideNote): OverrideNote {
  return { kind, reason, who, atMs };
}

/** The content that a cache has to keep, whatever else it lets go; of a directory its listing's digest alone. */
export function digestsInUse(overrides: Iterable<Override>): ReadonlySet<Digest> {
  return new Set([...overrides].flatMap(({ trace }) => trace.outputs.map(({ digest }) => digest)));
}
