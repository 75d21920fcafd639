/** Everything that stands in a folder, as text that can be compared. */

import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";

/** Paths of all files below a folder, sorted, relative to it. */
export function filesBelow(folder: string): readonly string[] {
  return Object.entries(contentsOf(folder))
    .filter(([, content]) => content !== "directory")
    .map(([path]) => path);
}

/** By path: the digest of a file with its permissions, a link's target, or `directory`. */
export function contentsOf(folder: string): Readonly<Record<string, string>> {
  return walk(folder, (file) => contentOf(file));
}

/** The same with what tells of a write that put the same bytes back: inode, mtime and ctime. */
export function marksOf(folder: string): Readonly<Record<string, string>> {
  return walk(folder, (file) => {
    const { ino, mtimeNs, ctimeNs } = lstatSync(file, { bigint: true });
    return lstatSync(file).isDirectory() ? "directory" : `${contentOf(file)} ${ino} ${mtimeNs} ${ctimeNs}`;
  });
}

function walk(folder: string, describe: (file: string) => string): Readonly<Record<string, string>> {
  const found: [string, string][] = [];
  const open = [""];
  for (let inside = open.pop(); inside !== undefined; inside = open.pop()) {
    for (const name of readdirSync(join(folder, inside))) {
      const path = inside === "" ? name : `${inside}/${name}`;
      found.push([path, describe(join(folder, path))]);
      if (lstatSync(join(folder, path)).isDirectory()) open.push(path);
    }
  }
  return Object.fromEntries(found.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function contentOf(file: string): string {
  const stats = lstatSync(file);
  if (stats.isDirectory()) return "directory";
  if (stats.isSymbolicLink()) return `link ${readlinkSync(file)}`;
  return `${createHash("sha256").update(readFileSync(file)).digest("hex")} ${(stats.mode & 0o777).toString(8)}`;
}
