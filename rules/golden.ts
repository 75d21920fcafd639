/** Picks the training rows that go with the model, each with its prediction, for whoever serves it to compare with. */

import type { GoldenRow, Row } from "pipefile/model";

const MOST = 5;

/**
 * Of all training rows, in their order, the first, the last, and three that lie evenly between them; and the first that lacks
 * a value, which what stands in for it is to be seen by.
 */
export class Golden {
  readonly #places: ReadonlySet<number>;
  readonly #picked: GoldenRow[] = [];
  #seen = 0;
  #hasGap = false;

  constructor(rows: number) {
    this.#places = new Set(Array.from({ length: MOST }, (_, at) => Math.floor((at * (rows - 1)) / (MOST - 1))));
  }

  add(row: Row, prediction: number): void {
    const isFirstGap = !this.#hasGap && row.includes(null);
    if (isFirstGap) this.#hasGap = true;
    if (isFirstGap || this.#places.has(this.#seen)) this.#picked.push({ row, prediction });
    this.#seen += 1;
  }

  get rows(): readonly GoldenRow[] {
    return this.#picked;
  }
}
