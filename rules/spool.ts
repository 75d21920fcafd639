/** Examples as plain numbers in a file, which can be read again many times as fast as from CSV, and need not be held. */

import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { MOST_CATEGORIES, type Cell, type FeatureColumn } from "pipefile/model";
import type { Example } from "./examples.ts";

/** An example takes eight bytes for each of these: whether it is held out, the target, then the row. */
const BEFORE_ROW = 2;
const BATCH_EXAMPLES = 4096;

/** What is told of each number of a column. */
export interface NumberTaker {
  readonly column: number;
  readonly take: (number: number) => void;
}

export class Spool implements Iterable<Example> {
  readonly #columns: readonly FeatureColumn[];
  /** For each column the texts it holds, by number. */
  readonly #numbers: readonly Map<string, number>[];
  readonly #texts: readonly string[][];
  readonly #batch: Float64Array;
  readonly #width: number;
  readonly #file: number;
  #used = 0;

  /** Takes the place of what stands at the path. */
  constructor(path: string, columns: readonly FeatureColumn[]) {
    this.#columns = columns;
    this.#numbers = columns.map(() => new Map());
    this.#texts = columns.map(() => []);
    this.#width = BEFORE_ROW + columns.length;
    this.#batch = new Float64Array(this.#width * BATCH_EXAMPLES);
    this.#file = openSync(path, "w+");
  }

  add({ row, target, isHeldOut }: Example): void {
    const batch = this.#batch;
    batch[this.#used++] = isHeldOut ? 1 : 0;
    batch[this.#used++] = target;
    for (let at = 0; at < this.#columns.length; at++) batch[this.#used++] = this.#numberOf(row[at] ?? null, at);
    if (this.#used === batch.length) this.#flush();
  }

  /** The categories that the column holds, in the order in which they came. */
  categoriesOf(column: number): readonly string[] {
    return this.#texts[column] ?? [];
  }

  *[Symbol.iterator](): Generator<Example> {
    for (const batch of this.#batches())
      for (let start = 0; start < batch.length; start += this.#width) yield this.#exampleAt(batch, start);
  }

  /** Hands the numbers of some columns in the training rows to who takes them; what is missing is left out. */
  readNumbers(takers: readonly NumberTaker[]): void {
    for (const batch of this.#batches()) {
      for (let start = 0; start < batch.length; start += this.#width) {
        if (batch[start] === 1) continue;
        for (const { column, take } of takers) {
          const number = batch[start + BEFORE_ROW + column] as number;
          if (!Number.isNaN(number)) take(number);
        }
      }
    }
  }

  /** Whole examples; what is given is written over with the next. */
  *#batches(): Generator<Float64Array> {
    this.#flush();
    const batch = new Float64Array(this.#batch.length);
    for (let position = 0, read = 1; read > 0; position += read) {
      read = readSync(this.#file, batch, 0, batch.byteLength, position);
      yield batch.subarray(0, read / batch.BYTES_PER_ELEMENT);
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #exampleAt(batch: Float64Array, start: number): Example {
    const row: Cell[] = [];
    for (let at = 0; at < this.#columns.length; at++)
      row.push(this.#cellOf(batch[start + BEFORE_ROW + at] as number, at));
    return { row, target: batch[start + 1] as number, isHeldOut: batch[start] === 1 };
  }

  #numberOf(cell: Cell, column: number): number {
    if (typeof cell === "number") return cell;
    if (cell === null) return Number.NaN;
    const numbers = this.#numbers[column] as Map<string, number>;
    const known = numbers.get(cell);
    if (known !== undefined) return known;
    if (numbers.size === MOST_CATEGORIES)
      throw new RangeError(
        `the column '${this.#columns[column]?.name}' has more than ${MOST_CATEGORIES} categories: is it a text?`,
      );
    numbers.set(cell, numbers.size);
    this.#texts[column]?.push(cell);
    return numbers.size - 1;
  }

  #cellOf(number: number, column: number): Cell {
    if (Number.isNaN(number)) return null;
    return this.#columns[column]?.type === "category" ? (this.#texts[column]?.[number] ?? null) : number;
  }

  #flush(): void {
    const bytes = this.#used * this.#batch.BYTES_PER_ELEMENT;
    for (let written = 0; written < bytes;) written += writeSync(this.#file, this.#batch, written, bytes - written);
    this.#used = 0;
  }
}
