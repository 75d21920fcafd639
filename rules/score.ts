/** Predicts the target for every row of the cleaned table, and writes both as Parquet. The table is never held. */

import { readFile } from "node:fs/promises";
import { hashSync } from "hasha";
import type { Action } from "pipefile";
import { checkedSchema, predict, readModel, type LinearModel, type Row, type Schema } from "pipefile/model";
import { addToMean } from "simple-statistics";
import { ParquetFile } from "./parquet.ts";
import { batchesOf, type Reject } from "./table.ts";

/** Of what the file holds beside the table; a reader may refuse another. */
const PREDICTIONS_FORMAT = "1";
const PREDICTION = { name: "prediction", type: "number", isRequired: true } as const;

type Score = Action<{ rows: string; schema: string; model: string }, { predictions: string }>;

const score: Score = async ({ inputs, outputs, log, metric, progress, signal }) => {
  const schema = checkedSchema(JSON.parse(await readFile(inputs.schema, "utf8")));
  const bytes = await readFile(inputs.model);
  const model = readModel(bytes.toString("utf8"));
  const predicted = predictionOf(model, schema);
  const file = new ParquetFile(outputs.predictions, [...schema.columns, PREDICTION], {
    "pipefile.format": PREDICTIONS_FORMAT,
    "pipefile.model.sha256": hashSync(bytes, { algorithm: "sha256" }),
    "pipefile.target": model.target,
  });
  const refuse = ({ line, problem }: Reject): never => {
    throw new Error(`${inputs.rows}, line ${line}: ${problem}`);
  };
  let [rows, mean] = [0, 0];
  for await (const batch of batchesOf(inputs.rows, schema, { onReject: refuse, onBytes: progress })) {
    signal.throwIfAborted();
    for (const row of batch) {
      const prediction = named(() => predicted(row), `${inputs.rows}, row ${rows + 1}`);
      mean = addToMean(mean, rows, prediction);
      rows += 1;
      file.add([...row, prediction]);
    }
  }
  file.close();
  log(`${rows} rows scored`);
  metric("rows", rows);
  // No rows have no mean.
  if (rows > 0) metric("mean_prediction", mean);
};

export default score;

/** The prediction for a row of the table, in the target's unit. Throws what of the table the model cannot work with. */
function predictionOf(model: LinearModel, { columns }: Schema): (row: Row) => number {
  const names = columns.map(({ name }) => name);
  if (names.includes(PREDICTION.name))
    throw new Error(`the table has a column '${PREDICTION.name}', which is what the predictions are to be called`);
  const missing = model.features.filter(({ name }) => !names.includes(name)).map(({ name }) => name);
  if (missing.length > 0)
    throw new Error(`the table lacks ${missing.join(", ")}, which the model needs; it has ${names.join(", ")}`);
  const places = model.features.map(({ name }) => names.indexOf(name));
  model.features.forEach(({ name, type }, at) => {
    const found = columns[places[at] ?? -1]?.type ?? "text";
    if (isNumeric(type) !== isNumeric(found))
      throw new Error(`the column '${name}' is of the type ${found}, and of the type ${type} for the model`);
  });
  return (row) =>
    predict(
      model,
      places.map((place) => row[place] ?? null),
    );
}

const isNumeric = (type: string): boolean => type === "number" || type === "integer";

/** What `make` gives; what it throws gets the place before it. */
function named<T>(make: () => T, place: string): T {
  try {
    return make();
  } catch (error) {
    throw new Error(`${place}: ${(error as Error).message}`, { cause: error });
  }
}
