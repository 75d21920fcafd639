/** `--param rule.name=value`: a param for this run alone, checked against what the rule declares. Pure. */

import type { CheckedRule } from "./declaration.ts";
import { badParam } from "./error.ts";
import { isJson } from "./json.ts";
import { nearest } from "./nearest.ts";
import type { Json } from "./rule.ts";

/** The rules with these params in place of the declared ones. */
export function withParams(rules: readonly CheckedRule[], texts: readonly string[]): readonly CheckedRule[] {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  for (const text of texts) {
    const { rule, name, value } = parsed(text, byName);
    byName.set(rule.name, { ...rule, params: { ...rule.params, [name]: value } });
  }
  return rules.map((rule) => byName.get(rule.name) ?? rule);
}

function parsed(
  text: string,
  rules: ReadonlyMap<string, CheckedRule>,
): { readonly rule: CheckedRule; readonly name: string; readonly value: Json } {
  const equals = text.indexOf("=");
  const dot = text.lastIndexOf(".", equals);
  if (equals < 0 || dot <= 0) throw badParam({ text, problem: "is not of the form rule.name=value" });
  const [ruleName, name] = [text.slice(0, dot), text.slice(dot + 1, equals)];
  const rule = rules.get(ruleName);
  if (rule === undefined)
    throw badParam({ text, problem: `there is no rule '${ruleName}'`, near: nearest(ruleName, rules.keys()) });
  const declared = Object.hasOwn(rule.params, name) ? rule.params[name] : undefined;
  if (declared === undefined) {
    throw badParam({
      text,
      problem: `rule '${ruleName}' has no param '${name}'`,
      near: nearest(name, Object.keys(rule.params)),
    });
  }
  const value = valueOf(text.slice(equals + 1), declared);
  if (!isJson(value) || kindOf(value) !== kindOf(declared)) {
    throw badParam({ text, problem: `'${name}' is declared as ${kindOf(declared)}, ${JSON.stringify(declared)}` });
  }
  return { rule, name, value };
}

/** JSON, or the bare text where a string is declared. */
function valueOf(text: string, declared: Json): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return typeof declared === "string" && typeof value !== "string" ? text : value;
  } catch {
    return typeof declared === "string" ? text : undefined;
  }
}

const kindOf = (value: Json): string =>
  value === null
    ? "null"
    : Array.isArray(value)
      ? "a list"
      : typeof value === "object"
        ? "an object"
        : `a ${typeof value}`;
