/** Brings the source into the pipeline: the same rows, with one line end and no byte order mark. */

import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { parse } from "csv-parse";
import { stringify } from "csv-stringify";
import type { Action } from "pipefile";

// Left to itself, csv-parse takes the first line end for that of all lines, and others for part of a value.
const LINE_ENDS = ["\r\n", "\n", "\r"];

const ingest: Action<{ source: string }, { raw: string }> = async ({ inputs, outputs, log, metric }) => {
  let rows = -1;
  await pipeline(
    createReadStream(inputs.source),
    parse({ bom: true, relax_column_count: true, skip_empty_lines: true, record_delimiter: LINE_ENDS }),
    async function* counted(records: AsyncIterable<readonly string[]>) {
      for await (const record of records) {
        rows += 1;
        yield record;
      }
    },
    stringify({ record_delimiter: "unix" }),
    createWriteStream(outputs.raw),
  );
  if (rows < 0) throw new Error(`${inputs.source} is empty: it has not even a header`);
  log(`${rows} rows from ${inputs.source}`);
  metric("rows", rows);
};

export default ingest;
