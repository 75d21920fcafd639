/** What a build warns of: that nothing is wrong enough to stop for, but a person should know. Pure. */

import { undeclaredPath, type PipeError } from "./core/error.ts";
import type { Warning } from "./core/event.ts";
import type { Project } from "./project.ts";

export function deadOutputs({ catalog }: Pick<Project, "catalog">): readonly Warning[] {
  if (catalog.deadOutputs.length === 0) return [];
  return [
    {
      type: "warning",
      code: "dead-output",
      message: `no rule makes these any more, so no glob takes them: ${catalog.deadOutputs.join(", ")}`,
      hint: "delete them, or put their rule back",
    },
  ];
}

/** `path` is where the earlier bytes are now. */
export const rescued = (step: string, path: string): Warning => ({
  type: "warning",
  code: "rescued",
  message: `${step} replaced an output that was not its own work; the earlier one is kept as ${path}`,
  hint: "copy it back under another name if you need it; it is not used again",
});

/** What the cache refused to take of a step that is otherwise done. */
export const notCached = (step: string, { message, hint = "" }: PipeError): Warning => ({
  type: "warning",
  code: "not-cached",
  message: `what ${step} made is in place, but could not be kept in the cache: ${message}`,
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
