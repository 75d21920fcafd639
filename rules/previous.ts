/** Scores the model of before on the rows held out now, so that a gate can compare the new one with it. */

import { readFile } from "node:fs/promises";
import {
  CellError,
  Measurement,
  ModelError,
  predict,
  readModel,
  type FeatureColumn,
  type LinearModel,
  type Metrics,
} from "pipefile/model";
import type { Example } from "./examples.ts";

/** What the model of before is scored on. */
export interface Hearing {
  readonly target: string;
  readonly columns: readonly FeatureColumn[];
  readonly examples: Iterable<Example>;
}

/** Its metrics, or why it has none on these rows. */
export async function previousMetrics(file: string, hearing: Hearing): Promise<Metrics | string> {
  try {
    return metricsOf(readModel(await readFile(file, "utf8")), hearing);
  } catch (error) {
    if (error instanceof ModelError || error instanceof CellError || error instanceof RangeError) return error.message;
    throw error;
  }
}

function metricsOf(model: LinearModel, { target, columns, examples }: Hearing): Metrics | string {
  if (model.target !== target) return `it predicts ${model.target}`;
  const places = model.features.map(({ name, type }) =>
    columns.findIndex((column) => column.name === name && (column.type === "category") === (type === "category")),
  );
  const lacking = model.features.find((_, at) => (places[at] ?? -1) < 0);
  if (lacking !== undefined) return `it needs the column ${lacking.name}, which is not there as it was`;
  const measurement = new Measurement();
  for (const { row, target: actual, isHeldOut } of examples) {
    if (!isHeldOut) continue;
    measurement.add(
      actual,
      predict(
        model,
        places.map((place) => row[place] ?? null),
      ),
    );
  }
  return measurement.metrics;
}
