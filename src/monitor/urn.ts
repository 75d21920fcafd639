/** How many of the marked rows a draw without replacement takes: the exact law of counts in two samples of one kind. Pure. */

import jStat from "jstat";

/** Two samples, put together: what is marked falls to either by chance. */
export interface Urn {
  /** Rows of both samples that are marked. */
  readonly marked: number;
  /** Rows of the current sample. */
  readonly drawn: number;
  /** Rows of both samples. */
  readonly all: number;
}

export interface Draw {
  /** Rows of the current sample that are marked. */
  readonly count: number;
  readonly probability: number;
}

/** Beyond it lies less than one in 10¹⁴, in a thin tail too. */
const REACH_DEVIATIONS = 8;
/** Of a wider range every second, third … count stands for those beside it, which are as likely. */
const MOST_DRAWS = 20_000;

/**
 * The counts that may come, rising, each with its probability: the hypergeometric distribution, which R. A. Fisher's exact
 * test is made of (The logic of inductive inference, Journal of the Royal Statistical Society 98, 1935). For up to 10¹² rows.
 */
export function drawsOf({ marked, drawn, all }: Urn): readonly Draw[] {
  const mean = (marked * drawn) / all;
  const reach = REACH_DEVIATIONS * (Math.sqrt(mean * (1 - drawn / all)) + REACH_DEVIATIONS / 3);
  const from = Math.max(0, drawn + marked - all, Math.ceil(mean - reach));
  const to = Math.min(drawn, marked, Math.floor(mean + reach));
  const step = Math.ceil((to - from + 1) / MOST_DRAWS);
  const likelihoods = Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, at) => {
    const count = from + at * step;
    return { count, log: logWays(marked, count) + logWays(all - marked, drawn - count) };
  });
  // Taken from the greatest, they need no constant, which would cost digits.
  const most = likelihoods.reduce((greatest, { log }) => Math.max(greatest, log), -Infinity);
  const mass = likelihoods.reduce((sum, { log }) => sum + Math.exp(log - most), 0);
  return likelihoods.map(({ count, log }) => ({ count, probability: Math.exp(log - most) / mass }));
}

/** ln of how many ways there are to choose so many of all, but for what is the same however many are chosen. */
const logWays = (all: number, chosen: number): number => -jStat.loggam(chosen + 1) - jStat.loggam(all - chosen + 1);
