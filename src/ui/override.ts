/** What restore, accept and unpin say of what they did. Pure. */

import type { OutputMade } from "../core/event.ts";
import { noteText, type OverrideNote } from "../core/override.ts";
import { timeText, versionsText, type KnownVersion, type Version } from "../core/version.ts";
import { formatSize } from "./format.ts";

interface Told {
  readonly step: string;
  readonly override: OverrideNote;
}

export function restoredText(
  told: Told & { readonly version: Omit<Version, "outputs">; readonly outputs: readonly OutputMade[] },
): string {
  const { step, version, outputs } = told;
  const lines = outputs.map(
    ({ path, sizeBytes }) => `          ${path}${path.endsWith("/") ? "" : ` (${formatSize(sizeBytes)})`}\n`,
  );
  return `restored  ${step} as of ${timeText(version.atMs)}, build ${version.build}\n${lines.join("")}it stays until 'pipe unpin ${step}', whatever changes\n`;
}

export function acceptedText({
  step,
  outputs,
}: Told & { readonly outputs: readonly { readonly path: string }[] }): string {
  const lines = outputs.map(({ path }) => `          ${path}\n`);
  return `accepted  ${step} as it stands\n${lines.join("")}it is fresh until what it is made from changes, or 'pipe unpin ${step}'\n`;
}

export const unpinnedText = (ended: readonly Told[]): string =>
  ended
    .map(({ step, override }) => `unpinned  ${step}, which was ${noteText(override)}\n`)
    .concat("the next build judges it as any other step\n")
    .join("");

export function versionListText(
  step: string,
  versions: readonly (KnownVersion & { readonly isCurrent: boolean })[],
): string {
  if (versions.length === 0) return `no version of ${step} is known\n`;
  const notes = new Map<Version, string>(
    versions.map((version) => [
      version,
      `${version.isCurrent ? ", stands there now" : ""}${version.isKept ? "" : ", no longer in the cache"}`,
    ]),
  );
  return `${versionsText(versions, (version) => notes.get(version) ?? "")}\n`;
}
