/** Types and validates each row against the declared schema, and leaves out the rows that are of no use without a value. */

import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { parse } from "csv-parse";
import { stringify } from "csv-stringify";
import type { Action } from "pipefile";
import { CellError, headerProblem, readCell, type Row, type Schema } from "pipefile/model";
import { penguins } from "./schema.ts";

/** A record of csv-parse with the line that it ends on. */
interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

interface Report {
  readonly schema: string;
  rows: number;
  kept: number;
  dropped: number;
  readonly nulls: Record<string, number>;
}

const clean: Action<{ raw: string }, { rows: string; report: string }, { maxNullRate: number }> = async ({
  inputs,
  outputs,
  params,
  log,
  metric,
}) => {
  const schema = createHash("sha256").update(JSON.stringify(penguins)).digest("hex");
  const nulls = Object.fromEntries(penguins.columns.map((column) => [column.name, 0]));
  const report: Report = { schema, rows: 0, kept: 0, dropped: 0, nulls };
  await pipeline(
    createReadStream(inputs.raw),
    parse({ bom: true, info: true, relax_column_count: true }),
    (records: AsyncIterable<Parsed>) => typedRows(records, { path: inputs.raw, schema: penguins, report }),
    stringify({ header: true, columns: penguins.columns.map((column) => column.name), record_delimiter: "unix" }),
    createWriteStream(outputs.rows),
  );
  checkNullRates(report, params.maxNullRate);
  await writeFile(outputs.report, `${JSON.stringify(report, null, 2)}\n`);
  log(`schema ${schema.slice(0, 12)}: ${report.kept} of ${report.rows} rows kept`);
  log(
    `missing values: ${Object.entries(nulls)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ")}`,
  );
  metric("rows", report.kept);
  metric("dropped", report.dropped);
};

export default clean;

async function* typedRows(
  records: AsyncIterable<Parsed>,
  table: { readonly path: string; readonly schema: Schema; readonly report: Report },
): AsyncGenerator<Row> {
  const { path, schema, report } = table;
  let isHeader = true;
  for await (const { record, info } of records) {
    if (isHeader) {
      const problem = headerProblem(record, schema);
      if (problem !== undefined) throw new Error(`${path}, line 1: ${problem}`);
      isHeader = false;
      continue;
    }
    report.rows += 1;
    const row = typedRow(record, schema, `${path}, line ${info.lines}`);
    schema.columns.forEach(({ name }, at) => {
      if (row[at] === null) report.nulls[name] = (report.nulls[name] ?? 0) + 1;
    });
    const isKept = schema.columns.every((column, at) => column.nulls === "keep" || row[at] !== null);
    report[isKept ? "kept" : "dropped"] += 1;
    if (isKept) yield row;
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

function checkNullRates({ rows, nulls }: Report, most: number): void {
  for (const [name, count] of Object.entries(nulls)) {
    if (count <= most * rows) continue;
    const percent = ((100 * count) / rows).toFixed(1);
    throw new Error(
      `the column ${name} lacks ${percent} % of its values, more than maxNullRate allows (${100 * most} %)`,
    );
  }
}
