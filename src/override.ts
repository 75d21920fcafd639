/** A person's decisions about a step, as they are made: to put an earlier version back, to accept, to end either. */

import { outputPaths } from "./attempt.ts";
import { digestOfRemoved } from "./built.ts";
import type { Step } from "./core/catalog.ts";
import { missingInput } from "./core/error.ts";
import { cannotAccept, noOverride, notOneStep, noVersion } from "./core/error-override.ts";
import type { Emit, OutputMade } from "./core/event.ts";
import { stepsOfTargets } from "./core/graph.ts";
import { overrideOf, type Override, type OverrideNote } from "./core/override.ts";
import { ABSENT, type PathState } from "./core/staleness.ts";
import { changesAmong, isSameContent, versionsAt, versionsText, type KnownVersion } from "./core/version.ts";
import { problemWith, publishAll } from "./finish.ts";
import { judge, type Look } from "./judge.ts";
import type { Project } from "./project.ts";
import { stagedFrom } from "./restore.ts";
import { Stage } from "./run/stage.ts";
import { Publisher } from "./store/publish.ts";
import { versionsOf } from "./versions.ts";

/** The one step that a target names. */
export function stepOf({ catalog, disk }: Project, target: string): Step {
  const steps = stepsOfTargets(catalog, disk, [target]);
  const [step] = steps;
  if (step === undefined || steps.length > 1) throw notOneStep({ target, steps: steps.map(({ id }) => id) });
  return step;
}

/** What stands at the step's outputs now. */
export const standing = ({ observer }: Project, step: Step): readonly PathState[] =>
  outputPaths(step).map((path) => ({ path, digest: observer.digestOf(path) }));

/** The version that `at` names; without it, the newest that is kept and differs from what stands there now. */
export function versionMeant(project: Project, step: Step, at: string | undefined): KnownVersion {
  const versions = versionsOf(project, step);
  const refuse = (problem: string): Error => refused(step, versions, problem);
  if (at === undefined) {
    const now = standing(project, step);
    const other = versions.find(({ outputs, isKept }) => isKept && !isSameContent(outputs, now));
    if (other === undefined) throw refuse(`no version of ${step.id} is kept but what stands there now`);
    return other;
  }
  const [found, ...more] = versionsAt(versions, at);
  if (found === undefined) throw refuse(`no version of ${step.id} is known by '${at}'`);
  if (more.length > 0) throw refuse(`'${at}' is in more than one version of ${step.id}`);
  if (!found.isKept) throw refuse(`the cache no longer has all of ${step.id} as of build ${found.build}`);
  return found;
}

/** Puts a version's outputs in place, all or none, and holds the step to them. */
export function restoreVersion(
  project: Project,
  of: {
    readonly step: Step;
    readonly version: KnownVersion;
    readonly override: OverrideNote;
    /** The name of this deed, in the place of a build's. */
    readonly build: string;
    readonly emit: Emit;
  },
): readonly OutputMade[] {
  const { step, version, override, build, emit } = of;
  const { outputs } = version;
  const stage = new Stage(project.root, ".pipe/stage/restore");
  try {
    const staged = stagedFrom(project, outputs, stage);
    // What was damaged is thrown away by now, so the error's list has only what is left.
    if (staged === undefined)
      throw refused(step, versionsOf(project, step), `${step.id} as of build ${version.build} is damaged in the cache`);
    // Of a version nothing is known but its bytes, and nothing else counts while it is held.
    const trace = { ...UNKNOWN, step: step.id, outputs, startedMs: version.atMs };
    const judgement = { observed: { inputs: [], discovered: [], outputs: standing(project, step) } };
    const publisher = new Publisher(project, build);
    return publishAll({ project, emit, publisher }, { step, trace: { ...override, trace }, staged, judgement });
  } finally {
    stage.clear();
  }
}

const UNKNOWN = { fingerprint: "", inputs: [], discovered: [], durationMs: 0 } as const;

const LISTED = 10;

function refused(step: Step, versions: readonly KnownVersion[], problem: string): Error {
  const kept = changesAmong(versions).filter(({ isKept }) => isKept);
  const more = kept.length > LISTED ? `\n  and ${kept.length - LISTED} more: pipe restore ${step.id} --list` : "";
  return noVersion({
    step: step.id,
    problem: step.rule.isCached ? problem : `${problem}: its rule has cache: false`,
    versions: versionsText(kept.slice(0, LISTED)) + more,
    example: kept.at(0)?.build,
  });
}

/** Takes the outputs as they stand for right, as long as nothing that they are made from changes. */
export function accept(project: Project, step: Step, note: OverrideNote): Override {
  const problems = outputPaths(step).flatMap((path) => {
    const problem = problemWith(`${project.root}/${path}`, path);
    return problem === undefined ? [] : [`${path} ${problem}`];
  });
  if (problems.length > 0) {
    const hint = `put all outputs of ${step.id} in place first, or build it`;
    throw cannotAccept({ step: step.id, problem: problems.join("; "), hint });
  }
  const { observer } = project;
  // What stands there now is what is accepted, whatever a build would put there.
  const look: Look = {
    digestOf: (path) => digestOfRemoved(project, path) ?? observer.digestOf(path),
    needsOutputs: () => true,
    isForced: () => false,
    readinessOf: () => "ready",
  };
  const { fingerprint, observed, trace } = judge(project, step, look);
  const missing = observed.inputs.find(({ digest }) => digest === ABSENT);
  if (missing !== undefined) throw missingInput({ path: missing.path, neededBy: step.id });
  const { durationMs = 0, discovered: traced = [] } = trace ?? {};
  const discovered = traced.map(({ path }) => ({ path, digest: observer.digestOf(path) }));
  const accepted = { step: step.id, fingerprint, ...observed, discovered, startedMs: note.atMs, durationMs };
  const override = { ...note, trace: accepted };
  project.state.append({ overrides: [override], ...releasedBy(project, step) });
  return override;
}

/** Of a rule that was renamed since: the decision is about the same artifacts, and the newer one counts. */
function releasedBy({ state }: Project, step: Step): { readonly released?: readonly string[] } {
  const before = overrideOf(state.overrides, step)?.trace.step;
  return before === undefined || before === step.id ? {} : { released: [before] };
}

/** Ends the overrides that a target names, also of steps that are no longer declared; the bytes stay as they stand. */
export function unpin(project: Project, target: string): readonly Override[] {
  const { overrides } = project.state;
  const path = target.replace(/^\.\//, "");
  const named = [...overrides.values()].filter(
    ({ trace }) => trace.step === target || trace.outputs.some((output) => output.path === path),
  );
  const found = named.length > 0 ? named : overridesOfSteps(project, target);
  if (found.length === 0) throw noOverride({ target, held: [...overrides.keys()] });
  const ended = [...overrides.values()].filter((override) =>
    found.some((one) => one === override || areTogether(one, override)),
  );
  project.state.append({ released: ended.map(({ trace }) => trace.step) });
  return ended;
}

/** What one rollback put back ends together: halves of two models are none. */
const areTogether = (a: Override, b: Override): boolean =>
  a.kind === "pinned" && b.kind === "pinned" && a.atMs === b.atMs && a.who === b.who;

const overridesOfSteps = ({ catalog, disk, state }: Project, target: string): readonly Override[] =>
  stepsOfTargets(catalog, disk, [target]).flatMap((step) => overrideOf(state.overrides, step) ?? []);
