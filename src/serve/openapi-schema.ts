/** The values that requests and answers hold, as JSON Schema. Pure. */

import { exampleCell, examplePrediction, exampleRow } from "./example.ts";
import type { InputColumn, OutputColumn, ServedSchema } from "./served.ts";

export type Schema = Readonly<Record<string, unknown>>;

export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
export const listOf = (items: Schema, more: Schema = {}): Schema => ({ type: "array", items, ...more });
export const objectOf = (properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema => ({
  type: "object",
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});

export const text: Schema = { type: "string" };
const whole: Schema = { type: "integer" };
const some = { minItems: 1 } as const;

/** All schemas by their names. */
export function schemasOf(schema: ServedSchema): Readonly<Record<string, Schema>> {
  return {
    Row: rowOf(schema),
    Rows: listOf(ref("Row"), some),
    Table: objectOf({ columns: listOf(text, some), data: listOf(listOf({}), some) }),
    Prediction: predictionOf(schema.output),
    Answer: objectOf({ prediction: ref("Prediction"), id: ID, model: DIGEST }, ["id"]),
    Answers: objectOf({ predictions: listOf(ref("Prediction")), ids: listOf(ID), model: DIGEST }, ["ids"]),
    Feedback: feedbackOf(schema),
    Feedbacks: { anyOf: [ref("Feedback"), listOf(ref("Feedback"))] },
    Taken: objectOf({ labels: whole, kpis: whole, repeated: whole, unknown: whole }),
    Problem: objectOf(PROBLEM, ["row", "column"]),
    ProtocolProblem: objectOf({ error: text }),
    MlflowProblem: objectOf({ ...PROBLEM, error_code: text, message: text }, ["row", "column"]),
    Model: modelOf(),
    Tensor: objectOf({
      name: text,
      shape: listOf(whole, some),
      datatype: { type: "string", examples: ["FP64", "INT64", "BYTES"] },
      data: { type: "array", items: {} },
    }),
    TensorDescription: objectOf({ name: text, datatype: text, shape: listOf(whole) }),
    InferRequest: objectOf(
      {
        id: text,
        parameters: { type: "object" },
        inputs: listOf(ref("Tensor"), some),
        outputs: listOf(objectOf({ name: { const: schema.output.name } })),
      },
      ["id", "parameters", "outputs"],
    ),
    InferAnswer: objectOf({ model_name: text, model_version: text, id: text, outputs: listOf(ref("Tensor")) }, ["id"]),
    Invocation: { oneOf: INVOCATIONS },
    Invoked: objectOf({ predictions: listOf(ref("Prediction")) }),
  };
}

const ID: Schema = { type: "string", description: "By which /feedback is told what came true" };
const feedbackOf = ({ output }: ServedSchema): Schema => ({
  type: "object",
  properties: {
    id: ID,
    actual: { type: output.type === "number" ? "number" : "string", description: "What came true" },
    kpi: { type: "object", additionalProperties: { type: "number" }, description: "Figures of the business, by name" },
  },
});
const DIGEST: Schema = { type: "string", description: "SHA-256 of the model's file", pattern: "^[0-9a-f]{64}$" };
const PROBLEM = {
  error: { type: "string", description: "What is wrong, where, and what was expected" },
  row: { type: "integer", minimum: 1, description: "The row that it is in, counted from 1" },
  column: { type: "string", description: "The column that it is in" },
} as const;

const values: Schema = { oneOf: [listOf({}, some), { type: "object", additionalProperties: {} }] };
const INVOCATIONS: readonly Schema[] = [
  objectOf({ dataframe_split: ref("Table") }),
  objectOf({ dataframe_records: ref("Rows") }),
  objectOf({ instances: values }),
  objectOf({ inputs: values }),
];

function rowOf(schema: ServedSchema): Schema {
  const { inputs } = schema;
  const properties = Object.fromEntries(inputs.map((column) => [column.name, cellOf(column)]));
  return { ...objectOf(properties), description: "Other names are ignored", examples: [exampleRow(schema)] };
}

function cellOf(column: InputColumn): Schema {
  const { type: kind, categories, isNullable, range } = column;
  const type = kind === "category" || kind === "text" ? "string" : kind;
  const seen = range === undefined ? "" : `In training from ${range[0]} to ${range[1]}. `;
  const missing = isNullable ? "Null where it is missing." : "May not be missing.";
  return {
    type: isNullable ? [type, "null"] : type,
    ...(categories === undefined ? {} : { enum: isNullable ? [...categories, null] : categories }),
    description: `${seen}${missing}`,
    examples: [exampleCell(column)],
  };
}

function predictionOf(output: OutputColumn): Schema {
  const one: Schema = { type: output.type === "text" ? "string" : "number" };
  const { length } = output;
  const examples = [examplePrediction(output)];
  if (length === undefined) return { ...one, description: output.name, examples };
  return { ...listOf(one, { minItems: length, maxItems: length }), description: output.name, examples };
}

const modelOf = (): Schema =>
  objectOf({
    name: text,
    digest: DIGEST,
    kind: text,
    schema: { type: "object", description: "The columns that a row has, and what is predicted" },
    metrics: { type: "object", additionalProperties: { type: "number" } },
    since: { type: "string", format: "date-time" },
    version: { type: "string", description: "Of pipe" },
    example: ref("Row"),
  });
