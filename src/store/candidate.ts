/** The runs that a cache key had, as its entry lists them: one JSON value a line. Pure. */

import { canonicalJson } from "../core/fingerprint.ts";
import type { Digest, InputState, PathState } from "../core/staleness.ts";
import { digestOfText } from "./digest.ts";

/** What the cache is asked by: all that a step is known by before it runs. */
export function cacheKey(fingerprint: string, inputs: readonly InputState[]): string {
  return digestOfText(`${fingerprint}\n${canonicalJson(inputs.map(({ name, path, digest }) => [name, path, digest]))}`);
}

/** One run that a key had. Candidates of a key differ in what they discovered. */
export interface Candidate {
  readonly discovered: readonly PathState[];
  readonly outputs: readonly PathState[];
  /** The object that holds the log, where the run wrote any. */
  readonly log: Digest | undefined;
}

/** In the order in which they were written. */
export const candidatesIn = (text: string): readonly Candidate[] => text.split("\n").flatMap(candidateOf);

// The newline comes first, so that a torn line spoils no later one.
export const lineOfCandidate = (candidate: Candidate): string => `\n${JSON.stringify(candidate)}`;

function candidateOf(line: string): readonly Candidate[] {
  try {
    const candidate = JSON.parse(line) as Partial<Candidate> | null;
    return isStates(candidate?.outputs) && isStates(candidate?.discovered) ? [candidate as Candidate] : [];
  } catch {
    // A line that a killed build left torn is no candidate.
    return [];
  }
}

function isStates(value: unknown): value is readonly PathState[] {
  const isState = ({ path, digest }: Partial<PathState>): boolean =>
    typeof path === "string" && typeof digest === "string";
  return Array.isArray(value) && value.every((state) => typeof state === "object" && state !== null && isState(state));
}
