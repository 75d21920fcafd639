/** Paths that differ in nothing but case: one file, to a file system that does not tell them apart. Pure. */

import type { Step } from "./catalog.ts";
import { caseClash } from "./error-disk.ts";

/**
 * Throws where an output and another path of these steps would be one file. `ignoresCase` is asked only where it matters:
 * a file system has to be looked at for it.
 */
export function refuseClash(steps: readonly Step[], ignoresCase: () => boolean): void {
  // Most projects have no path that could be spelled otherwise, and then there is nothing to compare.
  if (steps.every((step) => isFolded(step.outputs) && isFolded(step.inputs))) return;
  const outputs = new Map<string, Named>();
  for (const step of steps) {
    for (const path of pathsOf(step.outputs)) {
      const named = { path, step: step.id };
      const other = outputs.get(foldedOf(path));
      if (other !== undefined && ignoresCase()) throw caseClash({ ...named, other: other.path, owner: other.step });
      outputs.set(foldedOf(path), named);
    }
  }
  for (const step of steps) {
    for (const path of pathsOf(step.inputs)) {
      const other = outputs.get(foldedOf(path));
      if (other === undefined || other.path === path || !ignoresCase()) continue;
      throw caseClash({ path: other.path, step: other.step, other: path, owner: step.id });
    }
  }
}

interface Named {
  readonly path: string;
  readonly step: string;
}

const pathsOf = (slots: Step["outputs"]): readonly string[] => slots.flatMap((slot) => slot.paths);

const isFolded = (slots: Step["outputs"]): boolean => {
  for (const { paths } of slots) for (const path of paths) if (!FOLDED.test(path)) return false;
  return true;
};

/** A path that {@link foldedOf} leaves as it is: two of these are one file only where they are equal. */
const FOLDED = /^[^A-Z\u0080-\uffff]*(?<!\/)$/;

/** Both spellings of a letter with an accent are one too. */
const foldedOf = (path: string): string => path.replace(/\/$/, "").normalize("NFC").toLowerCase();
