/** What identifies a step's work apart from the content of its inputs, kept in parts so that a change has a name. Pure. */

import { byCodeUnit } from "./artifact.ts";
import type { Slot } from "./declaration.ts";
import type { Json, Wildcards } from "./rule.ts";

/** The parts that a command or a module contributes. */
export interface RunIdentity {
  readonly command?: string;
  readonly shell?: string;
  /** The module's path, its bundle's digest, and each package it uses with its version. */
  readonly module?: string;
  readonly code?: string;
  readonly packages: Readonly<Record<string, string>>;
  /** Node's major version and the platform, for modules. */
  readonly platform?: string;
}

export interface Fingerprint extends RunIdentity {
  readonly params: Readonly<Record<string, Json>>;
  /** Salted digests, so that a secret never stands in a record. */
  readonly env: Readonly<Record<string, string>>;
  readonly tools: Readonly<Record<string, string>>;
  /** The input names that are lists: a list of one file is not the file. */
  readonly lists: Readonly<Record<string, "list">>;
  readonly outputs: Readonly<Record<string, string | readonly string[]>>;
  /** The action sees them, and one output path may be filled in two ways. A step's name tells them too. */
  readonly wildcards?: Wildcards;
}

/** What a rule contributes to the fingerprint of each of its steps, as canonical text, made once a build. */
export function rulePart(parts: {
  readonly run: RunIdentity;
  readonly params: Readonly<Record<string, Json>>;
  readonly env: Readonly<Record<string, string>>;
  readonly tools: Readonly<Record<string, string>>;
  readonly inputs: readonly Slot[];
}): string {
  const { run, params, env, tools, inputs } = parts;
  const lists: Record<string, "list"> = {};
  for (const { name, isList } of inputs) if (isList) lists[name] = "list";
  const { module, code, command, shell, packages, platform } = run;
  // The names in order, so that they need not be sorted for each rule anew.
  return membersText({ code, command, env, lists, module, packages, params, platform, shell, tools });
}

type RulePart = Exclude<keyof Fingerprint, "outputs" | "wildcards">;

function membersText(sorted: Readonly<Record<RulePart, Json | undefined>>): string {
  let text = "";
  for (const name in sorted) {
    const member = sorted[name as RulePart];
    if (member !== undefined) text += `${text === "" ? "" : ","}"${name}":${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/** The fingerprint as canonical text: two are equal exactly where their texts are. */
export function fingerprintText(rule: string, outputs: readonly Slot[], wildcards: Wildcards = {}): string {
  let text = rule.slice(0, -1) + ',"outputs":{';
  let separator = "";
  for (const { name, paths, isList } of outputs) {
    text += `${separator}${JSON.stringify(name)}:${JSON.stringify(isList ? paths : paths[0])}`;
    separator = ",";
  }
  const filled = canonicalJson(wildcards);
  return filled === "{}" ? `${text}}}` : `${text}},"wildcards":${filled}}`;
}

export const readFingerprint = (text: string): Fingerprint => JSON.parse(text) as Fingerprint;

/** JSON with sorted keys, so that the order in which a Pipefile writes them means nothing. */
export function canonicalJson(value: Json | undefined): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalJson(item)).join()}]`;
  const keys = Object.keys(value);
  if (keys.length > 1) keys.sort(byCodeUnit);
  let text = "";
  for (const key of keys) {
    const member = (value as Readonly<Record<string, Json | undefined>>)[key];
    if (member !== undefined) text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}
