/** Rows that are wrong, set aside in a table of their own with what is wrong with each. */

import { closeSync, openSync, writeSync } from "node:fs";
import { stringify } from "csv-stringify/sync";
import type { Reject } from "./table.ts";

/** The first ones are named where there are too many; a person wants no more of them. */
const MOST_NAMED = 3;

export class Rejects {
  count = 0;
  readonly #file: number;
  readonly #first: Reject[] = [];

  constructor(path: string) {
    this.#file = openSync(path, "w");
    this.#write(["line", "problem", "record"]);
  }

  add(reject: Reject): void {
    this.count += 1;
    if (this.#first.length < MOST_NAMED) this.#first.push(reject);
    const { line, problem, record } = reject;
    this.#write([String(line), problem, stringify([record], { eof: false })]);
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Throws where they are more than a share of the rows. */
  check(path: string, { rows, most }: { readonly rows: number; readonly most: number }): void {
    if (this.count <= most * rows) return;
    const share = `${this.count} of ${rows} rows are wrong, more than maxRejectRate allows (${(100 * most).toFixed(1)} %)`;
    const first = this.#first.map(({ line, problem }) => `line ${line}: ${problem}`);
    throw new Error(`${path}: ${share}; the first: ${first.join("; ")}`);
  }

  // At once: a table of nothing but rejects would else be held in memory.
  #write(record: readonly string[]): void {
    writeSync(this.#file, stringify([record]));
  }
}
