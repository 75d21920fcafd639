/** Rows that are wrong, set aside in a table of their own with what is wrong with each. */

import { closeSync, openSync, writeSync } from "node:fs";
import { stringify } from "csv-stringify/sync";
import type { Reject } from "./table.ts";

/** The first ones are named where there are too many; a person wants no more of them. */
const MOST_NAMED = 3;
/** And of these the log tells, which stays when the step fails. */
const MOST_LOGGED = 20;

export class Rejects {
  count = 0;
  readonly #file: number;
  readonly #log: (message: string) => void;
  readonly #first: Reject[] = [];

  constructor(path: string, log: (message: string) => void) {
    this.#log = log;
    this.#file = openSync(path, "w");
    this.#write(["line", "problem", "record"]);
  }

  add(reject: Reject): void {
    this.count += 1;
    if (this.#first.length < MOST_NAMED) this.#first.push(reject);
    const { line, problem, record } = reject;
    if (this.count <= MOST_LOGGED) this.#log(`line ${line} is rejected: ${problem}`);
    this.#write([String(line), problem, stringify([record], { eof: false })]);
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Throws where they are more than a share of the rows. */
  check(path: string, { rows, most }: { readonly rows: number; readonly most: number }): void {
    if (this.count <= most * rows) return;
    const share = `${this.count} of ${rows} rows are wrong, more than maxRejectRate allows (${percent(most)})`;
    const first = this.#first.map(({ line, problem }) => `line ${line}: ${problem}`);
    throw new Error(`${path}: ${share}; the first: ${first.join("; ")}`);
  }

  // At once: a table of nothing but rejects would else be held in memory.
  #write(record: readonly string[]): void {
    writeSync(this.#file, stringify([record]));
  }
}

/** A share as a person says it, with as many digits as tell it from others: 0.0001 is 0.01 %. */
export const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;
