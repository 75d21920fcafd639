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
    coefficients: byName(model, model.coefficients),
    features: model.features.map(pickledFeature),
    metrics: { model: pickledMetrics(model.metrics.model), baseline: pickledMetrics(model.metrics.baseline) },
    rows: { train: BigInt(model.rows.train), test: BigInt(model.rows.test) },
    ridge: model.ridge,
    inference: pickledInference(model),
    left_out: model.leftOut,
    seed: BigInt(model.seed),
    holdout: model.holdout,
    libraries: model.libraries,
  };
}

const byName = ({ features }: LinearModel, values: readonly (number | null)[]): PickleValue =>
  Object.fromEntries(encodedNames(features).map((name, at) => [name, values[at] ?? null]));

function pickledInference(model: LinearModel): PickleValue {
  const { standardErrors, interceptError, residualError, degreesOfFreedom } = model.inference;
  return {
    standard_errors: byName(model, standardErrors),
    intercept_error: interceptError,
    residual_error: residualError,
    degrees_of_freedom: BigInt(degreesOfFreedom),
  };
}

const pickledMetrics = ({ rmse, mae, r2, mape }: Metrics): PickleValue => ({ rmse, mae, r2, mape });

function pickledFeature(feature: Feature): PickleValue {
  const { name, type, fill, imputation } = feature;
  return feature.type === "category"
    ? { name, type, categories: feature.categories, fill, imputation }
    : { name, type, range: feature.range, fill, imputation };
}
