/** Predicts the target for every row of the cleaned table, writes both as Parquet, and how the rows compare with training. */

import { readFile, writeFile } from "node:fs/promises";
import { hashSync } from "hasha";
import type { Action } from "pipefile";
import { checkedSchema, predict, readModel, type LinearModel, type Row, type Schema } from "pipefile/model";
import { BatchWindow } from "pipefile/monitor";
import { addToMean } from "simple-statistics";
import { ParquetFile } from "./parquet.ts";
import { batchesOf, type Reject } from "./table.ts";

/** Of what the file holds beside the table; a reader may refuse another. */
const PREDICTIONS_FORMAT = "1";
const PREDICTION = { name: "prediction", type: "number", isRequired: true } as const;

type Score = Action<{ rows: string; schema: string; model: string }, { predictions: string; window: string }>;

const score: Score = async ({ inputs, outputs, log, metric, progress, signal }) => {
  const schema = checkedSchema(JSON.parse(await readFile(inputs.schema, "utf8")));
  const bytes = await readFile(inputs.model);
  const model = readModel(bytes.toString("utf8"));
  const digest = hashSync(bytes, { algorithm: "sha256" });
  const valuesOf = featuresIn(model, schema);
  const window = new BatchWindow({ model, digest });
  const file = new ParquetFile(outputs.predictions, [...schema.columns, PREDICTION], {
    "pipefile.format": PREDICTIONS_FORMAT,
    "pipefile.model.sha256": digest,
    "pipefile.target": model.target,
  });
  const refuse = ({ line, problem }: Reject): never => {
    throw new Error(`${inputs.rows}, line ${line}: ${problem}`);
  };
  let [rows, mean] = [0, 0];
  for await (const batch of batchesOf(inputs.rows, schema, { onReject: refuse, onBytes: progress })) {
    signal.throwIfAborted();
    for (const row of batch) {
      const values = valuesOf(row);
      const prediction = named(() => predict(model, values), `${inputs.rows}, row ${rows + 1}`);
      window.add(values, prediction);
      mean = addToMean(mean, rows, prediction);
      rows += 1;
      file.add([...row, prediction]);
    }
  }
  file.close();
  await writeFile(outputs.window, window.line());
  log(`${rows} rows scored`);
  metric("rows", rows);
  // No rows have no mean.
  if (rows > 0) metric("mean_prediction", mean);
};

export default score;

/** A row of the table as the model takes it. Throws what of the table the model cannot work with. */
function featuresIn(model: LinearModel, { columns }: Schema): (row: Row) => Row {
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
  return (row) => places.map((place) => row[place] ?? null);
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
