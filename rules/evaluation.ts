/** What is kept of the predictions for rows that were held out: enough to draw them, however many there are. */

/** What `reports/evaluation.json` holds; the report reads it. */
export interface EvaluationReport {
  readonly target: string;
  /** How many rows were held out. */
  readonly rows: number;
  /** Every `step`-th of them: what was, and what was predicted, in the target's unit. */
  readonly points: readonly (readonly [actual: number, predicted: number])[];
  readonly step: number;
  /** How many errors (actual − predicted) lie from `start + i × width` on; the first and last count all beyond too. */
  readonly errors: { readonly start: number; readonly width: number; readonly counts: readonly number[] };
}

const MOST_POINTS = 2000;
const BINS = 41;
/** How many standard deviations of the errors the bins span on either side. */
const SPAN = 4;

export class Evaluation {
  readonly #target: string;
  readonly #start: number;
  readonly #width: number;
  readonly #counts = Array.from({ length: BINS }, () => 0);
  #points: (readonly [number, number])[] = [];
  #rows = 0;
  #step = 1;

  /** `deviation` is the standard deviation of the errors to be expected, in the target's unit. */
  constructor(target: string, deviation: number) {
    this.#target = target;
    this.#width = (2 * SPAN * (deviation || 1)) / BINS;
    this.#start = (-BINS / 2) * this.#width;
  }

  add(actual: number, predicted: number): void {
    if (this.#rows % this.#step === 0) this.#points.push([actual, predicted]);
    if (this.#points.length > MOST_POINTS) {
      this.#points = this.#points.filter((_, at) => at % 2 === 0);
      this.#step *= 2;
    }
    const bin = Math.floor((actual - predicted - this.#start) / this.#width);
    const inside = Math.min(Math.max(bin, 0), BINS - 1);
    this.#counts[inside] = (this.#counts[inside] ?? 0) + 1;
    this.#rows += 1;
  }

  get report(): EvaluationReport {
    return {
      target: this.#target,
      rows: this.#rows,
      points: this.#points,
      step: this.#step,
      errors: { start: this.#start, width: this.#width, counts: this.#counts },
    };
  }
}
