/** How far predictions were from what came true: sums of labels that come one at a time, or by the thousand. Pure. */

import { addToMean } from "simple-statistics";
import type { LabelMoments } from "../core/monitoring.ts";

/** What was predicted, what came true, and how long after. */
export interface Label {
  readonly predicted: number | string;
  /** Of the same type. */
  readonly actual: number | string;
  readonly lagSeconds: number;
}

export const NO_LABELS: LabelMoments = {
  n: 0,
  numbers: 0,
  right: 0,
  lag_seconds: 0,
  lag_seconds_max: 0,
  absolute_error: 0,
  square_error_mean: 0,
  square_error_spread: 0,
  actual_mean: 0,
  actual_spread: 0,
};

/** Beyond it is no measure of anything, and the spread of squares would have no number. */
export const GREATEST_MEASURE = 1e70;

const bounded = (value: number): number => Math.min(Math.max(value, -GREATEST_MEASURE), GREATEST_MEASURE);

export function labelled(one: LabelMoments, { predicted, actual, lagSeconds }: Label): LabelMoments {
  const label = { ...NO_LABELS, n: 1, lag_seconds: lagSeconds, lag_seconds_max: lagSeconds };
  if (typeof predicted !== "number" || typeof actual !== "number")
    return addedLabels(one, { ...label, right: predicted === actual ? 1 : 0 });
  const error = bounded(actual) - bounded(predicted);
  return addedLabels(one, {
    ...label,
    numbers: 1,
    absolute_error: Math.abs(error),
    square_error_mean: error ** 2,
    // JSON has no −0.
    actual_mean: bounded(actual) + 0,
  });
}

export function addedLabels(one: LabelMoments, other: LabelMoments): LabelMoments {
  const squares = addedSpread(
    { n: one.numbers, mean: one.square_error_mean, spread: one.square_error_spread },
    { n: other.numbers, mean: other.square_error_mean, spread: other.square_error_spread },
  );
  const actuals = addedSpread(
    { n: one.numbers, mean: one.actual_mean, spread: one.actual_spread },
    { n: other.numbers, mean: other.actual_mean, spread: other.actual_spread },
  );
  return {
    n: one.n + other.n,
    numbers: one.numbers + other.numbers,
    right: one.right + other.right,
    lag_seconds: one.lag_seconds + other.lag_seconds,
    lag_seconds_max: Math.max(one.lag_seconds_max, other.lag_seconds_max),
    absolute_error: one.absolute_error + other.absolute_error,
    square_error_mean: squares.mean,
    square_error_spread: squares.spread,
    actual_mean: actuals.mean,
    actual_spread: actuals.spread,
  };
}

interface Spread {
  readonly n: number;
  readonly mean: number;
  /** Sum of squares around the mean. */
  readonly spread: number;
}

/** T. F. Chan, G. H. Golub, R. J. LeVeque, Updating formulae and a pairwise algorithm for computing sample variances, 1979. */
function addedSpread(one: Spread, other: Spread): Spread {
  if (one.n === 0 || other.n === 0) return one.n === 0 ? other : one;
  const [n, apart] = [one.n + other.n, other.mean - one.mean];
  if (other.n === 1) {
    const mean = addToMean(one.mean, one.n, other.mean);
    return { n, mean, spread: one.spread + apart * (other.mean - mean) };
  }
  return {
    n,
    mean: one.mean + (apart * other.n) / n,
    spread: one.spread + other.spread + (apart ** 2 * one.n * other.n) / n,
  };
}

/** In the target's unit; null without labels that are numbers. */
export function errorsOf({ numbers, square_error_mean, absolute_error, actual_spread }: LabelMoments): {
  readonly rmse: number | null;
  readonly mae: number | null;
  readonly r2: number | null;
} {
  if (numbers === 0) return { rmse: null, mae: null, r2: null };
  // As the metrics of a hold-out are: 0 where all actual values are alike.
  const r2 = actual_spread === 0 ? 0 : 1 - square_error_mean / (actual_spread / numbers);
  return { rmse: Math.sqrt(square_error_mean), mae: absolute_error / numbers, r2: Number.isFinite(r2) ? r2 : null };
}
