/**
 * Whether what a step made may take the place of what stands there. A model that its rule's gate does not let through, or
 * that was rejected before, waits as a candidate, and the step is held until something that it reads changes:
 *
 *     made ──good enough──────────────▶ published
 *       └────worse, or rejected───────▶ candidate ──pipe promote, or --accept──▶ published
 *                                           └───────inputs changed─────────────▶ made anew
 */

import { statSync } from "node:fs";
import { outputPaths, type Execution } from "./attempt.ts";
import type { Step } from "./core/catalog.ts";
import { noFigure } from "./core/error-model.ts";
import { isLive, lastHealthy, rejectionOf, type KeptVersion } from "./core/model-version.ts";
import type { Override } from "./core/override.ts";
import { figureIn, verdictOf, type Comparison, type Figure } from "./core/promotion.ts";
import { ABSENT, type Trace } from "./core/staleness.ts";
import { firstOutputOf, gateAlone, type Unit } from "./core/unit.ts";
import { gateTextOf } from "./awaited.ts";
import { keepCandidate } from "./keep.ts";
import type { Project } from "./project.ts";
import { promoteHeld } from "./promote.ts";
import { versionFolder, versionsKept } from "./store/backup.ts";
import type { Staged } from "./store/publish.ts";
import { textIn } from "./store/whole.ts";

/** What is about to be published. */
interface Made {
  readonly step: Step;
  readonly trace: Trace;
  readonly staged: readonly Staged[];
  /** By name, figures of what stands there that the run measured anew. */
  readonly rescored: ReadonlyMap<string, number>;
}

/** Why something is not let through. */
interface Barrier {
  readonly unit: Unit;
  readonly problem: string;
  /** False where only another run could tell. */
  readonly isSure: boolean;
}

/** What becomes of a step that is held back: its dependents go on with what stands there, unless nothing does. */
export type HeldBack = "candidate" | "failed";

/** Undefined where it may be published. */
export function barrierTo({ project, accepts }: Execution, made: Made): Barrier | undefined {
  const { step, staged } = made;
  const unit = project.units.unitOf(step);
  const { gate } = step.rule.policy;
  if (unit === undefined) {
    if (gate !== undefined) throw gateAlone(step);
    return undefined;
  }
  const first = staged.find(({ path }) => path === firstOutputOf(step));
  // Nothing goes live that is not so already.
  if (accepts !== undefined || first === undefined || project.observer.digestOf(first.path) === first.digest)
    return undefined;
  const versions = versionsKept(project.root, unit.folder);
  const rejection = rejectionOf(versions, first);
  if (rejection !== undefined) {
    const { atMs, who, reason } = rejection;
    const why = reason === "" ? "" : `: ${JSON.stringify(reason)}`;
    const day = new Date(atMs).toISOString().slice(0, 10);
    return { unit, problem: `this very model was rejected ${day} by ${who}${why}`, isSure: true };
  }
  const before = project.state.trace(step.id)?.outputs.find(({ path }) => path === first.path);
  // What was let through and taken away, or edited, only comes back to its place.
  if (gate === undefined || before?.digest === first.digest) return undefined;
  const verdict = verdictOf(gate, comparisonOf(project, { made, unit, versions, metric: gate.metric }));
  return verdict.isGood === true ? undefined : { unit, problem: verdict.problem, isSure: verdict.isGood !== undefined };
}

function comparisonOf(
  project: Project,
  of: {
    readonly made: Made;
    readonly unit: Unit;
    readonly versions: readonly KeptVersion[];
    readonly metric: string;
  },
): Comparison {
  const { made, metric } = of;
  const [path = ""] = made.step.outputs.find(({ name }) => name === "metrics")?.paths ?? [];
  const place = made.staged.find((output) => output.path === path)?.place ?? path;
  const candidate = figureAt(`${project.root}/${place}`, metric);
  if ("problem" in candidate) throw noFigure({ step: made.step.id, path, ...candidate });
  const live = liveFile(project, { ...of, path });
  const figure = live === undefined ? undefined : figureAt(live, metric);
  const known: Figure | "unknown" | undefined = figure && "problem" in figure ? "unknown" : figure;
  return { candidate, live: known ?? "none", rescored: made.rescored.get(metric) };
}

/**
 * The metrics file of the live model; as it was kept where a person edited it or took it away, and that of the last healthy
 * one where there is no live model. Undefined where there never was one.
 */
function liveFile(
  { root, observer, state }: Project,
  of: { readonly made: Made; readonly unit: Unit; readonly versions: readonly KeptVersion[]; readonly path: string },
): string | undefined {
  const { made, unit, versions, path } = of;
  const isThere = observer.digestOf(firstOutputOf(made.step) ?? "") !== ABSENT;
  const standing = isThere ? `${root}/${path}` : undefined;
  if (isThere && state.builtDigest(path) === observer.digestOf(path)) return standing;
  const live = observer.digestOf(unit.model);
  const last = isThere ? undefined : lastHealthy(versions, live);
  const kept = versions.find((version) => version.isKept && isLive(version, live)) ?? last;
  return kept === undefined ? standing : `${root}/${versionFolder(unit.folder, kept)}/${path}`;
}

function figureAt(file: string, metric: string): Figure | { readonly problem: string } {
  const isFile = statSync(file, { throwIfNoEntry: false })?.isFile() === true;
  return isFile ? figureIn(textIn(file) ?? "", metric) : { problem: "is no file" };
}

/** Keeps what was made as a candidate, and holds the step to what stands there. */
export function holdBack(
  execution: Execution,
  of: Omit<Made, "rescored"> & Omit<Barrier, "isSure"> & { readonly startedMs: number },
): HeldBack {
  const { project, emit } = execution;
  const { root, state, observer } = project;
  const { step, trace, staged, unit, problem, startedMs } = of;
  const placeOf = new Map(staged.map(({ path, place }) => [path, `${root}/${place}`]));
  const from = (path: string): string => placeOf.get(path) ?? path;
  const { digest: candidate } = keepCandidate(project, unit, {
    step,
    from,
    waiting: { problem, trace, gate: gateTextOf(step) },
  });
  const outputs = outputPaths(step).map((path) => ({ path, digest: observer.digestOf(path) }));
  const note = { kind: "held", reason: problem, who: "", atMs: Date.now(), candidate } as const;
  state.append({
    overrides: [{ ...note, trace: { ...trace, outputs } }],
    signatures: observer.takeSignatures(),
  });
  emit({ type: "step-held", step: step.id, problem, candidate, durationMs: Date.now() - startedMs });
  return fateOf(outputs);
}

/** Nothing has changed since it was held back: it is let through now, or waits on. */
export function stillHeldBack(execution: Execution, step: Step, override: Override): HeldBack | "restored" {
  const { emit, accepts } = execution;
  if (accepts !== undefined) {
    promoteHeld(execution, step, { ...override, ...accepts });
    return "restored";
  }
  const { reason: problem, candidate = "" } = override;
  emit({ type: "step-held", step: step.id, problem, candidate });
  return fateOf(override.trace.outputs);
}

const fateOf = (outputs: Trace["outputs"]): HeldBack =>
  outputs.some(({ digest }) => digest === ABSENT) ? "failed" : "candidate";
