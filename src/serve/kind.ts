/** What a model's bytes hold, as something that can be served: pipe's own model, or one of scikit-learn. Pure. */

import { predictRows, type Estimator } from "../model/estimator.ts";
import { ModelError, readModel } from "../model/file.ts";
import { predict, type LinearModel } from "../model/linear.ts";
import type { Metrics } from "../model/metrics.ts";
import { PickleError } from "../model/pickle/error.ts";
import { modelOfPickle } from "../model/pickled.ts";
import { isEstimatorPickle, readEstimator } from "../model/sklearn-estimator.ts";
import { Refused } from "./refusal.ts";
import type { InputColumn, OutputColumn, Served } from "./served.ts";

/** The model in a pickle, or in the JSON of `model.bin`. Throws {@link Refused} for anything else. */
export function servedFrom(bytes: Uint8Array, of: { readonly path: string; readonly digest: string }): Served {
  const { path, digest } = of;
  try {
    if (bytes[0] === OPENING_BRACE) return servedLinear(readModel(Buffer.from(bytes).toString("utf8")), digest);
    return isEstimatorPickle(bytes)
      ? servedEstimator(readEstimator(bytes), digest)
      : servedLinear(modelOfPickle(bytes), digest);
  } catch (error) {
    if (!(error instanceof ModelError || error instanceof PickleError)) throw error;
    throw new Refused({ code: "model-unreadable", message: `${path}: ${error.message}`, digest });
  }
}

const OPENING_BRACE = 0x7b;

function servedLinear(model: LinearModel, digest: string): Served {
  return {
    digest,
    kind: model.kind,
    schema: {
      inputs: model.features.map((feature): InputColumn => {
        const { name, fill } = feature;
        return feature.type === "category"
          ? { name, type: feature.type, categories: feature.categories, isNullable: fill !== null }
          : { name, type: feature.type, range: feature.range, isNullable: fill !== null };
      }),
      output: { name: model.target, type: "number", range: model.targetRange },
    },
    golden: model.golden,
    reference: model.reference,
    metrics: figuresOf(model.metrics.model),
    predict: (rows) => rows.map((row) => predict(model, row)),
  };
}

const figuresOf = (metrics: Metrics): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(metrics).filter((entry): entry is [string, number] => entry[1] !== null));

function servedEstimator(estimator: Estimator, digest: string): Served {
  const [first, last] = [endOf(estimator, 0), endOf(estimator, -1)];
  // As scikit-learn itself names the columns of a table that has none.
  const names = first.featureNames ?? Array.from({ length: first.featureCount }, (_, at) => `x${at}`);
  return {
    digest,
    kind: `scikit-learn ${estimator.kind === "Pipeline" ? `Pipeline of ${last.kind}` : estimator.kind}`,
    schema: {
      inputs: names.map((name) => ({ name, type: "number", isNullable: false })),
      output: outputOf(last),
    },
    golden: [],
    metrics: {},
    // Each input is a number that may not be missing: the request was checked by that.
    predict: (rows) => predictRows(estimator, rows as readonly (readonly number[])[]),
  };
}

type Alone = Exclude<Estimator, { kind: "Pipeline" }>;

/** The step of a pipeline at a place, or the estimator itself. */
function endOf(estimator: Estimator, place: 0 | -1): Alone {
  if (estimator.kind !== "Pipeline") return estimator;
  const step = estimator.steps.at(place);
  if (step === undefined) throw new PickleError("schema", "the pipeline has no steps");
  return endOf(step.estimator, place);
}

function outputOf(last: Alone): OutputColumn {
  if (last.kind === "StandardScaler") throw new PickleError("schema", "a StandardScaler predicts nothing");
  if (last.kind === "LogisticRegression")
    return { name: "class", type: last.classes.every((label) => typeof label === "number") ? "number" : "text" };
  return {
    name: "prediction",
    type: "number",
    ...(last.hasManyTargets && { length: last.intercepts.length }),
  };
}
