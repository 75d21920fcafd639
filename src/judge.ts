/** Judges a step by what stands on disk: the same judgement for a build, `status` and `why`. */

import { isAwaited } from "./awaited.ts";
import type { Step } from "./core/catalog.ts";
import type { CheckedRule } from "./core/declaration.ts";
import { fingerprintText, rulePart } from "./core/fingerprint.ts";
import { holdOf, isFirm, overrideOf, type Hold } from "./core/override.ts";
import {
  ABSENT,
  staleness,
  type Digest,
  type InputState,
  type Observed,
  type PathState,
  type Reason,
  type Trace,
} from "./core/staleness.ts";
import type { Project } from "./project.ts";
import { digestOfText } from "./store/digest.ts";

export interface Judgement {
  /** With the declared params, or for a retry with those of the fallback. */
  readonly fingerprint: string;
  readonly trace: Trace | undefined;
  readonly observed: Observed;
  /** What a person's override says of the step, where there is one. */
  readonly hold: Hold | undefined;
  /** None for a fresh step. */
  readonly reasons: readonly Reason[];
  /** The observer's moment before it looked: an input that moves after it is not the one that was judged. */
  readonly moment: number;
  /** An input that the last run found, which has to be up to date before more can be said. */
  readonly waitsFor: string | undefined;
  /** What stands there was made with the fallback's params. */
  readonly isFallback: boolean;
}

/** True where what the step would make waits to be let through. */
export const isHeldBack = ({ hold }: Pick<Judgement, "hold">): boolean =>
  hold?.state === "holds" && hold.override.kind === "held";

/** How a step is looked at: by the disk, or by what will stand there. */
export interface Look {
  digestOf(path: string): Digest;
  /** Whether a path that a run found can be looked at: now, once a step has made it, or never any more. */
  readinessOf(path: string): "ready" | "pending" | "lost";
  /** True where the outputs must stand there even if the step is temporary. */
  needsOutputs(step: Step): boolean;
  /** True where the step is to run whatever its state. */
  isForced(step: Step): boolean;
}

export function judge(project: Project, step: Step, look: Look): Judgement {
  const judged = judgeByTrace(project, step, look);
  const override = overrideOf(project.state.overrides, step);
  if (override === undefined || (override.kind === "held" && !isAwaited(project, step, override)))
    return { ...judged, hold: undefined };
  const { discovered } = override.trace;
  // Nothing that is read counts where the bytes stay whatever changes.
  const found = isFirm(override) ? { states: discovered, waitsFor: undefined } : statesOfFound(discovered, look);
  // What was made by a retry is held as that.
  const isFallback = isOfFallback(project, step, { trace: override.trace, declared: judged.fingerprint });
  const hold = holdOf(override, isFallback ? override.trace.fingerprint : judged.fingerprint, {
    ...judged.observed,
    discovered: found.states,
  });
  if (hold.state === "ended") return { ...judged, hold };
  // What the step reads beside its inputs may have changed, which is why it always runs.
  const isOpen = override.kind === "held" && step.rule.policy.isAlways;
  const reasons = isOpen ? judged.reasons : hold.reasons;
  return { ...judged, hold, reasons, waitsFor: found.waitsFor, isFallback: false };
}

function judgeByTrace(project: Project, step: Step, look: Look): Omit<Judgement, "hold"> {
  const { moment } = project.observer;
  const declared = fingerprintOf(project, step);
  const trace = project.state.trace(step.id);
  const isFallback = isOfFallback(project, step, { trace, declared });
  const known = isFallback ? (trace?.fingerprint ?? declared) : declared;
  const observed: Observed = {
    inputs: inputStates(step, look),
    discovered: NO_STATES,
    outputs: outputStates(step, look),
  };
  const reasons = ownReasons(step, look, staleness(known, trace && withoutFound(trace), observed));
  const judgement = { fingerprint: declared, trace, moment, isFallback: isFallback && reasons.length === 0 };
  // What is stale already asks for what it needs itself; what it needed before may be of no use any more.
  if (trace === undefined || trace.discovered.length === 0 || reasons.length > 0)
    return { ...judgement, observed, reasons, waitsFor: undefined };
  const { states, waitsFor } = statesOfFound(trace.discovered, look);
  const found = { ...observed, discovered: states };
  return { ...judgement, observed: found, reasons: ownReasons(step, look, staleness(known, trace, found)), waitsFor };
}

