/** Whether a step is stale, and why: one list of reasons that the scheduler, `status` and `why` all use. Pure. */

import { readFingerprint, type Fingerprint } from "./fingerprint.ts";

/** A content digest in hex, or `absent` where nothing stands at the path. */
export type Digest = string;
export const ABSENT: Digest = "absent";

export interface InputState {
  readonly name: string;
  readonly path: string;
  readonly digest: Digest;
}

export interface PathState {
  readonly path: string;
  readonly digest: Digest;
}

/** The record of one successful run. */
export interface Trace {
  readonly step: string;
  /** {@link Fingerprint} as canonical text, so that two are equal where their texts are. */
  readonly fingerprint: string;
  /** Declared inputs, sorted by name; a list keeps its order. */
  readonly inputs: readonly InputState[];
  /** Inputs found while running, in the order found. */
  readonly discovered: readonly PathState[];
  readonly outputs: readonly PathState[];
  readonly startedMs: number;
  readonly durationMs: number;
}

/** What stands on disk now. */
export interface Observed {
  readonly inputs: readonly InputState[];
  /** The paths that the trace discovered. */
  readonly discovered: readonly PathState[];
  /** The paths that the step declares. */
  readonly outputs: readonly PathState[];
}

export type Part =
  | "record"
  | "code"
  | "command"
  | "shell"
  | "package"
  | "platform"
  | "param"
  | "env"
  | "tool"
  | "input"
  | "discovered"
  | "output"
  | "remote"
  | "forced"
  | "always";

/**
 * One thing that makes a step stale, with its old and its new state.
 *
 * `name` is the input's, output's or discovered path, or the param, variable, tool or package. `was` is missing where the
 * thing is new, `now` where it is gone from the declaration; a file that is not there has the state `absent`.
 * For inputs whose order alone changed, `name` is the slot and the states are the orders.
 */
export interface Reason {
  readonly part: Part;
  readonly name: string;
  readonly was?: string;
  readonly now?: string;
}

/** Every reason to run the step; none means that it is fresh. */
export function staleness(fingerprint: string, trace: Trace | undefined, observed: Observed): readonly Reason[] {
  if (trace === undefined) return [{ part: "record", name: "" }];
  if (isSame(fingerprint, trace, observed)) return NO_REASONS;
  return [
    ...(fingerprint === trace.fingerprint
      ? []
      : definitionReasons(readFingerprint(trace.fingerprint), readFingerprint(fingerprint))),
    ...inputReasons(trace.inputs, observed.inputs),
    ...pathReasons("discovered", trace.discovered, observed.discovered),
    ...pathReasons("output", trace.outputs, observed.outputs),
  ];
}

const NO_REASONS: readonly Reason[] = [];

// The common answer of a build in which little changed, found without building lists.
function isSame(fingerprint: string, trace: Trace, observed: Observed): boolean {
  return (
    fingerprint === trace.fingerprint &&
    sameStates(trace.inputs, observed.inputs) &&
    sameStates(trace.discovered, observed.discovered) &&
    sameStates(trace.outputs, observed.outputs)
  );
}

function sameStates(
  was: readonly (PathState & { readonly name?: string })[],
  now: readonly (PathState & { readonly name?: string })[],
): boolean {
  if (was.length !== now.length) return false;
  for (let at = 0; at < was.length; at++) {
    const [before, after] = [was[at], now[at]];
    if (before?.digest !== after?.digest || before?.path !== after?.path || before?.name !== after?.name) return false;
  }
  return true;
}

function definitionReasons(was: Fingerprint, now: Fingerprint): readonly Reason[] {
  return [
    ...changed("command", { "": was.command }, { "": now.command }),
    ...changed("shell", { "": was.shell }, { "": now.shell }),
    ...changed("code", { [was.module ?? ""]: was.code }, { [now.module ?? ""]: now.code }),
    ...changed("package", was.packages, now.packages),
    ...changed("platform", { "": was.platform }, { "": now.platform }),
    ...paramReasons(was.params, now.params),
    ...changed("env", was.env, now.env),
    ...changed("tool", was.tools, now.tools),
    ...changed("input", was.lists, now.lists),
    ...changed("output", was.outputs, now.outputs),
  ];
}

type States = Readonly<Record<string, unknown>>;

function changed(part: Part, was: States, now: States): readonly Reason[] {
  const names = new Set([...Object.keys(was), ...Object.keys(now)]);
  return [...names].flatMap((name) => {
    const states = { was: was[name], now: now[name] };
    return isEqual(states.was, states.now) ? [] : [reasonOf(part, name, states)];
  });
}

/** Down to what differs in a large value: `schema.columns.5.range`. What has another length is shown whole. */
function paramReasons(was: States, now: States, above = ""): readonly Reason[] {
  const names = new Set([...Object.keys(was), ...Object.keys(now)]);
  return [...names].flatMap((name) => {
    const states = { was: was[name], now: now[name] };
    if (isEqual(states.was, states.now)) return [];
    return areAlike(states.was, states.now)
      ? paramReasons(states.was as States, states.now as States, `${above}${name}.`)
      : [reasonOf("param", `${above}${name}`, states)];
  });
}

function areAlike(was: unknown, now: unknown): boolean {
  if (Array.isArray(was) || Array.isArray(now))
    return Array.isArray(was) && Array.isArray(now) && was.length === now.length;
  return typeof was === "object" && typeof now === "object" && was !== null && now !== null;
}

const isEqual = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Texts as they are, unless only JSON tells the two states apart: the number 7 from the string "7". */
function reasonOf(part: Part, name: string, states: { readonly was: unknown; readonly now: unknown }): Reason {
  const isPlain = typeof states.was === typeof states.now || states.was === undefined || states.now === undefined;
  const textOf = (state: unknown): string => (isPlain && typeof state === "string" ? state : JSON.stringify(state));
  return {
    part,
    name,
    ...(states.was === undefined ? {} : { was: textOf(states.was) }),
    ...(states.now === undefined ? {} : { now: textOf(states.now) }),
  };
}

function inputReasons(was: readonly InputState[], now: readonly InputState[]): readonly Reason[] {
  const reasons = pathReasons("input", was, now);
  if (reasons.length > 0) return reasons;
  const order = (states: readonly InputState[]): States => {
    const slots: Record<string, string> = {};
    for (const { name, path } of states) slots[name] = name in slots ? `${slots[name]}, ${path}` : path;
    return slots;
  };
  return changed("input", order(was), order(now));
}

function pathReasons(part: Part, was: readonly PathState[], now: readonly PathState[]): readonly Reason[] {
  const states = (list: readonly PathState[]): States =>
    Object.fromEntries(list.map((state) => [state.path, state.digest]));
  return changed(part, states(was), states(now));
}
