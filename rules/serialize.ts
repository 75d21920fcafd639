/** Writes the model as a pickle of plain values, which Python's standard library loads, and its checksum. */

import { readFile, writeFile } from "node:fs/promises";
import { hashFile } from "hasha";
import type { Action } from "pipefile";
import {
  encodedNames,
  readModel,
  writePickle,
  type Feature,
  type LinearModel,
  type Metrics,
  type PickleValue,
} from "pipefile/model";

const serialize: Action<{ model: string }, { pickle: string; checksum: string }> = async ({
  inputs,
  outputs,
  artifacts,
  log,
}) => {
  const model = readModel(await readFile(inputs.model, "utf8"));
  await writeFile(outputs.pickle, writePickle(pickled(model)));
  const digest = await hashFile(outputs.pickle, { algorithm: "sha256" });
  // The form that `sha256sum -c` reads: the digest, two spaces, and the path from the project's root.
  await writeFile(outputs.checksum, `${digest}  ${artifacts.pickle}\n`);
  log(`sha256 ${digest}`);
};

export default serialize;

function pickled(model: LinearModel): PickleValue {
  return {
    format: BigInt(model.format),
    kind: model.kind,
    target: model.target,
    intercept: model.intercept,
    coefficients: Object.fromEntries(
      encodedNames(model.features).map((name, at) => [name, model.coefficients[at] ?? 0]),
    ),
    features: model.features.map(pickledFeature),
    metrics: { model: pickledMetrics(model.metrics.model), baseline: pickledMetrics(model.metrics.baseline) },
    rows: { train: BigInt(model.rows.train), test: BigInt(model.rows.test) },
    seed: BigInt(model.seed),
    libraries: model.libraries,
  };
}

const pickledMetrics = ({ rmse, mae, r2 }: Metrics): PickleValue => ({ rmse, mae, r2 });

const pickledFeature = (feature: Feature): PickleValue =>
  feature.type === "number"
    ? { name: feature.name, type: feature.type, fill: feature.fill }
    : { name: feature.name, type: feature.type, categories: feature.categories, fill: feature.fill };
