/** Windows of rows that are drawn, and whether the tests of drift raise an alarm. */

import { edgeRanks, numberReference } from "../../src/model/reference.ts";
import { homogeneity } from "../../src/monitor/homogeneity.ts";
import { sharesDiffer } from "../../src/monitor/share.ts";
import { psi, psiCritical } from "../../src/monitor/statistic.ts";
import type { Counts } from "../../src/monitor/counts.ts";
import type { Source } from "./drawn.ts";

export interface Rows {
  /** M and N. */
  readonly training: number;
  readonly window: number;
}

/** One test of a window at the level that is left to it. */
export type Test = (level: number) => boolean;

export const ofNumbers = (of: Counts): Test => {
  const index = psi(of);
  return (level) => index > psiCritical(of, level);
};

export const ofCategories =
  (of: Counts): Test =>
  (level) => {
    const { statistic, critical } = homogeneity(of, level);
    return statistic > critical;
  };

/** Bonferroni's correction: whether any test of the window is an alarm. */
export const isAlarm = (tests: readonly Test[], level: number): boolean =>
  tests.some((test) => test(level / tests.length));

/** A continuous number: whatever its distribution is, the window's counts in ten bins are these. */
export function continuous({ multinomial, spacings }: Source, { training, window }: Rows): Counts {
  const known = edgeRanks(training);
  const upTo = [...known.map((rank) => rank + 1), training];
  const reference = upTo.map((count, at) => count - (upTo[at - 1] ?? 0));
  return { reference, current: multinomial(window, spacings(reference)) };
}

/** A number with ties: value i comes with the probability `shares[i]`. */
export function tied(source: Source, rows: Rows, shares: readonly number[]): Counts {
  const sample = source.multinomial(rows.training, shares);
  let below = 0;
  const cumulated = sample.map((count) => (below += count));
  const edges = edgeRanks(rows.training).map((rank) => {
    const value = cumulated.findIndex((atMost) => atMost > rank);
    return { value, atMost: cumulated[value] as number };
  });
  const summary = { known: rows.training, missing: 0, least: 0, greatest: shares.length - 1, mean: 0 };
  const reference = numberReference(summary as Parameters<typeof numberReference>[0], edges);
  const current = reference.counts.map(() => 0);
  for (const [value, count] of source.multinomial(rows.window, shares).entries()) {
    const bin = reference.edges.filter((edge) => edge < value).length;
    current[bin] = (current[bin] ?? 0) + count;
  }
  return { current, reference: reference.counts };
}

/** Categories that the model knows, be they rare; and the bin of new ones, which stays empty. */
export function categories({ multinomial }: Source, rows: Rows, shares: readonly number[]): Counts {
  return {
    current: [...multinomial(rows.window, shares), 0],
    reference: [...multinomial(rows.training, shares), 0],
  };
}

/** Whether as many rows lack a value as did in training. */
export function missing({ multinomial }: Source, { training, window }: Rows, rate: number): Test {
  const of = (rows: number): readonly [number, number] => [multinomial(rows, [rate, 1 - rate])[0] ?? 0, rows];
  const [current, reference] = [of(window), of(training)];
  return (level) => sharesDiffer({ current, reference }, level);
}
