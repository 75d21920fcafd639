/** Statuses and steps for the renderers' tests, with what a test does not care about filled in. */

import type { OverrideNote } from "../../src/core/override.ts";
import type { Outline, StepOutline, StepStatus } from "../../src/core/status.ts";

export const A = "a".repeat(64);
export const B = "b".repeat(64);

export const statusOf = (step: string, rest: Partial<StepStatus> = {}): StepStatus => ({
  step,
  rule: step.split(":")[0] ?? step,
  needs: [],
  plan: "fresh",
  reasons: [],
  after: [],
  outputs: [`${step}.txt`],
  ...rest,
});

export const stepOf = (step: string, rest: Partial<StepOutline> = {}): StepOutline => ({
  step,
  rule: step.split(":")[0] ?? step,
  description: undefined,
  run: "true",
  inputs: [],
  outputs: [`${step}.txt`],
  needs: [],
  isDefault: false,
  ...rest,
});

export const outlineOf = (...steps: readonly StepOutline[]): Outline => ({ steps, wildcardRules: [] });

export const NOTE = {
  kind: "restored",
  reason: "last good",
  who: "ada@here",
  atMs: Date.UTC(2026, 10, 22),
} as const satisfies OverrideNote;
