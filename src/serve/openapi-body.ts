/** What each endpoint takes and gives, with an example of each. Pure. */

import type { Cell } from "../model/schema.ts";
import { examplePrediction, exampleRow } from "./example.ts";
import type { Front } from "./front.ts";
import { versionOf } from "./hosted.ts";
import { listOf, objectOf, ref, text, type Schema } from "./openapi-schema.ts";
import type { RouteName } from "./route.ts";
import type { Served } from "./served.ts";
import { datatypeOf, outputTensor } from "./tensor.ts";

/** By media type. */
type Content = Readonly<Record<string, object>>;

interface Body {
  readonly request?: Content;
  /** By status. */
  readonly answer: Readonly<Record<string, object>>;
}

export type Bodies = Readonly<Record<RouteName, Body>>;

export function bodiesOf(front: Pick<Front, "name" | "version">, served: Served): Bodies {
  const infer = { request: json(ref("InferRequest"), tensorsOf(served)), answer: inferred(front, served) };
  const description = ok("The tensors", json(DESCRIPTION));
  const modelReady = readiness(objectOf({ name: text, ready: { type: "boolean" } }));
  return {
    home: { answer: { 302: { description: "To /docs" } } },
    docs: { answer: ok("The page", { "text/html": { schema: text } }) },
    openapi: { answer: ok("The document", json({ type: "object" })) },
    predict: predictBody(served),
    feedback: {
      request: json(ref("Feedbacks"), { id: "…", actual: examplePrediction(served.schema.output) }),
      answer: ok("How much of it was taken", json(ref("Taken"), { labels: 1, kpis: 0, repeated: 0, unknown: 0 })),
    },
    model: { answer: ok("The model", json(ref("Model"))) },
    health: { answer: ok("It lives", json(STATUS, { status: "ok" })) },
    ready: { answer: readiness(STATUS) },
    metrics: { answer: ok("The measurements", { "application/openmetrics-text": { schema: text } }) },
    v2: { answer: ok("The server", json(objectOf({ name: text, version: text, extensions: listOf(text) }))) },
    v2Live: { answer: ok("It lives", json(objectOf({ live: { type: "boolean" } }))) },
    v2Ready: { answer: readiness(objectOf({ ready: { type: "boolean" } })) },
    v2Model: { answer: description },
    v2ModelReady: { answer: modelReady },
    v2Infer: infer,
    v2Version: { answer: description },
    v2VersionReady: { answer: modelReady },
    v2VersionInfer: infer,
    invocations: invocationBody(served),
    ping: { answer: ok("It lives", { "text/plain": { schema: text } }) },
    version: { answer: ok("The version", { "text/plain": { schema: text, example: front.version } }) },
  };
}

const ok = (description: string, content: Content): Body["answer"] => ({ 200: { description, content } });
const json = (schema: Schema, example?: unknown): Content => ({
  "application/json": example === undefined ? { schema } : { schema, example },
});
const STATUS = objectOf({ status: text });
const readiness = (schema: Schema): Body["answer"] => ({
  ...ok("Predictions are answered", json(schema)),
  503: { description: "The service is starting or ending", content: json(schema) },
});
const DESCRIPTION = objectOf({
  name: text,
  versions: listOf(text),
  platform: text,
  inputs: listOf(ref("TensorDescription")),
  outputs: listOf(ref("TensorDescription")),
});

function predictBody({ schema, digest }: Served): Body {
  const row = exampleRow(schema);
  const prediction = examplePrediction(schema.output);
  const examples = {
    row: { summary: "One row", value: row },
    rows: { summary: "A list of rows", value: [row] },
    table: { summary: "A table", value: { columns: Object.keys(row), data: [Object.values(row)] } },
  };
  const given: Schema = { anyOf: [ref("Row"), ref("Rows"), ref("Table")] };
  const told: Schema = { anyOf: [ref("Answer"), ref("Answers")] };
  const answers = {
    row: { summary: "Of one row", value: { prediction, model: digest } },
    rows: { summary: "Of several", value: { predictions: [prediction], model: digest } },
  };
  return {
    request: { "application/json": { schema: given, examples }, "text/csv": csvOf(row) },
    answer: ok("The predictions, in the order of the rows", {
      "application/json": { schema: told, examples: answers },
    }),
  };
}

function invocationBody({ schema }: Served): Body {
  const row = exampleRow(schema);
  return {
    request: { ...json(ref("Invocation"), { dataframe_records: [row] }), "text/csv": csvOf(row) },
    answer: ok("The predictions", json(ref("Invoked"), { predictions: [examplePrediction(schema.output)] })),
  };
}

const csvOf = (row: Readonly<Record<string, Cell>>): object => ({
  schema: text,
  example: `${[Object.keys(row), Object.values(row)].map((cells) => cells.map(quoted).join(",")).join("\n")}\n`,
});

function quoted(cell: Cell): string {
  const told = String(cell ?? "");
  return /[",\r\n]/.test(told) ? `"${told.replaceAll('"', '""')}"` : told;
}

function tensorsOf({ schema }: Served): object {
  const row = exampleRow(schema);
  const inputs = schema.inputs.map((column) => ({
    name: column.name,
    shape: [1],
    datatype: datatypeOf(column),
    data: [row[column.name]],
  }));
  return { id: "1", inputs };
}

function inferred({ name }: Pick<Front, "name">, served: Served): Body["answer"] {
  const { output } = served.schema;
  const outputs = [outputTensor(output, [examplePrediction(output)])];
  const told = { model_name: name, model_version: versionOf(served), id: "1", outputs };
  return ok("The predictions as a tensor", json(ref("InferAnswer"), told));
}
