/** Artifact paths: project-relative, forward slashes, a trailing `/` for a directory. Pure. */

import { badPath } from "./error.ts";

export const isDirectory = (path: string): boolean => path.endsWith("/");

/** The one spelling of a declared path, or an error where it leaves the project. */
export function artifactPath(text: string, declaredBy: string): string {
  // Nearly every path is written plainly already; the graph of a large project has many.
  if (PLAIN.test(text)) return text;
  const segments: string[] = [];
  for (const segment of text.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === ".." && segments.pop() === undefined) throw badPath({ text, declaredBy, problem: "leaves the project" });
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

/** What pipe itself writes in a project; none of it is an input or a member of a directory, nor may a rule make it. */
export function isOwnFile(path: string): boolean {
  return /^(?:\.pipe|logs)(?:\/|$)|^reports\/[^/]*\.jsonl$/.test(path);
}

/** Compares by code unit, so that an order never depends on the locale. */
export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
