/** How far predictions are from what was. Pure. */

import { mean } from "simple-statistics";

export interface Metrics {
  /** Root of the mean squared error, in the target's unit. */
  readonly rmse: number;
  /** Mean absolute error, in the target's unit. */
  readonly mae: number;
  /** 1 − SS_res / SS_tot: 1 is perfect, 0 as good as the mean of these rows; 0 too where they are all alike. */
  readonly r2: number;
}

/** `actual[i]` belongs to `predicted[i]`; at least one row. */
export function metricsOf(actual: readonly number[], predicted: readonly number[]): Metrics {
  const errors = actual.map((value, at) => value - (predicted[at] ?? Number.NaN));
  const squares = errors.map((error) => error ** 2);
  const center = mean([...actual]);
  // Asked of the rows themselves: the mean of equal values may be off by a rounding, and their spread then not 0.
  const isAlike = actual.every((value) => value === actual[0]);
  const spread = mean(actual.map((value) => (value - center) ** 2));
  return {
    rmse: Math.sqrt(mean(squares)),
    mae: mean(errors.map(Math.abs)),
    r2: isAlike ? 0 : 1 - mean(squares) / spread,
  };
}
