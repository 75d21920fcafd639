/** The names of a rule as variables of its command. Pure. */

import type { CheckedRule } from "./declaration.ts";
import { badRule } from "./error.ts";

// A rule's names become variables of its command; these would change how the shell itself works.
const TAKEN = new Set([
  "PATH",
  "HOME",
  "IFS",
  "ENV",
  "PWD",
  "OLDPWD",
  "PS1",
  "PS2",
  "PS4",
  "SHELL",
  "USER",
  "TMPDIR",
  "LANG",
  "BASH_ENV",
  "UID",
  "PPID",
]);

/** Refuses names that no shell variable can have, that the shell itself uses, or that would stand for two things. */
export function checkVariables(rule: CheckedRule): void {
  const names: string[] = [];
  for (const { name, isList } of rule.inputs) names.push(...(isList ? [name, `${name}_file`] : [name]));
  for (const { name, isList } of rule.outputs) names.push(name, `${name}_path`, ...(isList ? [`${name}_file`] : []));
  names.push(...Object.keys(rule.params), ...rule.wildcards);
  if (rule.policy.hasScratch) names.push("scratch");
  if (rule.policy.hasDepfile) names.push("depfile");
  const taken = names.find((name) => TAKEN.has(name));
  if (taken !== undefined)
    throw badRule({ rule: rule.name, problem: `has the name '${taken}', which the shell itself uses` });
  names.push(...rule.env);
  for (const [at, name] of names.entries()) {
    if (!/^[A-Za-z_]\w*$/.test(name))
      throw badRule({
        rule: rule.name,
        problem: `has the name '${name}', which no shell variable can have`,
        hint: "use letters, digits and _",
      });
    if (names.indexOf(name) !== at)
      throw badRule({
        rule: rule.name,
        problem: `has the name '${name}' twice among inputs, outputs, params, wildcards, env and pipe's own`,
        hint: "each is a variable of the command; rename one",
      });
  }
}
