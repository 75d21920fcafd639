/** Artifact paths: project-relative, forward slashes, a trailing `/` for a directory. Pure. */

import { badPath } from "./error.ts";
import { shown } from "./shown.ts";

export const isDirectory = (path: string): boolean => path.endsWith("/");

/** The one spelling of a declared path, or an error where it leaves the project. */
export function artifactPath(text: string, declaredBy: string): string {
  // Nearly every path is written plainly already; the graph of a large project has many.
  if (PLAIN.test(text)) return text;
  const segments: string[] = [];
  for (const segment of text.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === ".." && segments.pop() === undefined)
      throw badPath({ text, declaredBy, problem: "leaves the project" });
    if (segment !== "..") segments.push(segment);
  }
  if (text.startsWith("/")) throw badPath({ text, declaredBy, problem: "is absolute" });
  if (text.includes("\0")) throw badPath({ text, declaredBy, problem: "has a NUL character" });
  if (segments.length === 0) throw badPath({ text, declaredBy, problem: "names no file in the project" });
  return segments.join("/") + (/\/\.?$/.test(text) ? "/" : "");
}

const PLAIN = /^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*\/?$/;

/** The directories above a path, nearest first: `a/b/c.csv` → `a/b/`, `a/`. */
export function directoriesAbove(path: string): readonly string[] {
  const found: string[] = [];
  let end = path.lastIndexOf("/", path.length - 2);
  while (end > 0) {
    found.push(path.slice(0, end + 1));
    end = path.lastIndexOf("/", end - 1);
  }
  return found;
}

/**
 * What pipe itself writes in a project; none of it is an input or a member of a directory, nor may a rule make it. The
 * versions of a model are known by the names of their folders, wherever a Pipefile has them kept.
 */
export function isOwnFile(path: string): boolean {
  return /^(?:\.pipe|logs)(?:\/|$)|^reports\/(?:[^/]*\.jsonl|monitoring\.html)$|(?:^|\/)[0-9a-f]{16}\.version(?:\.\w+)*(?:\/|$)/.test(
    path,
  );
}

/** True for an output that would take the place of what pipe itself writes. */
export const coversOwnFiles = (path: string): boolean => isOwnFile(path) || /^reports\/?$/.test(path);

/** A path that a glob's map() or a wildcard's value gave: known only once the graph is drawn, and checked like any other. */
export function givenPath(text: unknown, declaredBy: string): string {
  if (typeof text !== "string") throw badPath({ text: shown(text), declaredBy, problem: "is no text" });
  const path = artifactPath(text, declaredBy);
  if (isOwnFile(path)) throw badPath({ text, declaredBy, problem: "is one that pipe itself writes" });
  return path;
}

/** Compares by code unit, so that an order never depends on the locale. */
export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A step's name as a file name; `:` and whatever a file system may refuse are replaced. */
export function fileNameOf(step: string): string {
  const name = step
    .replace(":", ".")
    .replace(/[^\w.=,@-]/g, (character) => `%${character.codePointAt(0)?.toString(16)}`);
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME)}~${checksumOf(step)}`;
}

const LONGEST_NAME = 150;

/** FNV-1a, 32 bits (Fowler, Noll, Vo): enough to keep two long names apart. */
function checksumOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16);
}
