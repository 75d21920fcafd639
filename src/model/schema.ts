/** A table's declared columns, as data, and the check that some data is such a declaration. Pure. */

import * as v from "valibot";

/** What becomes of a row that lacks the value: it is dropped, or training learns what to fill in. */
export type NullPolicy<T> = "drop" | (T extends number ? "mean" | "median" : "mode") | { readonly constant: T };

interface Named {
  readonly name: string;
  /** `false`: a row without the value is rejected as wrong. It is true if left away. */
  readonly nullable?: boolean;
}

export interface NumberColumn extends Named {
  /** An integer is a number without a fraction. */
  readonly type: "number" | "integer";
  /** The least and the greatest value there may be. */
  readonly range?: readonly [least: number, greatest: number];
  /** `mean` if left away. */
  readonly nulls?: NullPolicy<number>;
}

export interface CategoryColumn extends Named {
  readonly type: "category";
  /** The categories there may be; without them any text is one. */
  readonly categories?: readonly string[];
  /** `mode`, the most frequent one, if left away. */
  readonly nulls?: NullPolicy<string>;
}

/** Carried along, such as an identifier; nothing is learnt from it. */
export interface TextColumn extends Named {
  readonly type: "text";
}

/** A column that a model may learn from. */
export type FeatureColumn = NumberColumn | CategoryColumn;
export type Column = FeatureColumn | TextColumn;

export interface Schema {
  /** In the order in which a cleaned table has them. */
  readonly columns: readonly Column[];
  /** Texts that stand for a missing value, beside the empty one. */
  readonly nullTokens?: readonly string[];
  /** What stands between two values; a comma if left away. */
  readonly delimiter?: string;
}

/** A typed value; null where it is missing. */
export type Cell = number | string | null;
/** `row[i]` belongs to `columns[i]`. */
export type Row = readonly Cell[];

/** Why a value is no schema. */
export class SchemaError extends Error {
  override readonly name = "SchemaError";
}

/** What a decoder puts in the place of bytes that are no text in UTF-8. */
export const NOT_UTF_8 = "\uFFFD";

const name = v.pipe(v.string(), v.nonEmpty("a column's name is empty"));
const nullable = v.exactOptional(v.boolean());
const range = v.pipe(
  v.tuple([v.number(), v.number()]),
  v.check(([least, greatest]) => least <= greatest, "a range ends before it begins"),
);
const column = v.variant("type", [
  v.strictObject({
    name,
    type: v.picklist(["number", "integer"]),
    nullable,
    range: v.exactOptional(range),
    nulls: v.exactOptional(
      v.union([v.picklist(["drop", "mean", "median"]), v.strictObject({ constant: v.pipe(v.number(), v.finite()) })]),
    ),
  }),
  v.strictObject({
    name,
    type: v.literal("category"),
    nullable,
    categories: v.exactOptional(v.pipe(v.array(v.string()), v.nonEmpty("a column has no category"))),
    nulls: v.exactOptional(v.union([v.picklist(["drop", "mode"]), v.strictObject({ constant: v.string() })])),
  }),
  v.strictObject({ name, type: v.literal("text"), nullable }),
]);
const schema: v.GenericSchema<unknown, Schema> = v.strictObject({
  columns: v.pipe(v.array(column), v.nonEmpty("there is no column")),
  nullTokens: v.exactOptional(v.array(v.string())),
  delimiter: v.exactOptional(v.pipe(v.string(), v.length(1, "a delimiter is one character"))),
});

/** The value as a schema; throws a {@link SchemaError} that says what of it is none, and where. */
export function checkedSchema(value: unknown): Schema {
  const { issues, output, success } = v.safeParse(schema, value);
  if (!success) throw new SchemaError(`the schema is wrong at ${placeOf(issues[0], value)}: ${issues[0].message}`);
  const names = output.columns.map((each) => each.name);
  const twice = names.find((each, at) => names.indexOf(each) !== at);
  if (twice !== undefined) throw new SchemaError(`the schema has the column '${twice}' twice`);
  return output;
}

/** Where it is, and by its name the column that it is in. */
function placeOf(issue: v.BaseIssue<unknown>, value: unknown): string {
  const place = v.getDotPath(issue);
  const at = /^columns\.(\d+)/.exec(place ?? "")?.[1];
  const named =
    at === undefined ? undefined : (value as { columns: readonly { name?: unknown }[] }).columns[Number(at)];
  return typeof named?.name === "string" ? `${place} (${named.name})` : (place ?? "its top");
}

/** What is wrong with a header; undefined where it names the declared columns, in any order. */
export function headerProblem(header: readonly string[], { columns }: Schema): string | undefined {
  const broken = header.find((each) => each.includes(NOT_UTF_8));
  if (broken !== undefined) return `the column '${broken}' is no text in UTF-8`;
  const twice = header.find((each, at) => header.indexOf(each) !== at);
  if (twice !== undefined) return `the column '${twice}' stands there twice`;
  const missing = columns.filter((each) => !header.includes(each.name)).map((each) => each.name);
  const unknown = header.filter((each) => !columns.some((declared) => declared.name === each));
  if (missing.length > 0) return `it lacks ${missing.join(", ")}; it has ${header.join(", ")}`;
  if (unknown.length > 0)
    return `it has ${unknown.join(", ")}, which the schema does not (as text, nothing is learnt from it)`;
  return undefined;
}
