/** What a build warns of: that nothing is wrong enough to stop for, but a person should know. Pure. */

import { undeclaredPath, type PipeError } from "./core/error.ts";
import type { Warning } from "./core/event.ts";
import { noteText, type OverrideNote } from "./core/override.ts";
import type { Reason } from "./core/staleness.ts";
import type { Project } from "./project.ts";

export function deadOutputs({ catalog }: Pick<Project, "catalog">): readonly Warning[] {
  if (catalog.deadOutputs.length === 0) return [];
  return [
    {
      type: "warning",
      code: "dead-output",
      message: `no rule makes these any more, so no glob takes them: ${catalog.deadOutputs.join(", ")}`,
      hint: "'pipe clean --dead' removes them; or put their rule back",
    },
  ];
}

/** `limit` as declared. */
export const cacheFull = (limit: string): Warning => ({
  type: "warning",
  code: "cache-full",
  message: `what the present outputs need of the cache is more than its limit of ${limit}, and none of it is removed`,
  hint: "raise cache.limit in the Pipefile, or keep what is large and quick to make out of the cache: cache: false",
});

/** `path` is where the earlier bytes are now. */
export const rescued = (step: string, path: string): Warning => ({
  type: "warning",
  code: "rescued",
  message: `${step} replaced an output that was not its own work; the earlier one is kept as ${path}`,
  hint: "copy it back under another name if you need it; it is not used again",
});

/** `reasons` are what changed since the acceptance. */
export function overrideEnded(step: string, override: OverrideNote, reasons: readonly Reason[]): Warning {
  const shown = reasons.slice(0, 3).map(({ part, name }) => `${part} ${name}`.trim());
  const more = reasons.length > shown.length ? ` and ${reasons.length - shown.length} more` : "";
  return {
    type: "warning",
    code: "override-ended",
    message: `${step} was ${noteText(override)}; that covers it no longer, for these changed: ${shown.join(", ")}${more}`,
    hint: `it is judged as any other step; 'pipe accept ${step} --reason "…"' accepts what stands there then`,
  };
}

/** `needs` are steps that the accepted one reads from. */
export const acceptedEarly = (step: string, needs: readonly string[]): Warning => ({
  type: "warning",
  code: "accepted-early",
  message: `${step} is accepted for its inputs of now, but ${needs.join(", ")} may yet change them, which would end it`,
  hint: `pipe build ${needs.join(" ")}, and then accept ${step}`,
});

/** What the cache refused to take of a step that is otherwise done. */
export const notCached = (step: string, { message, hint = "" }: PipeError): Warning => ({
  type: "warning",
  code: "not-cached",
  message: `what ${step} made is in place, but could not be kept in the cache: ${message}`,
  hint,
});

/** What could not be kept of a model that is in place; the next publish of it tries again, and does not go on without. */
export const notKept = (model: string, { message, hint = "" }: PipeError): Warning => ({
  type: "warning",
  code: "not-kept",
  message: `this version of ${model} is in place, but could not be kept: ${message}`,
  hint,
});

export const notRemembered = ({ message, hint = "" }: PipeError): Warning => ({
  type: "warning",
  code: "not-remembered",
  message: `some of what would spare the next build work could not be written: ${message}`,
  hint,
});

export const notReported = ({ message, hint = "" }: PipeError): Warning => ({
  type: "warning",
  code: "not-reported",
  message: `some lines of this build are missing in reports/: ${message}`,
  hint,
});

/** The error of a strict pipeline, where it is not strict. */
export function undeclared(step: string, paths: readonly string[]): Warning {
  const { code, message, hint = "" } = undeclaredPath({ step, paths });
  return { type: "warning", code, message, hint };
}
