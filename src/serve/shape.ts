/** The rows of a JSON body of `/predict`. Pure. */

import type { Row } from "../model/schema.ts";
import { Problem, shown } from "./problem.ts";
import { isObject, recordRow, recordRows, tableRows, type Reading } from "./rows.ts";

/** Rows, and whether they came as one that is no list. */
export interface Given {
  readonly rows: readonly Row[];
  readonly isOne: boolean;
}

/** An object is a row, a list has such objects, and `columns` with `data` are a table. */
export function givenRows(reading: Reading, value: unknown, mostRows: number): Given {
  if (Array.isArray(value)) return { rows: recordRows(reading, value, mostRows), isOne: false };
  if (!isObject(value)) throw new Problem(400, `the body is ${shown(value)}, which is no row and no list of rows`);
  if (isSplit(value)) return { rows: splitRows(reading, value, mostRows), isOne: false };
  return { rows: [recordRow(reading, value, 1)], isOne: true };
}

/** No cell is a list: a row may well have a column of that name. */
const isSplit = (value: Readonly<Record<string, unknown>>): boolean =>
  Object.hasOwn(value, "columns") && Object.hasOwn(value, "data") && Array.isArray(value["data"]);

/** A table as pandas writes it with `orient="split"`. */
export function splitRows(reading: Reading, value: unknown, mostRows: number): readonly Row[] {
  const [columns, data] = isObject(value) ? [ownOf(value, "columns"), ownOf(value, "data")] : [];
  if (!Array.isArray(columns) || !Array.isArray(data))
    throw new Problem(
      400,
      "a table has two lists: columns with the names, and data with a list of values for each row",
    );
  return tableRows(reading, { header: columns, lines: data, as: "json" }, mostRows);
}

export const ownOf = (value: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(value, key) ? value[key] : undefined;
