/** One value of a request as a cell of its column, from JSON or from the text of a CSV. Pure. */

import type { InputColumn } from "./served.ts";
import { CellError, readCell } from "../model/cell.ts";
import type { Cell, Column } from "../model/schema.ts";
import { listed, Problem, shown } from "./problem.ts";

/**
 * Beyond it is no measure of anything, and a sound model may overflow: a client's mistake that would pass for a failure of
 * the model, and take it back.
 */
const GREATEST = 1e100;

const isMeasure = (value: number): boolean => Math.abs(value) <= GREATEST;

/** The value as a cell; undefined where it is none of the column. */
export type CellReader = (value: unknown) => Cell | undefined;

/** For values as JSON has them: nothing is taken for another type. */
export function jsonCells(column: InputColumn): CellReader {
  const missing = column.isNullable ? null : undefined;
  if (column.type === "text") return (value) => (value === null ? missing : textOf(value));
  if (column.type === "category") {
    const known = column.categories === undefined ? undefined : new Set<unknown>(column.categories);
    return (value) => (value === null ? missing : known === undefined || known.has(value) ? textOf(value) : undefined);
  }
  const isWhole = column.type === "integer";
  return (value) => {
    if (typeof value !== "number") return value === null ? missing : undefined;
    // −0 is a value of its own nowhere in training.
    return isMeasure(value) && (!isWhole || Number.isInteger(value)) ? value + 0 : undefined;
  };
}

/** For texts, as training reads them from a table. */
export function textCells(input: InputColumn): CellReader {
  const column = columnOf(input);
  const schema = { columns: [column] };
  return (text) => {
    try {
      const cell = readCell(String(text), column, schema);
      return typeof cell === "number" && !isMeasure(cell) ? undefined : cell;
    } catch (error) {
      if (error instanceof CellError) return undefined;
      throw error;
    }
  };
}

function columnOf({ name, type, categories, isNullable: nullable }: InputColumn): Column {
  if (type !== "category") return { name, type, nullable };
  return categories === undefined ? { name, type, nullable } : { name, type, nullable, categories };
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** What to say of a value that is no cell of its column, in a row counted from 1. */
export function wrongCell(column: InputColumn, value: unknown, row: number): Problem {
  const isMissing = value === null || (typeof value === "string" && value.trim() === "" && !column.isNullable);
  const said = isMissing ? "is missing, and nothing stands in for it" : `is ${shown(value)}, which is ${not(column)}`;
  const isNewCategory = column.type === "category" && typeof value === "string" && !isMissing;
  return new Problem(400, `row ${row}: ${column.name} ${said}`, { row, column: column.name, isNewCategory });
}

function not({ type, categories }: InputColumn): string {
  if (type === "category" && categories !== undefined) return `none of ${listed(categories)}`;
  if (type === "number") return "no number within ±1e100";
  return type === "integer" ? "no whole number" : "no text";
}
