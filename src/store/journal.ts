/** What is written before a publish, for whoever comes after a kill. Pure. */

import type { Deployment } from "../core/deployment.ts";
import type { OverrideNote } from "../core/override.ts";
import type { Trace } from "../core/staleness.ts";

/** A publish that was begun: from the first rename on, this is how the next start knows what to finish. */
export interface Journal {
  readonly trace: Trace;
  readonly moves: readonly Move[];
  /** Where a person put an earlier version back: what the trace says is recorded as this override, not as a run. */
  readonly override?: OverrideNote | undefined;
  /** The journals with the same name are finished or taken back together. */
  readonly together?: string | undefined;
  /** What is said of it once all that is published together is in place. */
  readonly deployment?: Deployment | undefined;
}

export interface Move {
  /** The declared path. */
  readonly to: string;
  /** Where the new bytes wait. */
  readonly from: string;
  readonly digest: string;
  /** Where bytes that pipe did not make, and that stand at the place, are kept. */
  readonly rescue?: string;
}
