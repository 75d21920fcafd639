/**
 * Types and validates each row by the declared schema. A row that is wrong is set aside and counted, and one that lacks
 * what it must have is dropped; the schema goes on to training, with what is to be filled in.
 */

import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { stringify } from "csv-stringify/sync";
import type { Action } from "pipefile";
import { checkedSchema, summingOf, type ColumnSummary, type Row, type Schema } from "pipefile/model";
import { percent, Rejects } from "./rejects.ts";
import { batchesOf } from "./table.ts";

interface Params {
  readonly schema: Schema;
  /** The largest share of the rows that may be wrong, from 0 to 1. */
  readonly maxRejectRate: number;
  /** The largest share of a column's values that may be missing, from 0 to 1. */
  readonly maxNullRate: number;
}

/** What `reports/clean.json` holds; the report reads it. */
export interface CleanReport {
  /** SHA-256 of the schema as JSON. */
  readonly schema: string;
  /** Read, in all: those kept, those dropped for what they lack, and those rejected as wrong. */
  readonly rows: number;
  readonly kept: number;
  readonly dropped: number;
  readonly rejected: number;
  /** By column, how many rows lack a value, dropped ones too. */
  readonly nulls: Readonly<Record<string, number>>;
  /** Of the rows that were kept, by column. */
  readonly columns: Readonly<Record<string, ColumnSummary>>;
}

type Clean = Action<{ raw: string }, { rows: string; schema: string; rejects: string; report: string }, Params>;

const clean: Clean = async ({ inputs, outputs, params, log, metric, progress, signal }) => {
  const schema = checkedSchema(params.schema);
  const rejects = new Rejects(outputs.rejects, log);
  const cleaning = new Cleaning(schema);
  const batches = batchesOf(inputs.raw, schema, { onReject: (reject) => rejects.add(reject), onBytes: progress });
  await pipeline(cleaning.keptTexts(batches), createWriteStream(outputs.rows), { signal });
  rejects.close();
  const report = cleaning.reportOf(rejects.count);
  rejects.check(inputs.raw, { rows: report.rows, most: params.maxRejectRate });
  checkNullRates(report, params.maxNullRate);
  await writeFile(outputs.schema, jsonOf(plainSchema(schema)));
  await writeFile(outputs.report, jsonOf(report));
  log(`schema ${report.schema.slice(0, 12)}: ${report.kept} of ${report.rows} rows kept`);
  log(`missing values: ${countsOf(report.nulls)}`);
  for (const name of ["kept", "dropped", "rejected"] as const) metric(name, report[name]);
};

export default clean;

/** How the cleaned table is to be read: as it was declared, but for how the source was written. */
const plainSchema = ({ columns }: Schema): Schema => ({ columns });
const jsonOf = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const countsOf = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");

class Cleaning {
  readonly #schema: Schema;
  readonly #nulls: number[];
  readonly #columns;
  /** Which columns a row must have a value of. */
  readonly #needed: readonly number[];
  #rows = 0;
  #kept = 0;

  constructor(schema: Schema) {
    const { columns } = schema;
    this.#schema = schema;
    this.#nulls = columns.map(() => 0);
    this.#columns = columns.map(summingOf);
    this.#needed = columns.flatMap((column, at) => (column.type !== "text" && column.nulls === "drop" ? [at] : []));
  }

  /** The text of the cleaned table, a part for each batch. */
  async *keptTexts(batches: AsyncIterable<readonly Row[]>): AsyncGenerator<string> {
    yield stringify([this.#schema.columns.map(({ name }) => name)]);
    for await (const batch of batches) {
      const kept = batch.filter((row) => this.#isKept(row));
      if (kept.length > 0) yield stringify(kept);
    }
  }

  #isKept(row: Row): boolean {
    this.#rows += 1;
    for (let at = 0; at < row.length; at++) if (row[at] === null) this.#nulls[at] = (this.#nulls[at] ?? 0) + 1;
    if (this.#needed.some((at) => row[at] === null)) return false;
    this.#kept += 1;
    this.#columns.forEach((column, at) => column.add(row[at] ?? null));
    return true;
  }

  reportOf(rejected: number): CleanReport {
    const names = this.#schema.columns.map(({ name }) => name);
    const byName = <T>(values: readonly T[]): Record<string, T> =>
      Object.fromEntries(names.map((name, at) => [name, values[at] as T]));
    return {
      schema: createHash("sha256").update(JSON.stringify(this.#schema)).digest("hex"),
      rows: this.#rows + rejected,
      kept: this.#kept,
      dropped: this.#rows - this.#kept,
      rejected,
      nulls: byName(this.#nulls),
      columns: byName(this.#columns.map(({ summary }) => summary)),
    };
  }
}

function checkNullRates({ rows, rejected, nulls, columns }: CleanReport, most: number): void {
  const typed = rows - rejected;
  for (const [name, count] of Object.entries(nulls)) {
    // Nothing is learnt from a text: a note that few rows have is no fault of theirs.
    if (columns[name]?.type === "text" || count <= most * typed) continue;
    throw new Error(
      `the column ${name} lacks ${percent(count / typed)} of its values, more than maxNullRate allows (${percent(most)})`,
    );
  }
}
