/** How far predictions are from what was. */

import { addToMean } from "simple-statistics";

export interface Metrics {
  /** Root of the mean squared error, in the target's unit. */
  readonly rmse: number;
  /** Mean absolute error, in the target's unit. */
  readonly mae: number;
  /** 1 − SS_res / SS_tot: 1 is perfect, 0 as good as the mean of these rows; 0 too where they are all alike. */
  readonly r2: number;
  /** Mean of |error / actual|: 0.1 is a tenth. Null where an actual value is 0, of which no error is a share. */
  readonly mape: number | null;
}

/**
 * The metrics of rows that come one at a time and are not kept. Means and spread are brought up to date with each row,
 * as B. P. Welford does (Note on a method for calculating corrected sums of squares and products, Technometrics 4, 1962):
 * a sum of squares from which that of the mean is taken in the end would lose the spread of large numbers.
 */
export class Measurement {
  #rows = 0;
  /** Of the squared errors, and of the absolute ones. */
  #meanSquare = 0;
  #meanDistance = 0;
  /** Of the errors as shares of what was. */
  #meanShare = 0;
  /** Of what was, and the sum of squares around it. */
  #center = 0;
  #spread = 0;

  add(actual: number, predicted: number): void {
    const error = actual - predicted;
    this.#meanSquare = addToMean(this.#meanSquare, this.#rows, error ** 2);
    this.#meanDistance = addToMean(this.#meanDistance, this.#rows, Math.abs(error));
    this.#meanShare = addToMean(this.#meanShare, this.#rows, Math.abs(error / actual));
    const center = addToMean(this.#center, this.#rows, actual);
    this.#spread += (actual - this.#center) * (actual - center);
    this.#center = center;
    this.#rows += 1;
  }

  /** Of the rows so far; at least one. */
  get metrics(): Metrics {
    // The running mean of equal values is that value to the last bit, so their spread is 0 and no rounding of it.
    const r2 = this.#spread === 0 ? 0 : 1 - this.#meanSquare / (this.#spread / this.#rows);
    const mape = Number.isFinite(this.#meanShare) ? this.#meanShare : null;
    return { rmse: Math.sqrt(this.#meanSquare), mae: this.#meanDistance, r2, mape };
  }
}

/** `actual[i]` belongs to `predicted[i]`; at least one row. */
export function metricsOf(actual: readonly number[], predicted: readonly number[]): Metrics {
  const measurement = new Measurement();
  actual.forEach((value, at) => measurement.add(value, predicted[at] ?? Number.NaN));
  return measurement.metrics;
}
