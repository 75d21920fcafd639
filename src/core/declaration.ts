/** Checks what a Pipefile declared, once, and gives the engine rules it need not doubt. Pure. */

import { shown } from "./shown.ts";
import { checkVariables } from "./variable.ts";
import { artifactPath, byCodeUnit, coversOwnFiles, isOwnFile } from "./artifact.ts";
import { badOption, badRule } from "./error.ts";
import { isJson } from "./json.ts";
import { compilePattern, type Pattern } from "./pattern.ts";
import { checkedUrl, isUrl, refuseUrlAsOutput } from "./remote.ts";
import { pathsOfAfter, policyOf, type Policy } from "./policy.ts";
import { misshapenField, misshapenOption } from "./shape.ts";
import { capacityNeeded, type Tokens } from "./tokens.ts";
import type { Glob, Json, Pipeline, PipelineOptions, Rule, RuleDeclaration, Wildcards } from "./rule.ts";
import { checkWildcards, wildcardsIn } from "./wildcards.ts";

/** A named input or output: one path, or a list of them. */
export interface Slot {
  readonly name: string;
  readonly paths: readonly string[];
  readonly isList: boolean;
}

export interface InputSlot extends Slot {
  /** Where the list is filled from the graph. */
  readonly glob: Glob | undefined;
}

/** The input slot of the files that an action's code reads from beside itself; no action sees it among its inputs. */
export const BESIDE_CODE = "(code)";

/** The rule with the files that its code names as inputs, so that a change of them counts. */
export function withFilesOfCode(rule: CheckedRule, paths: readonly string[]): CheckedRule {
  if (paths.length === 0) return rule;
  const slot: InputSlot = { name: BESIDE_CODE, paths, isList: true, glob: undefined };
  return { ...rule, inputs: [slot, ...rule.inputs] };
}

export interface CheckedRule {
  readonly name: string;
  /** Sorted by name, since the order of keys in a Pipefile means nothing. */
  readonly inputs: readonly InputSlot[];
  readonly outputs: readonly Slot[];
  readonly params: Readonly<Record<string, Json>>;
  /** A command, a module, or the URL of what is fetched. */
  readonly run: string | (() => Promise<unknown>);
  /** True where pipe fetches the output itself, and asks for it at each build. */
  readonly isFetch: boolean;
  readonly shell: "sh" | "bash";
  readonly description: string | undefined;
  readonly env: readonly string[];
  readonly passEnv: readonly string[];
  readonly tools: Readonly<Record<string, string>>;
  readonly tokens: Tokens;
  readonly policy: Policy;
  /** The name of the output that is declared first, if there is one: what the rule is there for. */
  readonly firstOutput: string | undefined;
  /** Paths that come first, though their content does not count. */
  readonly after: readonly string[];
  readonly isCached: boolean;
  readonly wildcards: readonly string[];
  /** The outputs of a wildcard rule, compiled. */
  readonly patterns: readonly Pattern[];
  readonly instances: readonly Wildcards[];
}

const FIELDS: Readonly<Record<keyof RuleDeclaration, true>> = {
  inputs: true,
  outputs: true,
  params: true,
  run: true,
  shell: true,
  description: true,
  env: true,
  passEnv: true,
  tools: true,
  resources: true,
  cache: true,
  retry: true,
  timeout: true,
  after: true,
  temp: true,
  always: true,
  isolate: true,
  scratch: true,
  depfile: true,
  backup: true,
  promote: true,
};

const OPTIONS: Readonly<Record<keyof PipelineOptions, true>> = {
  default: true,
  pools: true,
  passEnv: true,
  strict: true,
  cache: true,
  serve: true,
};

export function checkedRules(pipeline: Pipeline): readonly CheckedRule[] {
  for (const option in pipeline.options) {
    if (!(option in OPTIONS))
      throw badOption({ problem: `'${option}', which it has not`, known: Object.keys(OPTIONS) });
  }
  const problem = misshapenOption(pipeline.options);
  if (problem !== undefined) throw badOption({ problem });
  return Object.entries(pipeline.rules).map(([name, rule]) => checkedRule(name, { rule, pipeline }));
}

