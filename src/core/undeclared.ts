/** Paths that a command's text names outright, which are worth a second look where no input or output names them. Pure. */

import { directoriesAbove } from "./artifact.ts";
import type { Step } from "./catalog.ts";

/** The words of a command that stand for themselves; what holds a variable or a pattern says nothing before it runs. */
export function literalWords(command: string): readonly string[] {
  const words = command.split(/[\s;|&<>(){}'"`=]+/).filter((word) => /^[^$*?[\]~\\-][^$*?[\]~\\]*$/.test(word));
  return [...new Set(words.map((word) => word.replace(/^\.\//, "")))];
}

/** The files of the project that a step's command names though no input or output of it does. */
export function undeclaredPaths(step: Step, isFile: (path: string) => boolean): readonly string[] {
  const { run } = step.rule;
  if (typeof run !== "string") return [];
  const declared = new Set([...step.inputs, ...step.outputs].flatMap((slot) => slot.paths));
  const isDeclared = (path: string): boolean =>
    declared.has(path) || directoriesAbove(path).some((directory) => declared.has(directory));
  return literalWords(run).filter(
    (word) => !word.startsWith("/") && !word.endsWith("/") && !isDeclared(word) && isFile(word),
  );
}
