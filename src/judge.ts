/** Judges a step by what stands on disk: the same judgement for a build, `status` and `why`. */

import type { Step } from "./core/catalog.ts";
import type { CheckedRule } from "./core/declaration.ts";
import { fingerprintText, rulePart } from "./core/fingerprint.ts";
import { holdOf, overrideOf, type Hold } from "./core/override.ts";
import {
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
  readonly fingerprint: string;
  readonly trace: Trace | undefined;
  readonly observed: Observed;
  /** What a person's override says of the step, where there is one. */
  readonly hold: Hold | undefined;
  /** None for a fresh step. */
  readonly reasons: readonly Reason[];
  /** The observer's moment before it looked: an input that moves after it is not the one that was judged. */
  readonly moment: number;
}

/** Where a path's content is taken from; `status` lays over the disk what a restored step would put there. */
export type DigestOf = (path: string) => Digest;

export function judge(
  project: Project,
  step: Step,
  digestOf: DigestOf = (path) => project.observer.digestOf(path),
): Judgement {
  const { moment } = project.observer;
  const fingerprint = fingerprintOf(project, step);
  const trace = project.state.trace(step.id);
  const declared = { inputs: inputStates(step, digestOf), outputs: outputStates(step, digestOf) };
  const observedFor = (record: Trace | undefined): Observed => ({
    ...declared,
    discovered: (record?.discovered ?? []).map(({ path }) => ({ path, digest: digestOf(path) })),
  });
  const observed = observedFor(trace);
  const override = overrideOf(project.state.overrides, step);
  const hold = override && holdOf(override, fingerprint, observedFor(override.trace));
  const isJudged = hold === undefined || hold.state === "ended";
  const reasons = isJudged ? staleness(fingerprint, trace, observed) : hold.reasons;
  return { fingerprint, trace, observed, hold, reasons, moment };
}

function fingerprintOf(project: Project, step: Step): string {
  const { rule } = step;
  const known = project.ruleParts.get(rule.name);
  const part = known ?? partOf(project, rule);
  if (known === undefined) project.ruleParts.set(rule.name, part);
  return fingerprintText(part, step.outputs, step.wildcards);
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

function inputStates(step: Step, digestOf: DigestOf): readonly InputState[] {
  const states: InputState[] = [];
  for (const { name, paths } of step.inputs)
    for (const path of paths) states.push({ name, path, digest: digestOf(path) });
  return states;
}

function outputStates(step: Step, digestOf: DigestOf): readonly PathState[] {
  const states: PathState[] = [];
  for (const { paths } of step.outputs) for (const path of paths) states.push({ path, digest: digestOf(path) });
  return states;
}