const NO_STATES: readonly PathState[] = [];
const withoutFound = (trace: Trace): Trace =>
  trace.discovered.length === 0 ? trace : { ...trace, discovered: NO_STATES };

/** A run that asks for a path asks for the next one knowing the first: what follows a difference says nothing. */
function statesOfFound(
  traced: readonly PathState[],
  look: Look,
): { readonly states: readonly PathState[]; readonly waitsFor?: string | undefined } {
  for (const [at, { path, digest }] of traced.entries()) {
    const readiness = look.readinessOf(path);
    if (readiness === "pending") return { states: traced, waitsFor: path };
    const now = readiness === "lost" ? LOST : look.digestOf(path);
    if (now !== digest) return { states: traced.with(at, { path, digest: now }) };
  }
  return { states: traced };
}

/** The state of a path whose step cannot even be drawn. */
const LOST: Digest = "lost";

function ownReasons(step: Step, look: Look, found: readonly Reason[]): readonly Reason[] {
  if (look.isForced(step)) return [{ part: "forced", name: step.rule.name }, ...found];
  if (step.rule.policy.isAlways) return [...found, { part: "always", name: step.rule.name }];
  return reasonsThatCount(step, look, found);
}

/** That temporary outputs are gone is no reason by itself, as long as nobody needs them. */
export function reasonsThatCount(step: Step, look: Look, found: readonly Reason[]): readonly Reason[] {
  const { isTemporary } = step.rule.policy;
  if (!isTemporary || look.needsOutputs(step)) return found;
  return found.every(({ part, now }) => part === "output" && now === ABSENT) ? NO_REASONS : found;
}

const NO_REASONS: readonly Reason[] = [];

/** True where the trace is that of a retry, by the params that retries have now. */
function isOfFallback(
  project: Project,
  step: Step,
  of: { readonly trace: Trace | undefined; readonly declared: string },
): boolean {
  const { trace, declared } = of;
  if (trace === undefined || trace.fingerprint === declared) return false;
  const fallback = fallbackOf(project, step);
  return fallback !== undefined && fingerprintOf(project, fallback) === trace.fingerprint;
}

/** The step with the params that its retries have; undefined where they have the declared ones. */
export function fallbackOf({ fallbacks }: Project, step: Step): Step | undefined {
  const rule = fallbacks.get(step.rule.name);
  return rule === undefined ? undefined : { ...step, rule };
}

function fingerprintOf(project: Project, { rule, outputs, wildcards }: Step): string {
  const known = project.ruleParts.get(rule);
  const part = known ?? partOf(project, rule);
  if (known === undefined) project.ruleParts.set(rule, part);
  return fingerprintText(part, outputs, wildcards);
}

function partOf(project: Project, rule: CheckedRule): string {
  return rulePart({
    run: project.runs.get(rule.name)?.identity ?? { packages: {} },
    params: rule.params,
    env: rule.env.length === 0 ? NONE : Object.fromEntries(rule.env.map((name) => [name, saltedDigest(project, name)])),
    tools: mapped(rule.tools, (command) => project.tools.versionOf(command, rule.name)),
    inputs: rule.inputs,
  });
}

const NONE: Readonly<Record<string, string>> = {};

function mapped(
  record: Readonly<Record<string, string>>,
  value: (text: string) => string,
): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const [name, text] of Object.entries(record)) values[name] = value(text);
  return values;
}

// The value may be a secret: what is kept of it tells no more than that it changed.
function saltedDigest(project: Project, name: string): string {
  const value = project.env[name];
  return value === undefined ? "unset" : digestOfText(`${project.state.salt}\n${value}`).slice(0, 16);
}

function inputStates(step: Step, look: Look): readonly InputState[] {
  const states: InputState[] = [];
  for (const { name, paths } of step.inputs)
    for (const path of paths) states.push({ name, path, digest: look.digestOf(path) });
  return states;
}

function outputStates(step: Step, look: Look): readonly PathState[] {
  const states: PathState[] = [];
  for (const { paths } of step.outputs) for (const path of paths) states.push({ path, digest: look.digestOf(path) });
  return states;
}
