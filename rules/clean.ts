/** Types and validates each row against the declared schema, and leaves out the rows that are of no use without a value. */

import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { stringify } from "csv-stringify";
import type { Action } from "pipefile";
import type { Row } from "pipefile/model";
import { penguins } from "./schema.ts";
import { rowsOf } from "./table.ts";

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
    keptRows(rowsOf(inputs.raw, penguins), report),
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

async function* keptRows(rows: AsyncIterable<Row>, report: Report): AsyncGenerator<Row> {
  for await (const row of rows) {
    report.rows += 1;
    penguins.columns.forEach(({ name }, at) => {
      if (row[at] === null) report.nulls[name] = (report.nulls[name] ?? 0) + 1;
    });
    const isKept = penguins.columns.every((column, at) => column.nulls === "keep" || row[at] !== null);
    report[isKept ? "kept" : "dropped"] += 1;
    if (isKept) yield row;
  }
}

function checkNullRates({ rows, nulls }: Report, most: number): void {
  for (const [name, count] of Object.entries(nulls)) {
    if (count <= most * rows) continue;
    throw new Error(
      `the column ${name} lacks ${percent(count / rows)} of its values, more than maxNullRate allows (${percent(most)})`,
    );
  }
}

const percent = (rate: number): string => `${(100 * rate).toFixed(1)} %`;
