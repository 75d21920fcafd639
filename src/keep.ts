/** Keeps the versions of models: what stands there is copied before anything takes its place. */

import { existsSync, statSync } from "node:fs";
import { outputPaths } from "./attempt.ts";
import { isDirectory } from "./core/artifact.ts";
import type { Step } from "./core/catalog.ts";
import type { Deployment } from "./core/deployment.ts";
import { refused, type SystemError } from "./core/error-disk.ts";
import { keptMoved, versionDamaged, versionMisfit } from "./core/error-model.ts";
import type { Warning } from "./core/event.ts";
import {
  isLive,
  shortDigest,
  surplusOf,
  VERSION_FORMAT,
  type KeptVersion,
  type ModelFile,
  type ModelVersion,
  type Waiting,
} from "./core/model-version.ts";
import type { OverrideNote } from "./core/override.ts";
import { figuresIn } from "./core/promotion.ts";
import type { Digest, PathState, Trace } from "./core/staleness.ts";
import { firstOutputOf, VERSION_RECORD, type Unit } from "./core/unit.ts";
import type { Project } from "./project.ts";
import type { Stage } from "./run/stage.ts";
import { copyArtifact, draftIn, letGo, rewriteVersion, versionFolder, versionsKept } from "./store/backup.ts";
import { settleDeployment } from "./store/deployment.ts";
import { digestOfText, sha256Of } from "./store/digest.ts";
import type { Staged } from "./store/publish.ts";
import { textIn } from "./store/whole.ts";
import { notKept } from "./warning.ts";

/**
 * Keeps what stands at the unit's outputs, once for each content. Undefined where they are not one version: one is
 * missing or was edited, or what was made from another of them was made from what stood there before.
 */
export function keepStanding(project: Project, unit: Unit): KeptVersion | undefined {
  const { root, observer } = project;
  const live = observer.digestOf(unit.model);
  const known = versionsKept(root, unit.folder).find((version) => version.isKept && isLive(version, live));
  // What a rollback put back is no build's, once it is no longer held.
  const isWhole = known?.files.every(({ path, digest }) => observer.digestOf(path) === digest) === true;
  if (!isWhole && !isOneVersion(project, unit)) return undefined;
  if (known !== undefined) return pardoned(project, unit, known);
  const atMs = Math.max(...unit.steps.map(({ id }) => project.state.trace(id)?.startedMs ?? 0));
  const from = (path: string): string => `${root}/${path}`;
  const outputs = unit.steps.map((step) => ({ step, states: standingAt(project, step) }));
  return keep(project, unit, { atMs, from, outputs });
}

/** What was rejected stands there again only because a person let it through. */
function pardoned({ root }: Project, { folder }: Unit, version: KeptVersion): KeptVersion {
  if (version.mark?.status !== "rejected") return version;
  const { mark: _, ...rest } = version;
  rewriteVersion(root, folder, rest);
  return rest;
}

/** Keeps what a step made and was not let publish. It takes the place of an earlier candidate of the step. */
export function keepCandidate(
  project: Project,
  unit: Unit,
  of: { readonly step: Step; readonly from: (path: string) => string; readonly waiting: Waiting },
): ModelVersion {
  const { step, from, waiting } = of;
  const { trace } = waiting;
  const others = versionsKept(project.root, unit.folder).filter((version) => version.waiting?.trace.step === step.id);
  const kept = keep(project, unit, {
    atMs: trace.startedMs,
    from,
    outputs: [{ step, states: trace.outputs }],
    waiting,
  });
  for (const other of others) if (other.digest !== kept.digest) letGo(project.root, unit.folder, other);
  return kept;
}

interface Keeping {
  readonly atMs: number;
  /** Absolute, of what is copied for a declared path. */
  readonly from: (path: string) => string;
  readonly outputs: readonly { readonly step: Step; readonly states: readonly PathState[] }[];
  readonly waiting?: Waiting;
}

function keep({ root, observer }: Project, unit: Unit, of: Keeping): KeptVersion {
  const { atMs, from, outputs, waiting } = of;
  const [main] = outputs;
  const model = (main && firstOutputOf(main.step)) ?? unit.model;
  const named = main?.states.find(({ path }) => path === model)?.digest ?? "";
  const draft = draftIn(root, unit.folder, digestOfText(named));
  try {
    const files = outputs.flatMap(({ step, states }) =>
      states.map(({ path, digest }): ModelFile => {
        const copy = draft.copyOf(path);
        copyArtifact(from(path), copy, path);
        if (observer.digestAt(copy, path).digest !== digest) throw keptMoved({ path, folder: unit.folder });
        const isFirst = path === firstOutputOf(step);
        return { path, step: step.id, digest, ...(isDirectory(path) ? {} : { sha256: sha256Of(copy) }), isFirst };
      }),
    );
    const file = files.find(({ path }) => path === model);
    const digest = file?.sha256 ?? named.replace("tree-", "");
    const figures = figuresAmong(outputs, (path) => draft.copyOf(path));
    const version: ModelVersion = {
      format: VERSION_FORMAT,
      digest,
      model,
      atMs,
      files,
      figures,
      ...(waiting && { waiting }),
    };
    draft.keep(version);
    return { ...version, isKept: true };
  } catch (error) {
    draft.drop();
    throw error;
  }
}

function figuresAmong(outputs: Keeping["outputs"], copyOf: (path: string) => string): ModelVersion["figures"] {
  const files = outputs.flatMap(({ step }) => step.outputs.find(({ name }) => name === "metrics")?.paths ?? []);
  return Object.assign({}, ...files.map((path) => figuresIn(shortTextIn(copyOf(path)))));
}

