/** Folders that outlive a failure: the checkpoints of a long training, kept for the very work that they belong to. */

import type { Step } from "./core/catalog.ts";
import type { Judgement } from "./judge.ts";
import { cacheKey } from "./store/candidate.ts";

/** Relative to the root; undefined where the rule asks for none. Other inputs, code or params have another. */
export function scratchOf({ rule }: Step, { fingerprint, observed }: Judgement): string | undefined {
  return rule.policy.hasScratch ? `.pipe/scratch/${cacheKey(fingerprint, observed.inputs).slice(0, 32)}` : undefined;
}
