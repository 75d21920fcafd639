/** Reads a CSV table in batches of rows, typed by a schema; what is not as declared is named by line and column. */

import { createReadStream, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { CsvError, parse, type Parser } from "csv-parse";
import { CellError, headerProblem, readCell, type Row, type Schema } from "pipefile/model";

/** A record that is no row of its table. */
export interface Reject {
  /** Of the file, from 1: where the record begins. */
  readonly line: number;
  readonly problem: string;
  readonly record: readonly string[];
}

/** The rows below the header, one at a time; `row[i]` belongs to `schema.columns[i]`. Throws at the first reject. */
export async function* rowsOf(path: string, schema: Schema): AsyncGenerator<Row> {
  const refuse = ({ line, problem }: Reject): never => {
    throw new Error(`${path}, line ${line}${problem.startsWith("column ") ? ", " : ": "}${problem}`);
  };
  for await (const batch of batchesOf(path, schema, { onReject: refuse })) yield* batch;
}

export interface Watch {
  /** Is told of each reject, which is left out. */
  readonly onReject: (reject: Reject) => void;
  /** Is told from time to time how many bytes of how many were read. */
  readonly onBytes?: (done: number, total: number) => void;
}

/** The same in batches, with the rejects told. */
export async function* batchesOf(path: string, schema: Schema, watch: Watch): AsyncGenerator<readonly Row[]> {
  const lines = new Lines();
  let order: readonly number[] | undefined;
  for await (const records of recordsOf(path, { ...watch, ...schema })) {
    const rows: Row[] = [];
    for (const record of records) {
      const line = lines.take(record);
      if (order === undefined) order = orderOf(path, record, schema);
      else if (!isBlank(record, schema)) {
        const row = typedRow(record, order, schema);
        if (typeof row === "string") watch.onReject({ line, problem: row, record });
        else rows.push(row);
      }
    }
    yield rows;
  }
  if (order === undefined) throw new Error(`${path} is empty: it has not even a header`);
}

/** A quote that is never closed would take in all that follows. */
const LONGEST_RECORD_BYTES = 2 ** 20;
// Left to itself, csv-parse takes the first line end for that of all lines, and others for part of a value.
const LINE_ENDS = ["\r\n", "\n", "\r"];

/** The records of each part of the file that is read: several times as fast as one at a time. */
export async function* recordsOf(
  path: string,
  { delimiter = ",", onBytes }: Partial<Pick<Watch, "onBytes">> & Pick<Schema, "delimiter">,
): AsyncGenerator<readonly (readonly string[])[]> {
  const { size } = statSync(path);
  let bytes = 0;
  const parser = parse({
    bom: true,
    delimiter,
    max_record_size: LONGEST_RECORD_BYTES,
    record_delimiter: LINE_ENDS,
    relax_column_count: true,
    relax_quotes: true,
  });
  let records: (readonly string[])[] = [];
  parser.on("data", (record: readonly string[]) => records.push(record));
  // What goes wrong is told to who writes to it.
  parser.on("error", () => undefined);
  try {
    for await (const chunk of createReadStream(path)) {
      await taken(parser, chunk as Buffer);
      bytes += (chunk as Buffer).length;
      onBytes?.(bytes, size);
      yield records;
      records = [];
    }
    await ended(parser);
  } catch (error) {
    throw error instanceof CsvError ? unreadable(path, error) : error;
  }
  yield records;
}

/** The beginning of a file up to its first line end. */
export async function firstLineOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    for await (const line of file.readLines({ end: LONGEST_RECORD_BYTES })) return line;
    return "";
  } finally {
    await file.close();
  }
}

const taken = (parser: Parser, chunk: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    parser.write(chunk, (error) => (error ? reject(error) : resolve()));
  });

const ended = (parser: Parser): Promise<void> =>
  new Promise((resolve, reject) => {
    parser.once("end", resolve).once("error", reject).end();
  });

function unreadable(path: string, error: CsvError): Error {
  const problem =
    error.code === "CSV_MAX_RECORD_SIZE"
      ? "a row is longer than 1 MB; a quote may stand there that is never closed"
      : error.message;
  return new Error(`${path}, line ${String(error["lines"])}: ${problem}`, { cause: error });
}

/** Counts the lines that records take up. */
class Lines {
  #next = 1;

  /** The line on which the next record begins. */
  take(record: readonly string[]): number {
    const line = this.#next;
    this.#next += 1;
    for (const text of record) if (text.includes("\n")) this.#next += text.split("\n").length - 1;
    return line;
  }
}

const isBlank = (record: readonly string[], { columns }: Schema): boolean =>
  record.length === 1 && record[0] === "" && columns.length > 1;

/** Where in a record each column of the schema stands. */
function orderOf(path: string, record: readonly string[], schema: Schema): readonly number[] {
  const header = record.map((name) => name.trim());
  const problem = headerProblem(header, schema);
  if (problem !== undefined) throw new Error(`${path}, line 1: ${problem}; 'pipe build propose' proposes a schema`);
  return schema.columns.map(({ name }) => header.indexOf(name));
}

/** The row, or what is wrong with it. */
function typedRow(record: readonly string[], order: readonly number[], schema: Schema): Row | string {
  if (record.length !== order.length) return `it has ${record.length} values where the header has ${order.length}`;
  let at = 0;
  try {
    const row: Row[number][] = [];
    for (; at < order.length; at++)
      row.push(
        readCell(record[order[at] as number] as string, schema.columns[at] as Schema["columns"][number], schema),
      );
    return row;
  } catch (error) {
    if (error instanceof CellError) return `column ${schema.columns[at]?.name}: ${error.message}`;
    throw error;
  }
}
