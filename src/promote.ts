/** Lets a version through that was held back: a candidate goes live, a rejection is forgotten. */

import type { Execution } from "./attempt.ts";
import type { Step } from "./core/catalog.ts";
import type { Deployment } from "./core/deployment.ts";
import { alreadyDecided, candidateOutdated, noModelVersion } from "./core/error-model.ts";
import type { OutputMade } from "./core/event.ts";
import { shortDigest, type KeptVersion, type ModelVersion } from "./core/model-version.ts";
import { overrideOf, type OverrideNote } from "./core/override.ts";
import type { Unit } from "./core/unit.ts";
import { isHeldBack, judge, type Look } from "./judge.ts";
import { filesOf, keepBefore, stagedFromVersion } from "./keep.ts";
import type { Project } from "./project.ts";
import { Stage } from "./run/stage.ts";
import { versionsKept } from "./store/backup.ts";
import { settleDeployment } from "./store/deployment.ts";
import { rescued } from "./warning.ts";

type Publishing = Pick<Execution, "project" | "publisher" | "emit">;

/** Publishes the candidate of a step that is held. `note` says which one it is, and who lets it through. */
export function promoteHeld(of: Publishing, step: Step, note: OverrideNote): readonly OutputMade[] {
  const { project, publisher, emit } = of;
  const unit = project.units.unitOf(step);
  const { candidate = "" } = note;
  const candidates = unit ? versionsKept(project.root, unit.folder).filter(({ waiting }) => waiting !== undefined) : [];
  const version = candidates.find(({ digest }) => digest === candidate);
  if (unit === undefined || version?.waiting === undefined || !version.isKept) {
    const problem = `candidate ${shortDigest(candidate)} of ${step.id} is no longer kept`;
    throw noModelVersion({ problem, versions: "", hint: `'pipe unpin ${step.id}', and build it again` });
  }
  const startedMs = Date.now();
  const stage = new Stage(project.root, ".pipe/stage/promote");
  try {
    const staged = stagedFromVersion(project, unit, { version, files: filesOf(version, step), stage });
    keepBefore(project, step, staged);
    const publications = [{ record: version.waiting.trace, staged }];
    const deployment = promotionOf(unit, version, note);
    const outputs = publisher.publishTogether({ publications, deployment }, (paths) => {
      for (const path of paths) emit(rescued(step.id, path));
    });
    emit({ type: "step-restored", step: step.id, reasons: [], durationMs: Date.now() - startedMs, outputs });
    return outputs;
  } finally {
    stage.clear();
  }
}

function promotionOf(unit: Unit, { digest }: ModelVersion, { reason, who, atMs }: OverrideNote): Deployment {
  const { model, folder } = unit;
  return { id: `${atMs}-${shortDigest(digest)}`, deed: "promote", model, folder, digest, reason, who, atMs };
}

/** The step that a candidate holds as things are now. Throws where what it reads has changed, or a person decided otherwise. */
export function heldStep(project: Project, version: KeptVersion): Step {
  const id = version.waiting?.trace.step ?? "";
  const [step] = project.catalog.makersOf(version.model, new Set());
  const override = step && overrideOf(project.state.overrides, step);
  if (override !== undefined && override.kind !== "held") throw alreadyDecided({ step: id, override });
  const isMeant = override?.candidate === version.digest;
  if (step === undefined || !isMeant || !isHeldBack(judge(project, step, lookAt(project))))
    throw candidateOutdated({ step: id, digest: shortDigest(version.digest) });
  return step;
}

const lookAt = ({ observer }: Project): Look => ({
  digestOf: (path) => observer.digestOf(path),
  needsOutputs: () => true,
  isForced: () => false,
  readinessOf: () => "ready",
});

/** Forgets that a version was rejected: what makes it may publish it again, and what waits for that is judged anew. */
export function pardon(
  project: Project,
  unit: Unit,
  of: { readonly version: KeptVersion; readonly note: OverrideNote },
): void {
  const { overrides } = project.state;
  const released = unit.steps.map(({ id }) => id).filter((step) => overrides.get(step)?.kind === "held");
  project.state.append({ released });
  settleDeployment(project.root, promotionOf(unit, of.version, of.note));
}
