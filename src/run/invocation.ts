/** What an action is given: paths by name, staged outputs, params, and a clean environment. */

import { existsSync } from "node:fs";
import type { Step } from "../core/catalog.ts";
import { BESIDE_CODE, type CheckedRule, type Slot } from "../core/declaration.ts";
import type { Json, Paths } from "../core/rule.ts";
import type { Stage } from "./stage.ts";

type Values = Readonly<Record<string, Paths>>;
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Invocation {
  readonly step: string;
  readonly inputs: Values;
  readonly outputs: Values;
  readonly artifacts: Values;
  readonly previous: Readonly<Record<string, Paths | undefined>>;
  readonly params: Readonly<Record<string, Json>>;
  readonly wildcards: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** A folder that outlives a failure of the step. */
  readonly scratch: string | undefined;
  /** Where a command writes, in Make's format, what it found while running. */
  readonly depfile: string | undefined;
}

export interface Surroundings {
  readonly root: string;
  readonly stage: Stage;
  readonly scratch: string | undefined;
  readonly environment: EnvironmentOf;
}

export function invocationOf(step: Step, from: Surroundings): Invocation {
  const stands = (path: string): boolean => existsSync(`${from.root}/${path}`);
  const previous = (slot: Slot): Paths | undefined =>
    slot.paths.every(stands) ? valueOf(slot, (path) => path) : undefined;
  return {
    step: step.id,
    inputs: valuesOf(
      step.inputs.filter((slot) => slot.name !== BESIDE_CODE),
      (path) => path,
    ),
    outputs: valuesOf(step.outputs, (path) => from.stage.place(path)),
    artifacts: valuesOf(step.outputs, (path) => path),
    previous: Object.fromEntries(step.outputs.map((slot) => [slot.name, previous(slot)])),
    params: step.rule.params,
    wildcards: step.wildcards,
    env: from.environment(step.rule),
    scratch: from.scratch,
    depfile: step.rule.policy.hasDepfile ? from.stage.depfile : undefined,
  };
}

const valuesOf = (slots: readonly Slot[], place: (path: string) => string): Values =>
  Object.fromEntries(slots.map((slot) => [slot.name, valueOf(slot, place)]));

const valueOf = (slot: Slot, place: (path: string) => string): Paths =>
  slot.isList ? slot.paths.map((path) => place(path)) : place(slot.paths[0] ?? "");

const ALWAYS = ["PATH", "HOME", "USER", "SHELL", "TMPDIR", "LANG"];
const NETWORK =
  /^(?:https?_proxy|no_proxy|all_proxy|SSL_CERT_(?:FILE|DIR)|NODE_EXTRA_CA_CERTS|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE)$/i;

/** The variables that reach a rule's action: a few that every program expects, and what the rule names. */
export type EnvironmentOf = (rule: Pick<CheckedRule, "env" | "passEnv">) => Readonly<Record<string, string>>;

export function environmentFrom(env: Environment): EnvironmentOf {
  const present = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  const base = Object.fromEntries(present.filter(([name]) => ALWAYS.includes(name) || NETWORK.test(name)));
  return (rule) => {
    if (rule.env.length === 0 && rule.passEnv.length === 0) return base;
    const named = new Set([...rule.env, ...rule.passEnv]);
    const globs = rule.passEnv.filter((name) => name.includes("*"));
    const patterns = globs.map((glob) => new RegExp(`^${glob.replace(/[^\w*]/g, "\\$&").replaceAll("*", ".*")}$`));
    const isNamed = (name: string): boolean => named.has(name) || patterns.some((pattern) => pattern.test(name));
    return { ...base, ...Object.fromEntries(present.filter(([name]) => isNamed(name))) };
  };
}
