/** A table's declared columns, and the typed reading of one row of text. Pure. */

export interface Column {
  readonly name: string;
  readonly type: "number" | "category";
  /** What a row without this value is worth: nothing, or as much as what training fills in. */
  readonly nulls: "drop" | "keep";
  /** The categories there may be; without them any text is one. */
  readonly categories?: readonly string[];
}

export interface Schema {
  readonly columns: readonly Column[];
  /** Texts that stand for a missing value, beside the empty one. */
  readonly nullTokens: readonly string[];
}

/** A typed value; null where it is missing. */
export type Cell = number | string | null;
export type Row = readonly Cell[];

/** Why a text is no value of its column. */
export class CellError extends Error {
  override readonly name = "CellError";
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The value of a text in a column; throws a {@link CellError} that says what is wrong with it. */
export function readCell(text: string, column: Column, schema: Schema): Cell {
  const trimmed = text.trim();
  if (trimmed === "" || schema.nullTokens.includes(trimmed)) return null;
  if (column.type === "category") {
    if (column.categories === undefined || column.categories.includes(trimmed)) return trimmed;
    throw new CellError(`'${shown(trimmed)}' is none of ${column.categories.join(", ")}`);
  }
  const value = NUMBER.test(trimmed) ? Number(trimmed) : Number.NaN;
  if (!Number.isFinite(value)) throw new CellError(`'${shown(trimmed)}' is no number`);
  return value;
}

/** What is wrong with a header; undefined where it names the declared columns in their order. */
export function headerProblem(header: readonly string[], { columns }: Schema): string | undefined {
  const twice = header.find((name, at) => header.indexOf(name) !== at);
  if (twice !== undefined) return `the column '${twice}' stands there twice`;
  const missing = columns.filter(({ name }) => !header.includes(name)).map(({ name }) => name);
  if (missing.length > 0) return `it lacks ${missing.join(", ")}`;
  const unknown = header.filter((name) => !columns.some((column) => column.name === name));
  if (unknown.length > 0) return `it has ${unknown.join(", ")}, which the schema does not`;
  const isOrdered = columns.every(({ name }, at) => header[at] === name);
  return isOrdered ? undefined : `its order is not the schema's: ${columns.map(({ name }) => name).join(", ")}`;
}

const LONGEST_SHOWN = 40;
const shown = (text: string): string => (text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}…`);
