/** Targets as typed, turned into what the engine reads: rule names, and paths from the project's root. Pure. */

import { relative, resolve, sep } from "node:path";
import { outsideProject } from "../core/usage.ts";
import type { Place } from "./locate.ts";

export interface Known {
  /** True for the name of a rule, or of a step of it. */
  isNamed(word: string): boolean;
  isMade(path: string): boolean;
}

export function targetsFrom(words: readonly string[], place: Place, known: Known): readonly string[] {
  return words.map((word) => targetFrom(word, place, known));
}

function targetFrom(word: string, place: Place, known: Known): string {
  if (known.isNamed(word)) return word;
  const path = pathFromRoot(word, place);
  // Neither: left as it was typed, since that is what the error should name.
  if (/^[^./]+$/.test(word) && !known.isMade(path)) return word;
  return known.isNamed(path) ? `./${path}` : path;
}

function pathFromRoot(word: string, { cwd, root }: Place): string {
  const typed = relative(root, resolve(cwd, word)).replaceAll(sep, "/");
  // With --pipefile one may stand anywhere; a path that makes no sense from there is meant from the root.
  const isInside = !isOutside(typed);
  const isElsewhere = isOutside(relative(root, cwd).replaceAll(sep, "/"));
  const path = !isInside && isElsewhere ? relative(root, resolve(root, word)).replaceAll(sep, "/") : typed;
  if (isOutside(path)) throw outsideProject({ path: word, root });
  return word.endsWith("/") && path !== "" ? `${path}/` : path || ".";
}

const isOutside = (path: string): boolean => path === ".." || path.startsWith("../") || path.startsWith("/");
