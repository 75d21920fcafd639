/** A model of any other kind, as the predictor of the Pipefile loads it. */

import * as v from "valibot";
import type { ModelPredictor, PredictorRow, PredictorSchema } from "../core/serving.ts";
import type { Row } from "../model/schema.ts";
import { Refused } from "./refusal.ts";
import type { InputColumn, Served, ServedSchema } from "./served.ts";

const range = v.tuple([v.pipe(v.number(), v.finite()), v.pipe(v.number(), v.finite())]);
const answer = v.union([v.pipe(v.number(), v.finite()), v.string(), v.array(v.pipe(v.number(), v.finite()))]);
const column = v.pipe(
  v.strictObject({
    name: v.pipe(v.string(), v.nonEmpty("a column's name is empty")),
    type: v.picklist(["number", "integer", "category", "text"]),
    categories: v.exactOptional(v.pipe(v.array(v.string()), v.nonEmpty("a column has no category"))),
    nullable: v.exactOptional(v.boolean()),
    range: v.exactOptional(range),
  }),
  v.check(
    ({ type, categories }) => (type === "category") === (categories !== undefined),
    "a category has categories, and nothing else has",
  ),
);
const shape: v.GenericSchema<unknown, PredictorSchema> = v.strictObject({
  inputs: v.pipe(
    v.array(column),
    v.nonEmpty("there is no input"),
    v.check((inputs) => new Set(inputs.map(({ name }) => name)).size === inputs.length, "two inputs have one name"),
  ),
  output: v.strictObject({
    name: v.string(),
    type: v.picklist(["number", "text"]),
    length: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
    range: v.exactOptional(range),
  }),
  golden: v.exactOptional(
    v.array(
      v.strictObject({ row: v.record(v.string(), v.nullable(v.union([v.number(), v.string()]))), prediction: answer }),
    ),
  ),
  metrics: v.exactOptional(v.record(v.string(), v.pipe(v.number(), v.finite()))),
});

/** The value as a predictor; a problem where it is none. */
export function predictorOf(value: unknown): ModelPredictor | string {
  const found = value as Partial<ModelPredictor> | null | undefined;
  if (typeof found !== "object" || found === null) return "exports no predictor by default";
  const missing = (["load", "schema", "predict"] as const).find((name) => typeof found[name] !== "function");
  return missing === undefined ? (found as ModelPredictor) : `exports a predictor without ${missing}()`;
}

/** What the predictor makes of a model's bytes. Throws {@link Refused} where it fails, or its schema is none. */
export async function servedBy<M>(
  predictor: ModelPredictor<M>,
  bytes: Uint8Array,
  of: { readonly path: string; readonly digest: string },
): Promise<Served> {
  const { path, digest } = of;
  const refused = (problem: string): Refused => new Refused({ code: "model-unreadable", message: problem, digest });
  const tried = async <T>(name: string, call: () => T | Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      throw refused(`${name}() of the predictor failed for ${path}: ${textOf(error)}`);
    }
  };
  const model = await tried("load", () => predictor.load(bytes, of));
  const checked = v.safeParse(shape, await tried("schema", () => predictor.schema(model)));
  if (!checked.success) {
    const [issue] = checked.issues;
    throw refused(`schema() of the predictor gives no schema: ${v.getDotPath(issue) ?? "it"}: ${issue.message}`);
  }
  const { inputs, output, golden = [], metrics = {} } = checked.output;
  const schema = schemaFrom(inputs, output);
  return {
    digest,
    kind: "custom",
    schema,
    golden: golden.map(({ row, prediction }) => ({
      row: schema.inputs.map(({ name }) => row[name] ?? null),
      prediction,
    })),
    metrics,
    predict: (rows) =>
      predictor.predict(
        model,
        rows.map((row) => namedRow(schema, row)),
      ),
  };
}

const schemaFrom = (inputs: PredictorSchema["inputs"], output: PredictorSchema["output"]): ServedSchema => ({
  inputs: inputs.map(({ nullable = false, ...column }): InputColumn => ({ ...column, isNullable: nullable })),
  output,
});

const namedRow = ({ inputs }: ServedSchema, row: Row): PredictorRow =>
  Object.fromEntries(inputs.map(({ name }, at) => [name, row[at] ?? null]));

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