function checkedRule(name: string, from: { readonly rule: Rule; readonly pipeline: Pipeline }): CheckedRule {
  const declared = from.rule?.declaration;
  if (declared === undefined)
    throw badRule({ rule: name, problem: "is not made by rule()", hint: "write rule({ inputs, outputs, run })" });
  if (!/^[A-Za-z_][\w.-]*$/.test(name))
    throw badRule({ rule: name, problem: "has a name with other characters than letters, digits, _ . -" });
  checkFields(name, declared);
  const outputs = slotsOf(name, declared.outputs ?? {});
  const wildcards = wildcardsIn(outputs);
  const checked: CheckedRule = {
    name,
    inputs: slotsOf(name, declared.inputs ?? {}),
    outputs,
    params: declared.params ?? {},
    run: declared.run as CheckedRule["run"],
    isFetch: false,
    shell: declared.shell ?? "sh",
    description: declared.description,
    env: declared.env ?? NONE,
    passEnv: joined(declared.passEnv, from.pipeline.options.passEnv),
    tools: declared.tools ?? {},
    tokens: capacityNeeded(name, { resources: declared.resources, pools: from.pipeline.options.pools ?? {} }),
    policy: policyOf(name, declared),
    firstOutput: Object.keys(declared.outputs ?? {})[0],
    after: pathsOfAfter(name, declared.after),
    isCached: declared.cache !== false,
    wildcards,
    patterns: wildcards.length === 0 ? [] : outputs.flatMap((slot) => slot.paths.map(compilePattern)),
    instances: from.rule.instances,
  };
  checkOwnFiles(checked);
  checkOutputs(checked);
  checkParams(checked);
  checkWildcards(checked);
  if (typeof checked.run === "string") checkVariables(checked);
  return checked;
}

const NONE: readonly string[] = [];

const joined = (a: readonly string[] = NONE, b: readonly string[] = NONE): readonly string[] =>
  a.length === 0 ? b : b.length === 0 ? a : [...a, ...b];

function checkFields(rule: string, declared: Partial<RuleDeclaration>): void {
  let unknown: string | undefined;
  for (const field in declared) if (!(field in FIELDS)) unknown = field;
  if (unknown !== undefined)
    throw badRule({
      rule,
      problem: `has the field '${unknown}', which no rule has`,
      known: Object.keys(FIELDS),
      word: unknown,
    });
  const problem = misshapenField(declared);
  if (problem !== undefined) throw badRule({ rule, problem: `has the field ${problem}` });
  if (typeof declared.run !== "string" && typeof declared.run !== "function") {
    throw badRule({ rule, problem: "has no 'run'", hint: 'run is a shell command or () => import("./rules/name.ts")' });
  }
  if (typeof declared.run === "string" && declared.run.trim() === "")
    throw badRule({ rule, problem: "has an empty command" });
  if (declared.shell !== undefined && declared.shell !== "sh" && declared.shell !== "bash") {
    throw badRule({ rule, problem: `has the shell '${shown(declared.shell)}'`, hint: 'shell is "sh" or "bash"' });
  }
}

function slotsOf(rule: string, declared: RuleDeclaration["inputs"]): readonly InputSlot[] {
  const names = Object.keys(declared);
  if (names.length > 1) names.sort(byCodeUnit);
  return names.map((name) => slotOf(name, { rule, value: declared[name] }));
}

function slotOf(name: string, from: { readonly rule: string; readonly value: unknown }): InputSlot {
  const { rule, value } = from;
  const path = (text: unknown): string => {
    if (typeof text !== "string") throw badRule({ rule, problem: `has '${name}', which is no path` });
    const declaredBy = `rule ${rule}, '${name}'`;
    return isUrl(text) ? checkedUrl(text, declaredBy) : artifactPath(text, declaredBy);
  };
  if (typeof value === "string") return { name, paths: [path(value)], isList: false, glob: undefined };
  if (Array.isArray(value)) return { name, paths: value.map(path), isList: true, glob: undefined };
  if (isGlob(value)) return { name, paths: [], isList: true, glob: { ...value, pattern: path(value.pattern) } };
  throw badRule({ rule, problem: `has '${name}', which is no path, list of paths or glob` });
}

const isGlob = (value: unknown): value is Glob =>
  typeof value === "object" && value !== null && typeof (value as Partial<Glob>).pattern === "string";

function checkOwnFiles({ name, inputs, outputs }: CheckedRule): void {
  const read = firstPath(inputs, isOwnFile);
  const made = firstPath(outputs, coversOwnFiles);
  const hint = "choose another path";
  if (made !== undefined) throw badRule({ rule: name, problem: `makes ${made}, which pipe itself writes`, hint });
  if (read !== undefined) throw badRule({ rule: name, problem: `reads ${read}, which pipe itself writes`, hint });
}

function firstPath(slots: readonly Slot[], isIt: (path: string) => boolean): string | undefined {
  for (const { paths } of slots) for (const path of paths) if (isIt(path)) return path;
  return undefined;
}

function checkOutputs({ name, outputs }: CheckedRule): void {
  refuseUrlAsOutput(
    name,
    outputs.flatMap(({ paths }) => paths),
  );
  const globbed = outputs.find((slot) => (slot as InputSlot).glob !== undefined);
  if (globbed === undefined) return;
  const hint = "name each output, or the folder with a trailing /";
  throw badRule({ rule: name, problem: `has a glob as output '${globbed.name}'`, hint });
}

function checkParams({ name, params }: CheckedRule): void {
  for (const param in params) {
    if (isJson(params[param])) continue;
    const hint = "params are JSON: strings, finite numbers, booleans, null, lists and plain objects of them";
    throw badRule({ rule: name, problem: `has the param '${param}', which is no JSON`, hint });
  }
}
