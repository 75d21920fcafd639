/** `pipe clean`: what was removed, and what was kept for its owner. Pure. */

import type { Cleaned, KeptBecause } from "../core/upkeep.ts";
import { formatSize } from "./format.ts";
import type { Paint } from "./paint.ts";

const BECAUSE: Readonly<Record<KeptBecause, string>> = {
  held: "a person decided on it; 'pipe unpin' ends that",
  edited: "it is not what pipe built there any more",
  read: "a rule reads it",
  outside: "a link above it leads out of the project",
};

export function cleanText({ isDryRun, removed, kept }: Cleaned, paint: Paint): string {
  if (removed.length === 0 && kept.length === 0) return "nothing to clean\n";
  const [verb, width] = isDryRun ? ["would remove", 14] : ["removed", 10];
  const row = (word: string, text: string): string => `${word.padEnd(width)}${text}\n`;
  const sizeBytes = removed.reduce((sum, each) => sum + each.sizeBytes, 0);
  const size = removed.length === 0 ? "" : ` (${formatSize(sizeBytes)})`;
  return [
    ...removed.map(({ path, sizeBytes }) => row(verb, `${path} (${formatSize(sizeBytes)})`)),
    ...kept.map(({ path, because }) => paint("strong", row("kept", `${path}: ${BECAUSE[because]}`))),
    `${removed.length} ${isDryRun ? "to remove" : "removed"}${size}, ${kept.length} kept\n`,
  ].join("");
}
