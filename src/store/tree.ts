/** A directory artifact as a list of its members, whose text is what its digest is taken of. */

import { lstatSync, readdirSync, readlinkSync, type Stats } from "node:fs";
import { posix } from "node:path";
import { byCodeUnit, isOwnFile } from "../core/artifact.ts";
import { linkLeaves, oddMember } from "../core/error.ts";

export type Member =
  | { readonly kind: "file"; readonly path: string; readonly stats: Stats }
  | { readonly kind: "directory"; readonly path: string }
  | { readonly kind: "link"; readonly path: string; readonly target: string };

/**
 * The members of a directory, with paths relative to it, sorted. Sub-directories count, so that an empty one is kept.
 * `place` is where the directory stands on disk, `path` the project path that it has or will have.
 */
export function membersOf(place: string, path: string): readonly Member[] {
  const found: Member[] = [];
  const folders = [""];
  const holders = new Set<string>();
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const name of readdirSync(`${place}/${folder}`)) {
      const inside = folder + name;
      if (isOwnFile(path + inside)) {
        holders.add(folder.slice(0, -1));
        continue;
      }
      const member = memberOf(place, path, inside);
      if (member.kind === "directory") folders.push(`${inside}/`);
      found.push(member);
    }
  }
  // A folder that has nothing but what pipe wrote there is of pipe's own making, too.
  const isOwn = (member: Member): boolean =>
    holders.has(member.path) && !found.some((other) => other.path.startsWith(`${member.path}/`));
  const members = holders.size === 0 ? found : found.filter((member) => !isOwn(member));
  return members.toSorted((a, b) => byCodeUnit(a.path, b.path));
}

function memberOf(place: string, path: string, inside: string): Member {
  const stats = lstatSync(`${place}/${inside}`);
  if (stats.isDirectory()) return { kind: "directory", path: inside };
  if (stats.isFile()) return { kind: "file", path: inside, stats };
  if (!stats.isSymbolicLink()) throw oddMember({ directory: path, member: path + inside });
  const target = readlinkSync(`${place}/${inside}`);
  const end = posix.normalize(posix.join(posix.dirname(inside), target));
  if (posix.isAbsolute(target) || end.startsWith("../"))
    throw linkLeaves({ directory: path, link: path + inside, target });
  return { kind: "link", path: inside, target };
}

export interface ListedMember {
  readonly path: string;
  readonly kind: "file" | "directory" | "link";
  /** A file's digest, a link's target, nothing for a directory. */
  readonly content: string;
}

/** One JSON array a line and member; a tree's digest is the digest of these lines. */
export function listingOf(members: readonly Member[], digestOf: (member: Member & { kind: "file" }) => string): string {
  return members
    .map((member) => `${JSON.stringify([member.path, member.kind, contentOf(member, digestOf)])}\n`)
    .join("");
}

function contentOf(member: Member, digestOf: (member: Member & { kind: "file" }) => string): string {
  if (member.kind === "directory") return "";
  return member.kind === "link" ? member.target : digestOf(member);
}

export function readListing(listing: string): readonly ListedMember[] {
  return listing
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [path, kind, content] = JSON.parse(line) as [string, ListedMember["kind"], string];
      return { path, kind, content };
    });
}
