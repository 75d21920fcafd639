/** Every error about the versions of a model: which one is meant, and whether it may go live. Pure. */

import { PipeError } from "./error.ts";
import { noteText, type OverrideNote } from "./override.ts";

export const noModels = (): PipeError =>
  new PipeError({
    code: "no-models",
    message: "no rule of the Pipefile keeps versions of a model",
    hint: 'give the rule that makes it a backup: { to: "model/backup", keep: 5 }',
  });

export const noNamedModels = (at: { rule: string; model: string }): PipeError =>
  new PipeError({
    code: "no-models",
    message: `${at.rule} makes a model for each filling of its wildcards, and none is named`,
    hint: `name one by its path, such as ${at.model}`,
  });

export const notAModel = (at: { target: string; models: readonly string[] }): PipeError =>
  new PipeError({
    code: "no-models",
    message: `${at.target} belongs to no model whose versions are kept`,
    hint: `the models are ${at.models.join(", ")}`,
  });

export const manyModels = (at: { models: readonly string[] }): PipeError =>
  new PipeError({
    code: "many-models",
    message: `there is more than one model: ${at.models.join(", ")}`,
    hint: `name a version by its digest, or the model: pipe rollback ${at.models[0]}`,
  });

/** `versions` is the list as `pipe models` prints it. */
export const noModelVersion = (at: { problem: string; versions: string; hint?: string }): PipeError =>
  new PipeError({
    code: "no-model-version",
    message: `${at.problem}${at.versions === "" ? "" : `; there are\n${at.versions}`}`,
    hint: at.hint ?? "a version is kept from when it went live; name one by the first digits of its digest",
  });

export const versionDamaged = (at: { path: string; folder: string }): PipeError =>
  new PipeError({
    code: "version-damaged",
    message: `${at.folder} is not as it was kept: ${at.path} is missing or was changed`,
    hint: "choose another version: pipe models",
  });

export const keptMoved = (at: { path: string; folder: string }): PipeError =>
  new PipeError({
    code: "version-moved",
    message: `${at.path} changed while it was copied to ${at.folder}`,
    hint: "let whatever writes it finish, then type the same command again",
  });

export const versionMisfit = (at: { step: string; digest: string }): PipeError =>
  new PipeError({
    code: "version-misfit",
    message: `version ${at.digest} was kept when ${at.step} made other outputs than the Pipefile says now`,
    hint: "put the Pipefile of then back first, or choose another version: pipe models",
  });

export const candidateOutdated = (at: { step: string; digest: string }): PipeError =>
  new PipeError({
    code: "candidate-outdated",
    message: `candidate ${at.digest} was made from what ${at.step} does not read any more, or held back by another gate than it has`,
    hint: `'pipe build ${at.step}' makes a new one, or finds it good enough`,
  });

export const alreadyDecided = (at: { step: string; override: OverrideNote }): PipeError =>
  new PipeError({
    code: "override-held",
    message: `${at.step} is ${noteText(at.override)}, which a promotion would undo`,
    hint: `'pipe unpin ${at.step}' ends that`,
  });

/** `problem` follows the file's path. */
export const noFigure = (at: { step: string; path: string; problem: string }): PipeError =>
  new PipeError({
    code: "no-figure",
    message: `the gate of ${at.step} cannot tell how good the new model is: ${at.path} ${at.problem}`,
    hint: "write the metric there as JSON, or name another in promote.metric",
  });

export const notLive = (at: { model: string; digest: string }): PipeError =>
  new PipeError({
    code: "not-live",
    message: `no file of ${at.model} has a SHA-256 that begins with ${at.digest}: nothing is put back`,
    hint: "'pipe models' shows which version is live",
  });
