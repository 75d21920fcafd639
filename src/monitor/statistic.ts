/** How far apart two samples are, from their counts in the same bins, and how far by chance alone. Pure. */

import jStat from "jstat";
import type { Severity } from "../core/monitoring.ts";
import { filled, sumOf, type Counts } from "./counts.ts";
import { drawsOf } from "./urn.ts";

/** Of H. Jeffreys' prior: a bin that a sample lacks is seldom there, not impossible. */
const SMOOTHING = 0.5;
const [MODERATE, STRONG] = [0.1, 0.25];

/** Two samples that have rows, in bins that are not empty on both sides. */
interface Compared extends Counts {
  readonly bins: number;
  /** N and M. */
  readonly currentRows: number;
  readonly referenceRows: number;
}

/**
 * Population stability index: Σ (q − p) ln(q / p), q and p being the bins' shares of the current and of the reference
 * rows, with 0.5 added to each count. It is H. Jeffreys' divergence; as an index of stability it is that of N. Siddiqi,
 * Credit Risk Scorecards, 2006. Bins that are empty on both sides do not count. 0 where a side has no rows.
 */
export function psi(of: Counts): number {
  const compared = comparedOf(of);
  if (compared === undefined) return 0;
  const part = partOf(compared);
  return sumOf(compared.current.map((count, at) => part(count, compared.reference[at] ?? 0)));
}

/** What {@link psi} comes to without drift, on average: (1/N + 1/M)(B − 1), with N and M rows in B bins. */
export function psiExpected(of: Counts): number {
  const compared = comparedOf(of);
  return compared === undefined ? 0 : scaleOf(compared) * (compared.bins - 1);
}

/**
 * What {@link psi} exceeds without drift with a probability of `level`: (1/N + 1/M) χ²₁₋level(B − 1), of B. Yurdakul,
 * J. Naranjo, Statistical properties of the population stability index, Journal of Risk Model Validation 14, 2020. With
 * two bins it is exact, given how many rows of both samples each bin has. 0 where there is one bin, or a side has no
 * rows: with an index of 0 that is never an alarm.
 */
export function psiCritical(of: Counts, level: number): number {
  const compared = comparedOf(of);
  if (compared === undefined || compared.bins < 2) return 0;
  return compared.bins === 2
    ? ofTwoBins(compared, level)
    : scaleOf(compared) * chiSquareCritical(compared.bins - 1, level);
}

/** What χ² exceeds with a probability of `level`; 0 without degrees of freedom. */
export const chiSquareCritical = (degreesOfFreedom: number, level: number): number =>
  degreesOfFreedom < 1 ? 0 : jStat.chisquare.inv(1 - level, degreesOfFreedom);

/**
 * A. Kolmogorov's and N. Smirnov's distance, the greatest between the two shares of rows that are at most a number, at
 * the bins' edges. Within a bin it may be greater, by `resolution` at most: there one sample may have all its rows of the
 * bin before the other has any. Bins are in the order of their numbers. Both 0 where a side has no rows.
 */
export function kolmogorov({ current, reference }: Counts): { readonly distance: number; readonly resolution: number } {
  const [currentRows, referenceRows] = [sumOf(current), sumOf(reference)];
  if (currentRows === 0 || referenceRows === 0) return { distance: 0, resolution: 0 };
  let [distance, most] = [0, 0];
  let [one, other] = [0, 0];
  for (const [at, count] of current.entries()) {
    const [oneNext, otherNext] = [one + count, other + (reference[at] ?? 0)];
    distance = Math.max(distance, Math.abs(oneNext / currentRows - otherNext / referenceRows));
    most = Math.max(most, oneNext / currentRows - other / referenceRows, otherNext / referenceRows - one / currentRows);
    [one, other] = [oneNext, otherNext];
  }
  return { distance, resolution: Math.max(most - distance, 0) };
}

/** Siddiqi's rule of thumb, which only grades what was found: moderate from 0.1 on, strong from 0.25 on. */
export function severityOf(index: number): Severity {
  if (index >= STRONG) return "strong";
  return index >= MODERATE ? "moderate" : "slight";
}

function comparedOf(of: Counts): Compared | undefined {
  const { current, reference } = filled(of);
  const [currentRows, referenceRows] = [sumOf(current), sumOf(reference)];
  if (currentRows === 0 || referenceRows === 0) return undefined;
  return { current, reference, bins: current.length, currentRows, referenceRows };
}

const scaleOf = ({ currentRows, referenceRows }: Compared): number => 1 / currentRows + 1 / referenceRows;

/** What a bin adds to the index. */
function partOf({ bins, currentRows, referenceRows }: Compared): (current: number, reference: number) => number {
  const smoothed = (count: number, rows: number): number => (count + SMOOTHING) / (rows + SMOOTHING * bins);
  return (current, reference) => {
    const [q, p] = [smoothed(current, currentRows), smoothed(reference, referenceRows)];
    return (q - p) * Math.log(q / p);
  };
}

/** The count of one bin says all; the index that is exceeded as seldom as that is found among those that may come. */
function ofTwoBins(compared: Compared, level: number): number {
  const { current, reference, currentRows, referenceRows } = compared;
  const marked = (current[0] ?? 0) + (reference[0] ?? 0);
  const part = partOf(compared);
  const falling = drawsOf({ marked, drawn: currentRows, all: currentRows + referenceRows })
    .map(({ count, probability }) => ({
      probability,
      index: part(count, marked - count) + part(currentRows - count, referenceRows - marked + count),
    }))
    .toSorted((one, other) => other.index - one.index);
  let beyond = 0;
  return falling.find(({ probability }) => (beyond += probability) > level)?.index ?? 0;
}
