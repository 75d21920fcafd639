/** The wildcards of a rule: every output carries all of them, and nothing else of the rule has others. Pure. */

import { checkBackupWildcards } from "./backup.ts";
import type { CheckedRule, Slot } from "./declaration.ts";
import { badRule } from "./error.ts";
import { wildcardNames } from "./pattern.ts";

export function wildcardsIn(slots: readonly Slot[]): readonly string[] {
  let found = NONE;
  for (const { paths } of slots) for (const path of paths) found = [...found, ...wildcardNames(path)];
  return found.length > 1 ? [...new Set(found)] : found;
}

const NONE: readonly string[] = [];

export function checkWildcards(rule: CheckedRule): void {
  const used = [...wildcardsIn(rule.inputs), ...rule.after.flatMap(wildcardNames)];
  const unbound = used.find((name) => !rule.wildcards.includes(name));
  if (unbound !== undefined)
    throw badRule({
      rule: rule.name,
      problem: `has the wildcard {${unbound}} in an input but in no output`,
      hint: `put {${unbound}} in its outputs`,
    });
  if (rule.policy.backup !== undefined) checkBackupWildcards(rule.name, rule.policy.backup, rule.wildcards);
  if (rule.wildcards.length === 0) return;
  for (const path of rule.outputs.flatMap((slot) => slot.paths)) {
    const missing = rule.wildcards.find((name) => !wildcardNames(path).includes(name));
    if (missing !== undefined)
      throw badRule({
        rule: rule.name,
        problem: `has the output ${path} without the wildcard {${missing}}`,
        hint: "every output of a wildcard rule carries all its wildcards",
      });
  }
}
