/** What models, rollback and promote say. Pure. */

import type { OutputMade } from "../core/event.ts";
import { shortDigest, type KeptVersion, type VersionStatus } from "../core/model-version.ts";
import { timeText } from "../core/version.ts";
import { formatMetric, formatSize } from "./format.ts";
import type { Paint, Style } from "./paint.ts";

export interface ListedModel {
  readonly model: string;
  /** The figure that the gate looks at comes first. */
  readonly metric: string | undefined;
  readonly versions: readonly (KeptVersion & { readonly status: VersionStatus })[];
}

const STYLES: Readonly<Record<VersionStatus, Style>> = {
  live: "good",
  healthy: "faint",
  candidate: "warn",
  rejected: "bad",
};

const MOST_FIGURES = 3;

export function modelsText(models: readonly ListedModel[], paint: Paint): string {
  return models.map((model) => modelText(model, paint)).join("");
}

function modelText({ model, metric, versions }: ListedModel, paint: Paint): string {
  const lines = versions.map((version) => {
    const { status, digest, atMs } = version;
    const facts = [timeText(atMs), ...figuresOf(version, metric), ...notesOn(version)];
    return `  ${paint(STYLES[status], status.padEnd(10))}${shortDigest(digest)}  ${facts.join("  ")}\n`;
  });
  const isAnyLive = versions.some(({ status }) => status === "live");
  const note = isAnyLive ? "" : "  what stands there now is no version that is kept: a build that ends well keeps it\n";
  return `${paint("strong", model)}\n${lines.join("")}${note}`;
}

function figuresOf({ figures }: KeptVersion, metric: string | undefined): readonly string[] {
  const names = Object.keys(figures).toSorted((a, b) => Number(b === metric) - Number(a === metric));
  return names.slice(0, MOST_FIGURES).map((name) => `${name} ${formatMetric(figures[name] ?? Number.NaN)}`);
}

function notesOn({ status, waiting, mark, isKept }: ListedModel["versions"][number]): readonly string[] {
  const day = mark === undefined ? "" : new Date(mark.atMs).toISOString().slice(0, 10);
  const why = mark === undefined || mark.reason === "" ? "" : `: ${JSON.stringify(mark.reason)}`;
  return [
    ...(status === "rejected" && mark !== undefined ? [`${day} by ${mark.who}${why}`] : []),
    ...(waiting === undefined ? [] : [waiting.problem]),
    ...(isKept ? [] : ["its files are no longer kept"]),
  ];
}

interface Told {
  readonly model: string;
  readonly version: KeptVersion;
  readonly outputs: readonly OutputMade[];
}

export function rolledBackText({
  model,
  version,
  outputs,
  from,
}: Told & { readonly from: KeptVersion | undefined }): string {
  const left = from === undefined ? "" : `, from ${shortDigest(from.digest)}, which is rejected from now on`;
  return `rolled back  ${model} to ${shortDigest(version.digest)} of ${timeText(version.atMs)}${left}\n${outputLines(outputs)}it stays until 'pipe unpin ${model}', whatever changes\n`;
}

export function promotedText({ model, version, outputs }: Told): string {
  return `promoted     ${shortDigest(version.digest)} of ${timeText(version.atMs)}\n${outputLines(outputs)}'pipe build ${model}' brings what is made from it up to date\n`;
}

export const pardonedText = ({ model, version }: Omit<Told, "outputs">): string =>
  `promoted     ${shortDigest(version.digest)} is rejected no longer: a build may publish it, and 'pipe rollback ${shortDigest(version.digest)}' puts it back at ${model}\n`;

const outputLines = (outputs: readonly OutputMade[]): string =>
  outputs
    .map(({ path, sizeBytes }) => `             ${path}${path.endsWith("/") ? "" : ` (${formatSize(sizeBytes)})`}\n`)
    .join("");
