/** What the content of a file or a directory comes to: a digest, and what it looked like when that was taken. */

import { closeSync, fstatSync, openSync } from "node:fs";
import type { Digest } from "../core/staleness.ts";
import { digestOfDescriptor, digestOfText } from "./digest.ts";
import { lookOf, sameStats, type Look } from "./signature.ts";
import type { Member } from "./tree.ts";

export const treeDigest = (listing: string): Digest => `tree-${digestOfText(listing)}`;

/** A directory's members with their signatures, as far as they can tell of a change. */
export function stampOf(members: readonly Member[]): string {
  return members
    .map((member) => {
      if (member.kind !== "file") return `${member.path} ${member.kind === "link" ? member.target : ""}`;
      const { ino, size, mtimeMs, ctimeMs } = member.stats;
      return `${member.path} ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
    })
    .join("\n");
}

/** The digest of a file, and its state on the very descriptor that was hashed. */
export function hashFile(file: string): { readonly digest: Digest; readonly stats: Look } {
  const descriptor = openSync(file, "r");
  try {
    for (let triesLeft = 3; ; triesLeft--) {
      const stats = lookOf(fstatSync(descriptor));
      const digest = digestOfDescriptor(descriptor, stats.size) + (stats.isExecutable ? EXECUTABLE : "");
      // A file that changed under the reading has no one content. The next look may find one; if not, the step that
      // reads it will see that it keeps moving.
      if (triesLeft === 0 || sameStats(stats, lookOf(fstatSync(descriptor)))) return { digest, stats };
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Ends the digest of a file that may be executed: the bit is part of its content. */
const EXECUTABLE = "+x";

/** Whatever publishes or deletes meanwhile may take a path away between the look at it and the reading. */
export const isGone = (error: unknown): boolean =>
  ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
