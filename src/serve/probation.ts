/** Decides whether a model that has just been put in service stays there, by what the one before did. Pure. */

import type { ProbationPolicy } from "../core/served-model.ts";
import type { Tally } from "./tally.ts";

/**
 *     open ──► lost     it fails, or takes, too often or too long: at once where it can no longer come right
 *       └────► passed   enough requests and enough time
 *
 * Without traffic it stays open.
 */
export type Probation = "open" | "passed" | { readonly lost: string };

/** What the least share of failures counts as: a rare failure of a model before may have been luck. */
const FEWEST_FAILURES = 0.01;

/** Seconds: what takes no longer is no slower to anyone. */
const SHORTEST = 0.001;

const QUANTILE = 0.9;

export function probationOf(
  of: { readonly before: Tally | undefined; readonly now: Tally; readonly elapsedMs: number },
  policy: ProbationPolicy,
): Probation {
  const { before, now, elapsedMs } = of;
  const problem = failureProblem(before, now, policy) ?? slownessProblem(before, now, policy);
  if (problem !== undefined) return { lost: problem };
  return now.requests >= policy.minRequests && elapsedMs >= policy.timeMs ? "passed" : "open";
}

function failureProblem(
  before: Tally | undefined,
  now: Tally,
  { minRequests, factor }: ProbationPolicy,
): string | undefined {
  const earlier = before === undefined || before.requests === 0 ? 0 : before.failures / before.requests;
  const allowed = factor * Math.max(earlier, FEWEST_FAILURES) * Math.max(now.requests, minRequests);
  if (now.failures <= allowed) return undefined;
  return `${now.failures} of ${now.requests} requests failed (before: ${percent(earlier)})`;
}

/** Judged where both were asked for as many rows often enough. */
function slownessProblem(
  before: Tally | undefined,
  now: Tally,
  { minRequests, factor }: ProbationPolicy,
): string | undefined {
  for (const [digits, durations] of now.durations) {
    const earlier = before?.durations.get(digits);
    if (earlier === undefined || earlier.count < minRequests || durations.count < minRequests) continue;
    const [limit, found] = [earlier.getValueAtQuantile(QUANTILE), durations.getValueAtQuantile(QUANTILE)];
    if (found > Math.max(factor * limit, SHORTEST))
      return `a tenth of its predictions take more than ${milliseconds(found)} (before: ${milliseconds(limit)})`;
  }
  return undefined;
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(2))} %`;
const milliseconds = (seconds: number): string => `${Number((1_000 * seconds).toPrecision(3))} ms`;
