/** How an attempt of an action ended. Pure. */

import type { FailureKind } from "../core/retry.ts";

/** The kinds that are the engine's own; an action names others by `retryable()`. */
export type Kind = FailureKind | "interrupted";

export interface Failed {
  readonly isDone: false;
  /** One of {@link Kind}, or the action's own; see the event `step-failed`. */
  readonly kind: string;
  readonly message: string;
  readonly stack?: string;
}

export type Outcome =
  | {
      readonly isDone: true;
      /** What was made before stands, and is right. */
      readonly isSame?: true;
    }
  | Failed;

export const failed = (kind: Kind, message: string): Failed => ({ isDone: false, kind, message });
