/** Whether a step that was held back is held still: what waits has to be there, and the gate has to ask the same. */

import type { Step } from "./core/catalog.ts";
import type { OverrideNote } from "./core/override.ts";
import type { Project } from "./project.ts";
import { versionsKept } from "./store/backup.ts";

export function isAwaited({ root, units }: Project, step: Step, { candidate }: OverrideNote): boolean {
  const unit = units.unitOf(step);
  const versions = unit === undefined ? [] : versionsKept(root, unit.folder);
  const awaited = versions.find(({ digest, waiting, isKept }) => isKept && waiting && digest === candidate);
  return awaited?.waiting?.gate === gateTextOf(step);
}

/** As a text, so that two are equal where their texts are. */
export const gateTextOf = ({ rule }: Step): string => JSON.stringify(rule.policy.gate ?? null);
