/** What the read-only commands show of a step. Pure. */

import type { OverrideNote } from "./override.ts";
import type { Reason } from "./staleness.ts";

/**
 * What a build would do with a step now. `may-run` waits on what the steps in `after` would make; `would-fail` is held by
 * an override whose bytes are gone; what a `held` one makes of its inputs was not let through, and waits.
 */
export type Plan = "fresh" | "held" | "would-run" | "would-restore" | "may-run" | "would-fail";

/** True where a build leaves the step's outputs as they stand. */
export const isSettled = (plan: Plan | undefined): boolean => plan === "fresh" || plan === "held";

export interface StepStatus {
  readonly step: string;
  readonly rule: string;
  readonly plan: Plan;
  readonly reasons: readonly Reason[];
  /** The steps that make what it reads, declared or found while it ran. */
  readonly needs: readonly string[];
  readonly after: readonly string[];
  readonly outputs: readonly string[];
  /** The person's decision that holds the step. */
  readonly override?: OverrideNote;
  /** An acceptance that covers the step no longer. */
  readonly ended?: OverrideNote;
  /** What stands there was built with the params of its retry's fallback. */
  readonly isFallback?: boolean;
}

/** A step as declared, for `list` and `graph`. */
export interface StepOutline {
  readonly step: string;
  readonly rule: string;
  readonly description: string | undefined;
  /** The command text, or the path of the module. */
  readonly run: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Steps whose outputs this one reads. */
  readonly needs: readonly string[];
  readonly isDefault: boolean;
}

/** A rule with wildcards, which becomes steps only as targets ask for it. */
export interface WildcardOutline {
  readonly rule: string;
  readonly description: string | undefined;
  readonly outputs: readonly string[];
}

export interface Outline {
  readonly steps: readonly StepOutline[];
  readonly wildcardRules: readonly WildcardOutline[];
}
