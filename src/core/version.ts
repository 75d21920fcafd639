/** Earlier versions of a step's outputs, and which one a person means. Pure. */

import type { PathState } from "./staleness.ts";

/** What one build left at all outputs of a step. */
export interface Version {
  readonly build: string;
  readonly atMs: number;
  readonly outputs: readonly PathState[];
}

export interface KnownVersion extends Version {
  /** True where the cache has all its bytes. */
  readonly isKept: boolean;
}

export const isSameContent = (a: readonly PathState[], b: readonly PathState[]): boolean =>
  a.length === b.length && a.every(({ path, digest }, at) => b[at]?.path === path && b[at].digest === digest);

/** Each change of content alone, as of the build that brought it. Newest first, as what is given. */
export const changesAmong = <V extends Version>(versions: readonly V[]): readonly V[] =>
  versions.filter(({ outputs }, at) => {
    const before = versions[at + 1];
    return before === undefined || !isSameContent(outputs, before.outputs);
  });

/**
 * The versions that `at` may mean: the one that stood after a build, or at a time, or each content with an
 * output whose digest begins so, as it last came.
 */
export function versionsAt<V extends Version>(versions: readonly V[], at: string): readonly V[] {
  const ofBuild = versions.find(({ build }) => build === at);
  if (ofBuild !== undefined) return [ofBuild];
  const timeMs = timeOf(at);
  if (timeMs !== undefined) return versions.filter(({ atMs }) => atMs < timeMs).slice(0, 1);
  // A build in which the step was fresh made no version of it: what stood then is the one before.
  const [, second] = BUILD.exec(at) ?? [];
  if (second !== undefined) return versions.filter(({ build }) => build.slice(0, second.length) <= second).slice(0, 1);
  if (!DIGEST.test(at)) return [];
  const hex = at.replace("tree-", "");
  const found = versions.filter(({ outputs }) =>
    outputs.some(({ digest }) => digest.replace("tree-", "").startsWith(hex)),
  );
  const isFirst = (version: V, at: number): boolean =>
    found.findIndex(({ outputs }) => isSameContent(outputs, version.outputs)) === at;
  return found.filter(isFirst);
}

const BUILD = /^(\d{14})-[0-9a-f]{4}$/;

/** At least four digits: fewer are no name for anything. */
const DIGEST = /^(?:tree-)?[0-9a-f]{4,}(?:\+x)?$/;

const TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/;
const [DAY_MS, MINUTE_MS, SECOND_MS] = [86_400_000, 60_000, 1000];

/**
 * The end of the day, minute or second that a text names, in UTC where it names no zone: whoever types what a list
 * shows means the version that the list shows there. Undefined for what is no time.
 */
export const timeOf = (text: string): number | undefined => spanOf(text)?.[1];

/** When the day, minute or second that a text names begins, and when the next one does; as {@link timeOf}. */
export function spanOf(text: string): readonly [fromMs: number, toMs: number] | undefined {
  const [, day, time, seconds, zone = "Z"] = TIME.exec(text) ?? [];
  if (day === undefined) return undefined;
  const startMs = Date.parse(`${day}T${time ?? "00:00"}${seconds ?? ""}${zone}`);
  if (Number.isNaN(startMs)) return undefined;
  return [startMs, startMs + (time === undefined ? DAY_MS : seconds === undefined ? MINUTE_MS : SECOND_MS)];
}

/** To the second and in UTC, as it may be typed. */
export const timeText = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19)}Z`;

const DIGITS = 8;

/** A line for each output: when and by which build the version came, and how its content is told from others. */
export function versionsText(versions: readonly Version[], notesOn: (version: Version) => string = () => ""): string {
  const lines = versions.flatMap((version) => {
    const head = `${timeText(version.atMs)}  ${version.build}`;
    return version.outputs.map(({ path, digest }, at) => {
      const content = `${digest.replace("tree-", "").slice(0, DIGITS)}  ${path}`;
      return `  ${at === 0 ? head : " ".repeat(head.length)}  ${content}${at === 0 ? notesOn(version) : ""}`;
    });
  });
  return lines.join("\n");
}
