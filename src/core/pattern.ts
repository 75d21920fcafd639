/** Wildcards in paths: `{x}` stands for one or more characters but `/`, `{x:regex}` narrows it. Pure. */

import { badPattern } from "./error.ts";
import type { Wildcards } from "./rule.ts";

export interface Pattern {
  readonly text: string;
  readonly names: readonly string[];
  /** The wildcards that make the pattern equal to `path`, or undefined. */
  match(path: string): Wildcards | undefined;
}

export const hasWildcards = (text: string): boolean => text.includes("{");

const NO_NAMES: readonly string[] = [];

export function wildcardNames(text: string): readonly string[] {
  if (!/[{}]/.test(text)) return NO_NAMES;
  return [...new Set(parts(text).flatMap((part) => (part.name === undefined ? [] : [part.name])))];
}

/** The pattern with each wildcard replaced by its value; a wildcard without a value is an error. */
export function fillPattern(text: string, wildcards: Wildcards): string {
  if (!hasWildcards(text)) return text;
  return parts(text)
    .map((part) => (part.name === undefined ? part.literal : valueOf(part.name, { text, wildcards })))
    .join("");
}

export function compilePattern(text: string): Pattern {
  const seen = new Set<string>();
  const source = parts(text)
    .map(({ name, regex, literal }) => {
      if (name === undefined) return literal.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      if (seen.has(name)) return `\\k<${name}>`;
      seen.add(name);
      return `(?<${name}>${regex})`;
    })
    .join("");
  const expression = compile(text, source);
  const names = [...seen];
  return {
    text,
    names,
    match(path) {
      const found = expression.exec(path);
      // A regular expression may match nothing at all, but a wildcard stands for one or more characters.
      if (names.some((name) => found?.groups?.[name] === "")) return undefined;
      return found ? Object.fromEntries(names.map((name) => [name, found.groups?.[name] ?? ""])) : undefined;
    },
  };
}

interface Part {
  readonly literal: string;
  readonly name: string | undefined;
  readonly regex: string;
}

const WILDCARD = /\{([A-Za-z_]\w*)(?::((?:[^{}]|\{[\d,]*\})+))?\}/g;

function parts(text: string): readonly Part[] {
  const found: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(WILDCARD)) {
    found.push(literalPart(text, text.slice(end, match.index)));
    found.push({ literal: "", name: match[1], regex: match[2] ?? "[^/]+" });
    end = match.index + match[0].length;
  }
  found.push(literalPart(text, text.slice(end)));
  return found;
}

function literalPart(text: string, literal: string): Part {
  if (/[{}]/.test(literal)) throw badPattern({ text, problem: `'${literal}' has a brace that is no wildcard` });
  return { literal, name: undefined, regex: "" };
}

function valueOf(name: string, from: { readonly text: string; readonly wildcards: Wildcards }): string {
  const value = from.wildcards[name];
  if (value === undefined || value === "") {
    throw badPattern({ text: from.text, problem: `the wildcard {${name}} has no value` });
  }
  return value;
}

function compile(text: string, source: string): RegExp {
  try {
    return new RegExp(`^${source}$`, "u");
  } catch (error) {
    throw badPattern({ text, problem: (error as Error).message });
  }
}
