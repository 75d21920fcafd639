/** When a failed action is tried again, after how long, and with which params. Pure. */

import type { Duration } from "./duration.ts";
import type { Json } from "./rule.ts";

/** The kinds of failure that pipe itself tells apart; an action adds its own by `throw retryable(kind)`. */
export type FailureKind = "error" | "network" | "oom" | "timeout" | "killed";

/** What a Pipefile says of a rule's second chances. */
export interface Retry<P = Readonly<Record<string, Json>>> {
  /** How often it is tried again after the first attempt: 3 makes at most 4 attempts. */
  readonly times: number;
  /** The wait before the first retry. Default: none. */
  readonly delay?: Duration;
  /** How the wait grows: not at all (the default), by `delay` each time, or to double each time. */
  readonly backoff?: "none" | "linear" | "exponential";
  /** The kinds of failure that are tried again. Default: any. */
  readonly on?: readonly (FailureKind | (string & {}))[];
  /** Params that every retry has instead of the declared ones. */
  readonly fallback?: Partial<P>;
}

/** The same, checked. */
export interface RetryPolicy {
  readonly times: number;
  readonly delayMs: number;
  readonly backoff: "none" | "linear" | "exponential";
  readonly on: readonly string[] | "any";
  readonly fallback: Readonly<Record<string, Json>> | undefined;
}

/** These are the build's doing, or would end in the same way again. */
const NEVER = new Set(["interrupted", "depend", "missing-output", "input-keeps-moving", "publish"]);

/** Milliseconds to wait before the next attempt after `failures` failed ones; undefined where there is none. */
export function waitBeforeRetry(
  policy: RetryPolicy | undefined,
  failed: { readonly kind: string; readonly failures: number },
): number | undefined {
  const { kind, failures } = failed;
  if (policy === undefined || failures > policy.times || NEVER.has(kind)) return undefined;
  if (policy.on !== "any" && !policy.on.includes(kind)) return undefined;
  return policy.delayMs * FACTOR[policy.backoff](failures);
}

const FACTOR = {
  none: () => 1,
  linear: (failures: number) => failures,
  exponential: (failures: number) => 2 ** (failures - 1),
};