/** A larger file is no list of metrics. */
const LONGEST_METRICS_BYTES = 1 << 20;

const shortTextIn = (file: string): string =>
  statSync(file).isFile() && statSync(file).size <= LONGEST_METRICS_BYTES ? (textIn(file) ?? "") : "";

const standingAt = ({ observer }: Project, step: Step): readonly PathState[] =>
  outputPaths(step).map((path) => ({ path, digest: observer.digestOf(path) }));

function isOneVersion(project: Project, { steps }: Unit): boolean {
  const { state } = project;
  const standing = new Map<string, Digest>();
  for (const step of steps) for (const { path, digest } of standingAt(project, step)) standing.set(path, digest);
  const isOurs = [...standing].every(([path, digest]) => state.builtDigest(path) === digest);
  // What a person decided on is one whatever it was made from.
  const isDecided = (id: string): boolean => !["held", undefined].includes(state.overrides.get(id)?.kind);
  const traces = steps.flatMap(({ id }): readonly Trace[] =>
    isDecided(id) ? [] : [state.trace(id)].filter((trace) => trace !== undefined),
  );
  const isOf = ({ path, digest }: PathState): boolean => (standing.get(path) ?? digest) === digest;
  return isOurs && traces.every(({ inputs, discovered }) => inputs.every(isOf) && discovered.every(isOf));
}

/** The oldest versions beyond what the Pipefile keeps go. */
export function keepWithin(project: Project, unit: Unit): void {
  const { root, observer } = project;
  const live = observer.digestOf(unit.model);
  for (const version of surplusOf(versionsKept(root, unit.folder), { keep: unit.keep, live }))
    letGo(root, unit.folder, version);
}

/** Called before a step's outputs are replaced: what stands there is kept first, where it is a model's. */
export function keepBefore(project: Project, step: Step, staged: readonly PathState[]): void {
  const unit = project.units.unitOf(step);
  if (unit === undefined || staged.every(({ path, digest }) => project.observer.digestOf(path) === digest)) return;
  keepStanding(project, unit);
}

/** Those of a step, in the order of its declared outputs, whatever its rule was called then. */
export function filesOf({ files, digest }: KeptVersion, step: Step): readonly ModelFile[] {
  const paths = outputPaths(step);
  const found = paths.flatMap((path) => files.filter((file) => file.path === path));
  const makers = new Set(found.map((file) => file.step));
  const made = files.filter((file) => makers.has(file.step));
  if (found.length !== paths.length || made.length !== paths.length)
    throw versionMisfit({ step: step.id, digest: shortDigest(digest) });
  return found;
}

/** Copies files of a version to a stage; throws where one is not as it was kept. */
export function stagedFromVersion(
  { root, observer }: Project,
  { folder }: Unit,
  of: { readonly version: KeptVersion; readonly files: readonly ModelFile[]; readonly stage: Stage },
): readonly Staged[] {
  const { version, files, stage } = of;
  const kept = versionFolder(folder, version);
  stage.prepare(files.map(({ path }) => path));
  return files.map(({ path, digest }) => {
    const place = stage.place(path);
    if (!existsSync(`${root}/${kept}/${path}`)) throw versionDamaged({ path, folder: kept });
    copyArtifact(`${root}/${kept}/${path}`, `${root}/${place}`, path);
    const found = observer.digestAt(`${root}/${place}`, path);
    if (found.digest !== digest) throw versionDamaged({ path, folder: kept });
    return { path, place, ...found };
  });
}

/** At the end of a build: what stands there of each model is kept, and of the earlier ones as many as its rule says. */
export function keepModels(project: Project, steps: readonly Step[], by: Builder): readonly Warning[] {
  const units = new Map(steps.flatMap((step) => project.units.unitOf(step) ?? []).map((unit) => [unit.folder, unit]));
  return [...units.values()].flatMap((unit) => {
    try {
      // First, for a full disk: what goes makes room for what stands there.
      keepWithin(project, unit);
      const standing = keepStanding(project, unit);
      if (standing !== undefined) {
        settleDeployment(project.root, wentLive(unit, standing, by));
        // A build in which nothing has changed looks at what this one did: where it is taken away, it is kept again.
        project.observer.exists(`${versionFolder(unit.folder, standing)}/${VERSION_RECORD}`);
      }
      dropCandidates(project, unit);
      return [];
    } catch (error) {
      // Of any kind: the folder may be a link to a disk that is not there.
      if ((error as SystemError).syscall === undefined) throw error;
      return [notKept(unit.model, refused(error as SystemError))];
    }
  });
}

interface Builder {
  readonly build: string;
  /** Where a person let through what a gate would have held back. */
  readonly accepts: OverrideNote | undefined;
}

function wentLive({ model, folder }: Unit, { digest }: ModelVersion, { build: id, accepts }: Builder): Deployment {
  const { reason = "", who = "" } = accepts ?? {};
  return { id, deed: "live", model, folder, digest, reason, who, atMs: Date.now() };
}

/** A candidate waits as long as it is why its step is held. */
function dropCandidates({ root, state }: Project, { folder }: Unit): void {
  const awaited = new Set([...state.overrides.values()].map(({ candidate }) => candidate));
  for (const version of versionsKept(root, folder))
    if (version.waiting !== undefined && !awaited.has(version.digest)) letGo(root, folder, version);
}
