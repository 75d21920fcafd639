/** A version of a model, what has been said of it, and which one a person means. Pure. */

import type { Digest, Trace } from "./staleness.ts";

export const VERSION_FORMAT = 1;

/** An output as it was kept. */
export interface ModelFile {
  /** The declared path. */
  readonly path: string;
  readonly step: string;
  /** As in a trace. */
  readonly digest: Digest;
  /** Hex, as `sha256sum` prints it; missing for a directory. */
  readonly sha256?: string;
  /** True for the output that the step is known by. */
  readonly isFirst: boolean;
}

/** What was said of a version that was live. */
export interface Mark {
  /** `healthy` where it passed the probation of a service. */
  readonly status: "healthy" | "rejected";
  /** Empty where none was given. */
  readonly reason: string;
  readonly who: string;
  readonly atMs: number;
}

/** Why a version waits, and what takes it through: the run that made it. */
export interface Waiting {
  readonly problem: string;
  readonly trace: Trace;
  /** What its gate asked, so that a gate that asks something else judges it anew. */
  readonly gate: string;
}

/** What `version.json` holds. */
export interface ModelVersion {
  readonly format: typeof VERSION_FORMAT;
  /** The SHA-256 of the model, hex; of a directory the digest of its listing. */
  readonly digest: string;
  readonly model: string;
  /** When it was made: milliseconds since 1970-01-01 UTC. */
  readonly atMs: number;
  /** When it last took its place; missing where it never did. */
  readonly liveMs?: number;
  readonly files: readonly ModelFile[];
  /** What its metrics file says at its top. */
  readonly figures: Readonly<Record<string, number>>;
  /** Of a candidate alone, which was never live. */
  readonly waiting?: Waiting;
  readonly mark?: Mark;
}

/** A version, and whether its files are there still. */
export interface KeptVersion extends ModelVersion {
  readonly isKept: boolean;
}

/**
 * `candidate` waits to be let through; `live` stands in its place now; `healthy` stood there and was not rejected;
 * `rejected` was taken back, and does not come again by itself.
 */
export type VersionStatus = "candidate" | "live" | "healthy" | "rejected";

/** `live` is what stands at the model's path. */
export function statusOf(version: ModelVersion, live: Digest): VersionStatus {
  if (version.mark?.status === "rejected") return "rejected";
  if (version.waiting !== undefined) return "candidate";
  return isLive(version, live) ? "live" : "healthy";
}

export const isLive = ({ files, model, waiting }: ModelVersion, live: Digest): boolean =>
  waiting === undefined && files.some(({ path, digest }) => path === model && digest === live);

/** Those that the first digits of a digest name: of the model, or of any other file of the version. */
export function versionsNamed<V extends ModelVersion>(versions: readonly V[], text: string): readonly V[] {
  const hex = text.toLowerCase();
  if (!/^[0-9a-f]{4,64}$/.test(hex)) return [];
  const begins = (digest: string): boolean => digest.replace("tree-", "").startsWith(hex);
  const byModel = versions.filter(({ digest }) => begins(digest));
  if (byModel.length > 0) return byModel;
  return versions.filter(({ files }) => files.some(({ digest, sha256 = "" }) => begins(digest) || begins(sha256)));
}

/** The one that stood in its place last, of those that were not rejected. */
export function lastHealthy<V extends KeptVersion>(versions: readonly V[], live: Digest): V | undefined {
  return lastLiveFirst(versions).find((version) => version.isKept && statusOf(version, live) === "healthy");
}

/** By when they were made. */
export const newestFirst = <V extends ModelVersion>(versions: readonly V[]): readonly V[] =>
  versions.toSorted((a, b) => b.atMs - a.atMs);

/** By when they last were live: what was live before is what comes back. */
const lastLiveFirst = <V extends ModelVersion>(versions: readonly V[]): readonly V[] =>
  versions.toSorted((a, b) => (b.liveMs ?? b.atMs) - (a.liveMs ?? a.atMs));

/** The versions whose files go: the oldest but `keep`, and never the live one, nor one that may be put back or waits. */
export function surplusOf<V extends KeptVersion>(
  versions: readonly V[],
  of: { readonly keep: number; readonly live: Digest },
): readonly V[] {
  const { keep, live } = of;
  const earlier = lastLiveFirst(versions).filter(
    (version) => version.isKept && version.waiting === undefined && !isLive(version, live),
  );
  const healthy = lastHealthy(earlier, live);
  return earlier.slice(keep).filter((version) => version !== healthy);
}

/** The rejection that an output of a step falls under, unless a version that was not rejected has it too. */
export function rejectionOf(
  versions: readonly ModelVersion[],
  made: { readonly path: string; readonly digest: Digest },
): Mark | undefined {
  const having = versions.filter(
    ({ files, waiting }) =>
      waiting === undefined &&
      files.some(({ path, digest, isFirst }) => isFirst && path === made.path && digest === made.digest),
  );
  const marks = having.map(({ mark }) => mark);
  return marks.every((mark) => mark?.status === "rejected") ? marks[0] : undefined;
}

/** As much of a digest as a person needs. */
export const shortDigest = (digest: string): string => digest.slice(0, 12);
