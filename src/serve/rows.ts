/** The rows of a request in the order of the model's columns, whatever shape they come in. Pure. */

import { nearest } from "../core/nearest.ts";
import type { Cell, Row } from "../model/schema.ts";
import { jsonCells, textCells, wrongCell, type CellReader } from "./cells.ts";
import { Problem, shown, shownText, tooManyRows } from "./problem.ts";
import type { InputColumn, ServedSchema } from "./served.ts";

/** What reading rows takes, made once for a model. */
export interface Reading {
  readonly inputs: readonly InputColumn[];
  /** `json[i]` and `text[i]` belong to `inputs[i]`. */
  readonly json: readonly CellReader[];
  readonly text: readonly CellReader[];
}

export const readingOf = ({ inputs }: ServedSchema): Reading => ({
  inputs,
  json: inputs.map(jsonCells),
  text: inputs.map(textCells),
});

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** One row as an object, counted from 1; what it has beside the model's columns is left alone. */
export function recordRow({ inputs, json }: Reading, value: unknown, row: number): Row {
  if (!isObject(value)) throw new Problem(400, `row ${row} is ${shown(value)}, which is no object`, { row });
  const cells: Cell[] = [];
  for (let at = 0; at < inputs.length; at++) {
    const { name } = inputs[at] as InputColumn;
    if (!Object.hasOwn(value, name)) throw missing({ name, row, names: Object.keys(value), inputs });
    cells.push(cellOf({ column: inputs[at] as InputColumn, read: json[at] as CellReader, row }, value[name]));
  }
  return cells;
}

/** A list of such objects. */
export function recordRows(reading: Reading, list: readonly unknown[], mostRows: number): readonly Row[] {
  checkCount(list.length, mostRows);
  return list.map((value, at) => recordRow(reading, value, at + 1));
}

/** Lists of values below the names of their columns. */
export interface Table {
  readonly header: readonly unknown[];
  readonly lines: readonly unknown[];
  /** How the values are written. */
  readonly as: "json" | "text";
}

export function tableRows(reading: Reading, { header, lines, as }: Table, mostRows: number): readonly Row[] {
  const names = checkedHeader(header);
  const places = reading.inputs.map(({ name }) => {
    const place = names.indexOf(name);
    if (place < 0) throw missing({ name, names, inputs: reading.inputs });
    return place;
  });
  checkCount(lines.length, mostRows);
  return lines.map((line, at) => lineRow({ reading, places, as, width: names.length }, line, at + 1));
}

/** Lists of values in the order of the model's columns. */
export function listRows(reading: Reading, lines: readonly unknown[], mostRows: number): readonly Row[] {
  return tableRows(reading, { header: reading.inputs.map(({ name }) => name), lines, as: "json" }, mostRows);
}

/** A list of values for each column, by its name. */
export function columnRows(
  reading: Reading,
  lists: ReadonlyMap<string, readonly unknown[]>,
  mostRows: number,
): readonly Row[] {
  const columns = reading.inputs.map(({ name }) => {
    const list = lists.get(name);
    if (list === undefined) throw missing({ name, names: [...lists.keys()], inputs: reading.inputs });
    return list;
  });
  const [first = []] = columns;
  const odd = columns.findIndex((list) => list.length !== first.length);
  if (odd >= 0)
    throw new Problem(
      400,
      `${nameAt(reading, odd)} has ${columns[odd]?.length} values, and ${nameAt(reading, 0)} has ${first.length}`,
      { column: nameAt(reading, odd) },
    );
  checkCount(first.length, mostRows);
  return first.map((_, at) =>
    reading.inputs.map((column, index) =>
      cellOf({ column, read: reading.json[index] as CellReader, row: at + 1 }, columns[index]?.[at]),
    ),
  );
}

const nameAt = ({ inputs }: Reading, at: number): string => inputs[at]?.name ?? "";

interface Placed {
  readonly reading: Reading;
  /** Where in a line the value of `inputs[i]` stands. */
  readonly places: readonly number[];
  readonly as: Table["as"];
  /** How many values a line has. */
  readonly width: number;
}

function lineRow({ reading, places, as, width }: Placed, line: unknown, row: number): Row {
  if (!Array.isArray(line)) throw new Problem(400, `row ${row} is ${shown(line)}, which is no list of values`, { row });
  if (line.length !== width)
    throw new Problem(400, `row ${row} has ${line.length} values, and there are ${width} columns`, { row });
  const values: readonly unknown[] = line;
  return reading.inputs.map((column, at) =>
    cellOf({ column, read: reading[as][at] as CellReader, row }, values[places[at] as number]),
  );
}

interface Place {
  readonly column: InputColumn;
  readonly read: CellReader;
  readonly row: number;
}

function cellOf({ column, read, row }: Place, value: unknown): Cell {
  const cell = read(value);
  if (cell === undefined) throw wrongCell(column, value, row);
  return cell;
}

function checkCount(count: number, mostRows: number): void {
  if (count === 0) throw new Problem(400, "there are no rows");
  if (count > mostRows) throw tooManyRows(mostRows);
}

function checkedHeader(header: readonly unknown[]): readonly string[] {
  const seen = new Set<string>();
  for (const name of header) {
    if (typeof name !== "string") throw new Problem(400, `a column's name is ${shown(name)}, which is no text`);
    if (seen.has(name)) throw new Problem(400, `the column ${shownText(name)} stands there twice`);
    seen.add(name);
  }
  return [...seen];
}

/** As many names as are compared with one that is missing: a request may have thousands. */
const MOST_COMPARED = 100;

interface Lack {
  readonly name: string;
  readonly row?: number;
  readonly names: readonly string[];
  readonly inputs: readonly InputColumn[];
}

function missing({ name, row, names, inputs }: Lack): Problem {
  const known = new Set(inputs.map((input) => input.name));
  const near = nearest(name, names.filter((each) => !known.has(each)).slice(0, MOST_COMPARED));
  const hint = near === undefined ? "" : `; did you mean it by ${shownText(near)}?`;
  const place = row === undefined ? "" : `row ${row}: `;
  const message = `${place}the column ${name} is missing${hint}`;
  return new Problem(400, message, row === undefined ? { column: name } : { row, column: name });
}
