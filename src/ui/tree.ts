/** The graph as a tree, from what nothing needs down to the sources; a step that many need is drawn once. Pure. */

import type { Outline, StepOutline } from "../core/status.ts";
import { plural } from "./format.ts";
import { madeIn, sourcesOf } from "./source.ts";

interface Branch {
  readonly text: string;
  readonly step: StepOutline | undefined;
  /** What stands left of the branch, and of what is below it. */
  readonly lead: string;
  readonly below: string;
}

export function graphTree(outline: Outline): string {
  const byStep = new Map(outline.steps.map((step) => [step.step, step]));
  const made = madeIn(outline);
  const drawn = new Set<string>();
  const lines: string[] = [];
  const stack = rootsOf(outline)
    .map((step): Branch => ({ text: labelOf(step), step, lead: "", below: "" }))
    .toReversed();
  for (let branch = stack.pop(); branch !== undefined; branch = stack.pop()) {
    const { step, below } = branch;
    const leaves = step === undefined ? [] : [...step.needs, ...sourcesOf(step, made)];
    const isRepeated = step !== undefined && drawn.has(step.step) && leaves.length > 0;
    lines.push(`${branch.lead}${branch.text}${isRepeated ? " (drawn above)" : ""}`);
    if (step === undefined || isRepeated) continue;
    drawn.add(step.step);
    const children = leaves.map((leaf, index): Branch => {
      const isLast = index === leaves.length - 1;
      const child = index < step.needs.length ? byStep.get(leaf) : undefined;
      const text = child === undefined ? leaf : labelOf(child);
      return {
        text,
        step: child,
        lead: `${below}${isLast ? "└─ " : "├─ "}`,
        below: `${below}${isLast ? "   " : "│  "}`,
      };
    });
    stack.push(...children.toReversed());
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** The steps that no other step needs. */
function rootsOf({ steps }: Outline): readonly StepOutline[] {
  const needed = new Set(steps.flatMap((step) => step.needs));
  return steps.filter((step) => !needed.has(step.step));
}

function labelOf({ step, outputs }: StepOutline): string {
  if (outputs.length === 0) return step;
  const more = outputs.length > 4 ? `, and ${plural(outputs.length - 4, "more output")}` : "";
  return `${step} → ${outputs.slice(0, 4).join(", ")}${more}`;
}
