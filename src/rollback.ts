/** Puts an earlier version of a model back: all that belongs to it, or nothing, and holds its steps to it. */

import type { Deployment } from "./core/deployment.ts";
import type { Emit, OutputMade } from "./core/event.ts";
import type { KeptVersion } from "./core/model-version.ts";
import type { OverrideNote } from "./core/override.ts";
import type { Unit } from "./core/unit.ts";
import { outputPaths } from "./attempt.ts";
import { keepOrTell } from "./finish.ts";
import { filesOf, keepStanding, stagedFromVersion } from "./keep.ts";
import type { Project } from "./project.ts";
import { Stage } from "./run/stage.ts";
import { Publisher, type Publication, type Staged } from "./store/publish.ts";
import { rescued } from "./warning.ts";

export interface RolledBack {
  readonly outputs: readonly OutputMade[];
  /** The version that stood there before, which is rejected from now on; undefined where nothing whole did. */
  readonly from: KeptVersion | undefined;
}

export function rollBack(
  project: Project,
  of: {
    readonly unit: Unit;
    readonly version: KeptVersion;
    readonly note: OverrideNote;
    /** The name of this deed, in the place of a build's. */
    readonly build: string;
    readonly emit: Emit;
  },
): RolledBack {
  const { unit, version, note, build, emit } = of;
  const stood = keepStanding(project, unit);
  const from = stood?.digest === version.digest ? undefined : stood;
  const stage = new Stage(project.root, ".pipe/stage/rollback");
  try {
    const publications = unit.steps.map((step): Publication => {
      const files = filesOf(version, step);
      const staged = stagedFromVersion(project, unit, { version, files, stage });
      const outputs = files.map(({ path, digest }) => ({ path, digest }));
      // So that it can be put back again, should somebody take it away.
      if (step.rule.isCached) keepOrTell({ emit }, step.id, () => cacheAll(project, staged));
      return { record: { ...note, trace: { ...UNKNOWN, step: step.id, outputs, startedMs: version.atMs } }, staged };
    });
    for (const step of unit.steps) for (const path of outputPaths(step)) project.observer.forget(path);
    const deployment = deploymentOf(unit, { version, from, note, build });
    const outputs = new Publisher(project, build).publishTogether({ publications, deployment }, (paths) => {
      for (const path of paths) emit(rescued(unit.model, path));
    });
    return { outputs, from };
  } finally {
    stage.clear();
  }
}

function cacheAll({ root, cache }: Project, staged: readonly Staged[]): void {
  for (const { path, place, digest } of staged) cache.store(`${root}/${place}`, { path, digest });
}

// Of an earlier version nothing is known but its bytes, and nothing else counts while it is held.
const UNKNOWN = { fingerprint: "", inputs: [], discovered: [], durationMs: 0 } as const;

function deploymentOf(
  { model, folder }: Unit,
  of: {
    readonly version: KeptVersion;
    readonly from: KeptVersion | undefined;
    readonly note: OverrideNote;
    readonly build: string;
  },
): Deployment {
  const { version, from, note, build: id } = of;
  const { reason, who, atMs } = note;
  const what = { model, folder, digest: version.digest, ...(from && { from: from.digest }) };
  return { id, deed: "rollback", ...what, reason, who, atMs };
}
