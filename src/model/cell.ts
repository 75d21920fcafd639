/** The typed reading of one value's text. Pure. */

import { NOT_UTF_8, type CategoryColumn, type Cell, type Column, type NumberColumn, type Schema } from "./schema.ts";

/** Why a text is no value of its column. */
export class CellError extends Error {
  override readonly name = "CellError";
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The value of a text in a column; throws a {@link CellError} that says what is wrong with it. */
export function readCell(text: string, column: Column, { nullTokens }: Schema): Cell {
  const trimmed = text.trim();
  if (trimmed === "" || nullTokens?.includes(trimmed) === true) {
    if (column.nullable === false) throw new CellError("is missing, and may not be");
    return null;
  }
  if (trimmed.includes(NOT_UTF_8)) throw new CellError(`'${shown(trimmed)}' is no text in UTF-8`);
  if (column.type === "text") return trimmed;
  return column.type === "category" ? readCategory(trimmed, column) : readNumber(trimmed, column);
}

function readCategory(text: string, { categories }: CategoryColumn): string {
  if (categories === undefined || categories.includes(text)) return text;
  throw new CellError(`'${shown(text)}' is none of ${shownList(categories)}`);
}

function readNumber(text: string, { type, range }: NumberColumn): number {
  // −0 would be written as 0, and so come back as another value.
  const value = NUMBER.test(text) ? Number(text) + 0 : Number.NaN;
  if (!Number.isFinite(value)) throw new CellError(`'${shown(text)}' is no number`);
  if (type === "integer" && !Number.isInteger(value)) throw new CellError(`'${shown(text)}' is no whole number`);
  if (range !== undefined && (value < range[0] || value > range[1]))
    throw new CellError(`${shown(text)} is not between ${range[0]} and ${range[1]}`);
  return value;
}

const MOST_SHOWN = 10;
const shownList = (texts: readonly string[]): string =>
  texts.length <= MOST_SHOWN
    ? texts.join(", ")
    : `${texts.slice(0, MOST_SHOWN).join(", ")} and ${texts.length - MOST_SHOWN} more`;

const LONGEST_SHOWN = 40;
const shown = (text: string): string => (text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}…`);
