/** The rows of a CSV with a header. Pure. */

import { CsvError, parse } from "csv-parse/sync";
import type { Row } from "../model/schema.ts";
import { Problem } from "./problem.ts";
import { tableRows, type Reading } from "./rows.ts";

// Left to itself, csv-parse takes the first line end for that of all lines, and others for part of a value.
const LINE_ENDS = ["\r\n", "\n", "\r"];

export function csvRows(reading: Reading, text: string, mostRows: number): readonly Row[] {
  const [header, ...lines] = recordsOf(text, mostRows + 2);
  if (header === undefined) throw new Problem(400, "the CSV is empty: its first line names the columns");
  return tableRows(reading, { header, lines, as: "text" }, mostRows);
}

/** A line more than there may be is enough to tell that there are too many. */
function recordsOf(text: string, most: number): readonly (readonly string[])[] {
  try {
    return parse(text, {
      record_delimiter: LINE_ENDS,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      to: most,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const isOpen = error.code === "CSV_QUOTE_NOT_CLOSED";
    throw new Problem(
      400,
      `the CSV is wrong at line ${String(error["lines"])}${isOpen ? ": a quote is not closed" : ""}`,
    );
  }
}
