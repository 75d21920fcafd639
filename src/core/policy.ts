/** How a step is treated beside what it makes: none of it is part of its fingerprint. Pure. */

import { artifactPath } from "./artifact.ts";
import { backupOf, type Backup, type BackupPolicy } from "./backup.ts";
import type { CheckedRule } from "./declaration.ts";
import { durationMs, type Duration } from "./duration.ts";
import { badRule } from "./error.ts";
import { isJson } from "./json.ts";
import { gateOf, type Gate, type Promotion } from "./promotion.ts";
import type { Retry, RetryPolicy } from "./retry.ts";
import type { Json, Paths, RuleDeclaration } from "./rule.ts";
import { shown } from "./shown.ts";

/** What a Pipefile says of it. */
export interface Policies<P = Readonly<Record<string, Json>>> {
  /** Second chances after a failure. */
  readonly retry?: Retry<P>;
  /** How long one attempt may take before all its processes are ended. */
  readonly timeout?: Duration;
  /** Paths that are up to date before the step starts, though their content does not count. */
  readonly after?: Paths;
  /** The outputs are removed once the steps that read them are built; that they are gone is no reason to build them. */
  readonly temp?: boolean;
  /** Runs at each build; outputs that come out the same spare its dependents. */
  readonly always?: boolean;
  /** A process for each attempt alone, shared with no other step. */
  readonly isolate?: boolean;
  /** A folder that is kept from attempt to attempt, and from build to build, until the step succeeds. */
  readonly scratch?: boolean;
  /** Keeps the versions of the model that this rule makes, so that an earlier one can be put back. */
  readonly backup?: Backup;
  /** Lets a new model go live only where it is good enough; one that is not waits as a candidate. */
  readonly promote?: Promotion;
}

/** The same, checked. */
export interface Policy {
  readonly retry: RetryPolicy | undefined;
  readonly timeoutMs: number | undefined;
  readonly isTemporary: boolean;
  readonly isAlways: boolean;
  readonly isIsolated: boolean;
  readonly hasScratch: boolean;
  readonly hasDepfile: boolean;
  readonly backup: BackupPolicy | undefined;
  readonly gate: Gate | undefined;
}

export function policyOf(rule: string, declared: Partial<RuleDeclaration>): Policy {
  const { retry, timeout, temp, always, isolate, scratch, depfile, run } = declared;
  if (depfile === true && typeof run !== "string")
    throw badRule({ rule, problem: "has a depfile, but no command that could write it", hint: "call depend(path)" });
  return {
    retry: retry && retryOf(rule, retry, declared.params ?? {}),
    timeoutMs: timeout === undefined ? undefined : timeMs(rule, "timeout", timeout),
    isTemporary: temp === true,
    isAlways: always === true,
    isIsolated: isolate === true,
    hasScratch: scratch === true,
    hasDepfile: depfile === true,
    backup: backupOf(rule, declared),
    gate: gateOf(rule, declared),
  };
}

const RETRY = ["times", "delay", "backoff", "on", "fallback"];
const BACKOFFS = ["none", "linear", "exponential"];

function retryOf(rule: string, retry: Retry, params: Readonly<Record<string, Json>>): RetryPolicy {
  const refuse = (problem: string, hint: string): never => {
    throw badRule({ rule, problem: `has a retry ${problem}`, hint });
  };
  const { times, delay, backoff = "none", on, fallback } = retry;
  const unknown = Object.keys(retry).find((name) => !RETRY.includes(name));
  if (unknown !== undefined) refuse(`with '${unknown}'`, `it has ${RETRY.join(", ")}`);
  if (!Number.isSafeInteger(times) || times < 0)
    refuse(`with the times ${shown(times)}`, "times is a whole number: 3 makes at most 4 attempts");
  if (!BACKOFFS.includes(backoff)) refuse(`with the backoff '${shown(backoff)}'`, `it is ${BACKOFFS.join(", ")}`);
  if (on !== undefined && !(Array.isArray(on) && on.every((kind) => typeof kind === "string" && kind !== "")))
    refuse("with an 'on' that is no list of kinds", 'such as ["network", "timeout"]');
  if (fallback !== undefined) {
    if (!isJson(fallback) || typeof fallback !== "object" || fallback === null || Array.isArray(fallback))
      refuse("with a fallback that is no object of params", "such as { batchRows: 8_192 }");
    const stray = Object.keys(fallback).find((name) => !Object.hasOwn(params, name));
    if (stray !== undefined)
      refuse(`whose fallback has '${stray}'`, "a fallback gives other values to declared params");
  }
  return {
    times,
    delayMs: delay === undefined ? 0 : timeMs(rule, "retry.delay", delay),
    backoff,
    on: on ?? "any",
    fallback: fallback as RetryPolicy["fallback"],
  };
}

function timeMs(rule: string, field: string, text: string): number {
  const ms = durationMs(text);
  if (ms !== undefined) return ms;
  const hint = 'write a number and ms, s, m, h or d, such as "10m"';
  throw badRule({ rule, problem: `has the ${field} '${shown(text)}'`, hint });
}

/** The paths of `after`, checked like inputs. */
export function pathsOfAfter(rule: string, after: Paths | undefined): readonly string[] {
  if (after === undefined) return NONE;
  const paths: readonly unknown[] = typeof after === "string" ? [after] : after;
  return paths.map((path) => {
    if (typeof path !== "string") throw badRule({ rule, problem: "has an 'after' that is no path or list of paths" });
    return artifactPath(path, `rule ${rule}, 'after'`);
  });
}

const NONE: readonly string[] = [];

/** The rule with the params of its retries. */
export function fallbackRule(rule: CheckedRule): CheckedRule | undefined {
  const { fallback } = rule.policy.retry ?? {};
  return fallback === undefined ? undefined : { ...rule, params: { ...rule.params, ...fallback } };
}
