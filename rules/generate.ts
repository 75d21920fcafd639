/** Makes rows up that a schema describes: the same ones for the same seed, to the byte, on every platform. */

import { stringify } from "csv-stringify/sync";
import { checkedSchema, uniform, type Cell, type Column, type NumberColumn, type Schema } from "pipefile/model";

export interface Wish {
  readonly rows: number;
  readonly seed: number;
  readonly schema: Schema;
  /** Is told from time to time how many rows there are of how many. */
  readonly onRows: (done: number, total: number) => void;
}

const BATCH_ROWS = 1000;
/** Of the values that may be missing. */
const MISSING_SHARE = 0.01;
const CATEGORIES = ["a", "b", "c"];
const RANGE = [0, 100] as const;

/** The text of a table, in parts. The last number column without nulls depends on all others, so that there is something to learn. */
export function* generatedRows({ rows, seed, schema, onRows }: Wish): Generator<string> {
  if (!Number.isSafeInteger(rows) || rows < 0) throw new Error(`rows is ${rows}, which is no number of rows`);
  const { columns, delimiter = "," } = checkedSchema(schema);
  const dependent = columns.findLastIndex(isDependent);
  yield stringify([columns.map(({ name }) => name)], { delimiter });
  for (let first = 0; first < rows; first += BATCH_ROWS) {
    const last = Math.min(first + BATCH_ROWS, rows);
    const batch = Array.from({ length: last - first }, (_, at) => {
      const draws = new Draws(seed, (first + at) * (2 * columns.length + NOISE_DRAWS));
      return rowOf(columns, dependent, draws);
    });
    yield stringify(batch, { delimiter });
    onRows(last, rows);
  }
}

const isDependent = (column: Column): boolean =>
  (column.type === "number" || column.type === "integer") && (column.nulls === "drop" || column.nullable === false);

/** The numbers of one row, in [0, 1), in their order. */
class Draws {
  readonly #seed: number;
  #at: number;

  constructor(seed: number, start: number) {
    this.#seed = seed;
    this.#at = start;
  }

  next(): number {
    return uniform(this.#seed, this.#at++);
  }
}

function rowOf(columns: readonly Column[], dependent: number, draws: Draws): readonly Cell[] {
  const shares = columns.map(() => draws.next());
  const isMissing = columns.map((column) => draws.next() < MISSING_SHARE && isNullable(column));
  const others = shares.filter((_, at) => at !== dependent);
  // The further back a column stands, the more it weighs.
  const weights = others.map((_, at) => at + 1);
  const sum = others.reduce((total, share, at) => total + share * (weights[at] ?? 0), 0);
  const whole = weights.reduce((total, weight) => total + weight, 0);
  const signal = whole === 0 ? 0.5 : sum / whole;
  if (dependent >= 0) shares[dependent] = 0.1 + 0.7 * signal + 0.2 * noise(draws);
  return columns.map((column, at) => (isMissing[at] === true ? null : cellOf(column, shares[at] ?? 0)));
}

const NOISE_DRAWS = 4;
/** About normal around 0.5, within [0, 1); by additions alone, which round alike everywhere. */
function noise(draws: Draws): number {
  let sum = 0;
  for (let drawn = 0; drawn < NOISE_DRAWS; drawn++) sum += draws.next();
  return sum / NOISE_DRAWS;
}

const isNullable = ({ nullable = true, ...column }: Column): boolean =>
  nullable && (column.type === "text" || column.nulls !== "drop");

function cellOf(column: Column, share: number): Cell {
  if (column.type === "text") return `t${Math.floor(share * 1e9)}`;
  if (column.type !== "category") return numberOf(column, share);
  const { categories = CATEGORIES } = column;
  return categories[Math.floor(share * categories.length)] ?? null;
}

/** With one decimal, as measures have. */
function numberOf({ type, range = RANGE }: NumberColumn, share: number): number {
  const value = range[0] + share * (range[1] - range[0]);
  if (type === "integer") return Math.round(value);
  const rounded = Math.round(10 * value) / 10;
  return Math.min(Math.max(rounded, range[0]), range[1]);
}
