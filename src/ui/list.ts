/** `pipe list`: what there is to build, by rule. Pure. */

import type { Outline, StepOutline } from "../core/status.ts";
import { plural, someOf } from "./format.ts";
import type { Paint } from "./paint.ts";

export interface ListedRule {
  readonly rule: string;
  readonly description: string | undefined;
  readonly isDefault: boolean;
  /** True where targets or other rules fill the rule's wildcards. */
  readonly hasWildcards: boolean;
  readonly steps: readonly string[];
  readonly outputs: readonly string[];
}

export function listedRules({ steps, wildcardRules }: Outline): readonly ListedRule[] {
  const byRule = new Map<string, StepOutline[]>();
  for (const step of steps) byRule.set(step.rule, [...(byRule.get(step.rule) ?? []), step]);
  const patterns = new Map(wildcardRules.map((outline) => [outline.rule, outline]));
  const listed = (rule: string, found: readonly StepOutline[]): ListedRule => ({
    rule,
    description: found[0]?.description ?? patterns.get(rule)?.description,
    isDefault: found.some((step) => step.isDefault),
    hasWildcards: patterns.has(rule),
    steps: found.map((step) => step.step),
    outputs: patterns.get(rule)?.outputs ?? found.flatMap((step) => step.outputs),
  });
  const unfilled = wildcardRules.filter(({ rule }) => !byRule.has(rule));
  return [...[...byRule].map(([rule, found]) => listed(rule, found)), ...unfilled.map(({ rule }) => listed(rule, []))];
}

export function listText(rules: readonly ListedRule[], paint: Paint): string {
  if (rules.length === 0) return "the Pipefile declares no rule\n";
  const width = Math.max(...rules.map(({ rule }) => rule.length)) + 2;
  return rules.map((rule) => rowsOf(rule, { width, paint })).join("");
}

function rowsOf(listed: ListedRule, at: { readonly width: number; readonly paint: Paint }): string {
  const { rule, description, isDefault, hasWildcards, steps, outputs } = listed;
  const makes = outputs.length === 0 ? "(makes no artifact)" : someOf(outputs, 4);
  const notes = [...(hasWildcards ? [plural(steps.length, "step")] : []), ...(isDefault ? ["default"] : [])];
  const indent = " ".repeat(at.width);
  const first = `${at.paint("strong", rule.padEnd(at.width))}${makes}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}\n`;
  return first + (description === undefined ? "" : `${indent}${at.paint("faint", description)}\n`);
}
