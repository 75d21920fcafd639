/** Every error about a person's override of a step, and about the versions that can be put back. Pure. */

import { PipeError } from "./error.ts";
import { noteText, type OverrideNote } from "./override.ts";

export const overrideHeld = (at: { step: string; override: OverrideNote }): PipeError =>
  new PipeError({
    code: "override-held",
    message: `--force would undo what a person decided: ${at.step} is ${noteText(at.override)}`,
    hint: `'pipe unpin ${at.step}' ends that; or force other rules by name`,
  });

export const overrideLost = (at: { step: string; override: OverrideNote; problem: string }): PipeError =>
  new PipeError({
    code: "override-lost",
    message: `${at.step} is ${noteText(at.override)}, but ${at.problem}`,
    hint: `'pipe unpin ${at.step}' ends that, and the next build makes it as any other step`,
  });

export const noOverride = (at: { target: string; held: readonly string[] }): PipeError =>
  new PipeError({
    code: "no-override",
    message: `nobody restored, accepted or pinned ${at.target}`,
    hint: at.held.length === 0 ? "no step is held by an override" : `held are ${at.held.join(", ")}`,
  });

export const notOneStep = (at: { target: string; steps: readonly string[] }): PipeError =>
  new PipeError({
    code: "not-one-step",
    message: `${at.target} names ${at.steps.length} steps, and a person decides about one at a time`,
    hint: `name one of ${at.steps.slice(0, 5).join(", ")}${at.steps.length > 5 ? ", …" : ""}`,
  });

export const cannotAccept = (at: { step: string; problem: string; hint: string }): PipeError =>
  new PipeError({
    code: "cannot-accept",
    message: `${at.step} cannot be accepted: ${at.problem}`,
    hint: at.hint,
  });

/** `versions` is the list as `pipe restore --list` prints it. */
export const noVersion = (at: {
  step: string;
  problem: string;
  versions: string;
  example: string | undefined;
}): PipeError =>
  new PipeError({
    code: "no-version",
    message: `${at.problem}${at.versions === "" ? "" : `; there are\n${at.versions}`}`,
    hint:
      at.example === undefined
        ? "a version is kept from when its step was built, as long as reports/builds.jsonl and the cache have it"
        : `name one by its build: pipe restore ${at.step} --at ${at.example}`,
  });
