/** Reads a table row by row, typed by its schema; the first thing that is not as declared is named by line and column. */

import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { parse } from "csv-parse";
import { CellError, headerProblem, readCell, type Row, type Schema } from "pipefile/model";

/** A record of csv-parse with the line that it ends on. */
interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** The rows below the header; `row[i]` belongs to `schema.columns[i]`. */
export async function* rowsOf(path: string, schema: Schema): AsyncGenerator<Row> {
  const parser = parse({ bom: true, info: true, relax_column_count: true });
  // Not `.pipe`, which leaves a file that cannot be read as an uncaught error of nobody: here the iteration throws it.
  const records: AsyncIterable<Parsed> = pipeline(createReadStream(path), parser, () => undefined);
  let isHeader = true;
  for await (const { record, info } of records) {
    if (!isHeader) {
      yield typedRow(record, schema, `${path}, line ${info.lines}`);
      continue;
    }
    const problem = headerProblem(record, schema);
    if (problem !== undefined) throw new Error(`${path}, line 1: ${problem}`);
    isHeader = false;
  }
  if (isHeader) throw new Error(`${path} is empty: it has not even a header`);
}

function typedRow(record: readonly string[], schema: Schema, place: string): Row {
  const expected = schema.columns.length;
  if (record.length !== expected)
    throw new Error(`${place}: it has ${record.length} values where the header has ${expected}`);
  return schema.columns.map((column, at) => {
    try {
      return readCell(record[at] ?? "", column, schema);
    } catch (error) {
      if (error instanceof CellError)
        throw new Error(`${place}, column ${column.name}: ${error.message}`, { cause: error });
      throw error;
    }
  });
}
