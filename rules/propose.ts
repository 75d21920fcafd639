/** Proposes a schema for a table by its first rows, for a person to look at: what it cannot know it leaves out. */

import { writeFile } from "node:fs/promises";
import type { Action } from "pipefile";
import { CellError, readCell, type Column, type Schema } from "pipefile/model";
import { firstLineOf, recordsOf } from "./table.ts";

interface Params {
  /** How many rows to look at. */
  readonly sampleRows: number;
}

const propose: Action<{ raw: string }, { schema: string }, Params> = async ({ inputs, outputs, params, log }) => {
  const delimiter = delimiterOf(await firstLineOf(inputs.raw));
  const [header, ...rows] = await firstRecords(inputs.raw, delimiter, params.sampleRows + 1);
  if (header === undefined) throw new Error(`${inputs.raw} is empty: it has not even a header`);
  const whole = rows.filter((row) => row.length === header.length);
  const texts = header.map((_, at) => whole.map((row) => (row[at] ?? "").trim()));
  const nullTokens = NULL_TOKENS.filter((token) => texts.some((column) => column.includes(token)));
  const columns = header.map((name, at) => columnOf(name.trim(), texts[at] ?? [], nullTokens));
  const schema: Schema = {
    columns,
    ...(nullTokens.length === 0 ? {} : { nullTokens }),
    ...(delimiter === "," ? {} : { delimiter }),
  };
  await writeFile(outputs.schema, `${JSON.stringify(schema, null, 2)}\n`);
  log(`by ${whole.length} rows: ${columns.map(({ name, type }) => `${name} ${type}`).join(", ")}`);
};

export default propose;

const DELIMITERS = [",", ";", "\t", "|"];
const NULL_TOKENS = ["NA", "N/A", "NULL", "null", "None", "NaN", "nan", "?", "-", "."];
/** Texts that are more than these, or that hardly ever occur twice, are no categories. */
const MOST_CATEGORIES = 50;
const MOST_LISTED = 20;

/** The one that stands there most often; of none, the comma. */
function delimiterOf(line: string): string {
  const countOf = (delimiter: string): number => line.split(delimiter).length;
  return DELIMITERS.reduce((best, each) => (countOf(each) > countOf(best) ? each : best));
}

async function firstRecords(path: string, delimiter: string, count: number): Promise<readonly (readonly string[])[]> {
  const found: (readonly string[])[] = [];
  for await (const records of recordsOf(path, { delimiter })) {
    found.push(...records.filter((record) => record.length > 1 || record[0] !== ""));
    if (found.length >= count) break;
  }
  return found.slice(0, count);
}

function columnOf(name: string, texts: readonly string[], nullTokens: readonly string[]): Column {
  const known = texts.filter((text) => text !== "" && !nullTokens.includes(text));
  const different = new Set(known);
  const isKey = different.size === known.length && known.length > 1;
  if (known.length > 0 && !(isKey && /(?:^|_|\b)id$/i.test(name)))
    for (const type of ["integer", "number"] as const)
      if (known.every((text) => isOf({ name, type }, text))) return { name, type };
  const isCategory = different.size > 0 && different.size <= MOST_CATEGORIES && 2 * different.size <= known.length;
  if (!isCategory) return { name, type: "text" };
  return different.size <= MOST_LISTED
    ? { name, type: "category", categories: [...different].toSorted(byText) }
    : { name, type: "category" };
}

function isOf(column: Column, text: string): boolean {
  try {
    readCell(text, column, { columns: [column] });
    return true;
  } catch (error) {
    if (error instanceof CellError) return false;
    throw error;
  }
}

const byText = (one: string, other: string): number => (one < other ? -1 : 1);
