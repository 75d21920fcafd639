/** Reads what scikit-learn pickled, by the schema of each estimator: exactly these classes, with these attributes. Pure. */

import type { Estimator, LinearRegression, LogisticRegression, Pipeline, StandardScaler } from "./estimator.ts";
import { checkWhole, labelsOf, numberOf, numbersOf, textsOf, type NumberArray } from "./pickle/array.ts";
import { schemaError } from "./pickle/error.ts";
import { isContainer, nounOf, type Called, type Node } from "./pickle/node.ts";
import { namedEntries } from "./pickle/plain.ts";
import { readNodes, type Bounds } from "./pickle/read.ts";

/**
 * The fitted `LinearRegression`, `Ridge`, `LogisticRegression`, `StandardScaler`, or `Pipeline` of these, that Python
 * wrote by `pickle.dump`, with scikit-learn 1.2 or one that keeps the same attributes. Throws a PickleError for anything else.
 */
export function readEstimator(bytes: Uint8Array, bounds?: Bounds): Estimator {
  return estimatorOf(readNodes(bytes, bounds), "the pickle");
}

/** True where a pickle's value is an estimator of scikit-learn, whether or not it can be read. Throws a PickleError. */
export const isEstimatorPickle = (bytes: Uint8Array, bounds?: Bounds): boolean => isEstimator(readNodes(bytes, bounds));

/** An estimator's attributes, each known by its name. */
type Attributes = ReadonlyMap<string, Node>;

function estimatorOf(node: Node, what: string): Estimator {
  if (!isEstimator(node))
    throw schemaError(`${what} holds ${nounOf(node)}, and an estimator of scikit-learn was expected`);
  const { name } = node.callee;
  const kind = name as Estimator["kind"];
  if (node.args.items.length > 0) throw schemaError(`${what} makes a ${name} with arguments, as no pickler does`);
  const attributes = attributesOf(node, kind);
  if (kind === "Pipeline") return pipelineFrom(attributes);
  if (kind === "StandardScaler") return scalerFrom(attributes);
  return kind === "LogisticRegression" ? logisticFrom(attributes) : linearFrom(attributes, kind);
}

const isEstimator = (node: Node): node is Called =>
  isContainer(node) && node.kind === "called" && node.callee.role === "estimator";

/** Every attribute that an estimator has, fitted or given; beside those that are read they change no prediction. */
const KNOWN: Readonly<Record<Estimator["kind"], readonly string[]>> = {
  LinearRegression: [
    "fit_intercept",
    "copy_X",
    "n_jobs",
    "positive",
    "tol",
    "coef_",
    "intercept_",
    "rank_",
    "singular_",
  ],
  Ridge: "alpha fit_intercept copy_X max_iter tol solver positive random_state coef_ intercept_ n_iter_ solver_".split(
    " ",
  ),
  LogisticRegression:
    "penalty dual tol C fit_intercept intercept_scaling class_weight random_state solver max_iter multi_class verbose warm_start n_jobs l1_ratio classes_ coef_ intercept_ n_iter_".split(
      " ",
    ),
  StandardScaler: ["with_mean", "with_std", "copy", "mean_", "var_", "scale_", "n_samples_seen_"],
  Pipeline: ["steps", "memory", "verbose", "transform_input"],
};
const OF_ALL = ["n_features_in_", "feature_names_in_", "_sklearn_version"];

function attributesOf({ state }: Called, kind: Estimator["kind"]): Attributes {
  if (state === undefined || !isContainer(state) || state.kind !== "dict")
    throw schemaError(`a ${kind} has no attributes: was it fitted?`);
  const entries = namedEntries(state);
  const unknown = entries.find(([name]) => !KNOWN[kind].includes(name) && !OF_ALL.includes(name));
  if (unknown !== undefined)
    throw schemaError(
      `a ${kind} has the attribute ${JSON.stringify(unknown[0].slice(0, 80))}, which is not known here`,
    );
  // What changes no prediction is not read, but a file that is damaged there is damaged.
  for (const [name, node] of entries) if (!isEstimator(node)) checkWhole(node, `${name} of a ${kind}`);
  return new Map(entries);
}

function required(attributes: Attributes, name: string, kind: Estimator["kind"]): Node {
  const node = attributes.get(name);
  if (node === undefined) throw schemaError(`a ${kind} has no ${name}: was it fitted?`);
  return node;
}

interface Common {
  readonly sklearnVersion: string | undefined;
  readonly featureCount: number;
  readonly featureNames: readonly string[] | undefined;
}

const MOST_FEATURES = 1 << 20;

function commonOf(attributes: Attributes, kind: Estimator["kind"]): Common {
  const featureCount = numberOf(required(attributes, "n_features_in_", kind), `n_features_in_ of a ${kind}`);
  if (!Number.isSafeInteger(featureCount) || featureCount < 1 || featureCount > MOST_FEATURES)
    throw schemaError(`a ${kind} claims ${featureCount} features`);
  const names = attributes.get("feature_names_in_");
  const featureNames = names === undefined ? undefined : textsOf(names, `feature_names_in_ of a ${kind}`).values;
  if (featureNames !== undefined && featureNames.length !== featureCount)
    throw schemaError(`a ${kind} names ${featureNames.length} features, and takes ${featureCount}`);
  return { sklearnVersion: versionOf(attributes), featureCount, featureNames };
}

function versionOf(attributes: Attributes): string | undefined {
  const version = attributes.get("_sklearn_version");
  if (version !== undefined && typeof version !== "string") throw schemaError("_sklearn_version is no text");
  return version;
}

function linearFrom(attributes: Attributes, kind: LinearRegression["kind"]): LinearRegression {
  const common = commonOf(attributes, kind);
  const coefficients = numbersOf(required(attributes, "coef_", kind), `coef_ of a ${kind}`);
  const rows = rowsOf(coefficients, common.featureCount, kind);
  const intercepts = interceptsOf(required(attributes, "intercept_", kind), rows.length, kind);
  return { kind, ...common, coefficients: rows, intercepts, hasManyTargets: coefficients.shape.length === 2 };
}

/** An array of one number for each feature, or of one such row for each target. */
function rowsOf(
  { shape, values }: NumberArray,
  featureCount: number,
  kind: Estimator["kind"],
): readonly (readonly number[])[] {
  if (shape.length === 0 || shape.at(-1) !== featureCount || values.length === 0)
    throw schemaError(`coef_ of a ${kind} has the shape (${shape.join(", ")}), and it takes ${featureCount} features`);
  return Array.from({ length: values.length / featureCount }, (_, at) =>
    values.slice(at * featureCount, (at + 1) * featureCount),
  );
}

/** A number, which holds for each, or an array with one for each. */
function interceptsOf(node: Node, count: number, kind: Estimator["kind"]): readonly number[] {
  const what = `intercept_ of a ${kind}`;
  const isNumber = typeof node === "number" || typeof node === "bigint" || isScalar(node);
  if (isNumber) return Array.from({ length: count }, () => numberOf(node, what));
  const { values } = numbersOf(node, what);
  if (values.length !== count) throw schemaError(`${what} has ${values.length} numbers, and coef_ has ${count} rows`);
  return values;
}

const isScalar = (node: Node): boolean =>
  isContainer(node) && node.kind === "called" && (node.callee.role === "scalar" || node.callee.role === "float64");

function logisticFrom(attributes: Attributes): LogisticRegression {
  const kind = "LogisticRegression";
  const common = commonOf(attributes, kind);
  const classes = labelsOf(required(attributes, "classes_", kind), `classes_ of a ${kind}`);
  const coefficients = rowsOf(
    numbersOf(required(attributes, "coef_", kind), `coef_ of a ${kind}`),
    common.featureCount,
    kind,
  );
  const expected = classes.length === 2 ? 1 : classes.length;
  if (classes.length < 2 || coefficients.length !== expected)
    throw schemaError(`a ${kind} has ${classes.length} classes and ${coefficients.length} rows of coefficients`);
  const intercepts = interceptsOf(required(attributes, "intercept_", kind), expected, kind);
  return { kind, ...common, coefficients, intercepts, classes, scheme: schemeOf(attributes, classes.length) };
}

/** As `predict_proba` of scikit-learn decides it; where there is no `multi_class` any more, as if it were `auto`. */
function schemeOf(attributes: Attributes, classCount: number): LogisticRegression["scheme"] {
  const multiClass = attributes.get("multi_class") ?? "auto";
  if (multiClass === "ovr" || multiClass === "warn") return "one-versus-rest";
  if (multiClass === "multinomial") return "multinomial";
  if (multiClass !== "auto" && multiClass !== "deprecated")
    throw schemaError("multi_class of a LogisticRegression is none of auto, ovr and multinomial");
  const solver = attributes.get("solver");
  const isSplit =
    classCount <= 2 || solver === "liblinear" || (solver === "newton-cholesky" && !isFrom1Dot6(attributes));
  return isSplit ? "one-versus-rest" : "multinomial";
}

/** Whether scikit-learn 1.6 or later made it: the first in which newton-cholesky fits all classes at once. */
function isFrom1Dot6(attributes: Attributes): boolean {
  const version = attributes.get("_sklearn_version");
  const [, major, minor] = (typeof version === "string" ? /^(\d+)\.(\d+)/.exec(version) : null) ?? [];
  if (major === undefined)
    throw schemaError(
      "a LogisticRegression by newton-cholesky does not say which scikit-learn made it (1.6 changed it)",
    );
  return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 6);
}

function scalerFrom(attributes: Attributes): StandardScaler {
  const kind = "StandardScaler";
  const common = commonOf(attributes, kind);
  const [mean, scale] = ["mean_", "scale_"].map((name) => {
    const node = required(attributes, name, kind);
    if (node === null) return undefined;
    const { values } = numbersOf(node, `${name} of a ${kind}`);
    if (values.length !== common.featureCount)
      throw schemaError(
        `${name} of a ${kind} has ${values.length} numbers, and it takes ${common.featureCount} features`,
      );
    return values;
  });
  if (scale?.includes(0) === true) throw schemaError(`scale_ of a ${kind} has a 0, by which nothing can be divided`);
  // Of what is not asked for, the attribute is there all the same.
  const isOn = (name: string): boolean => attributes.get(name) !== false;
  return { kind, ...common, mean: isOn("with_mean") ? mean : undefined, scale: isOn("with_std") ? scale : undefined };
}

const MOST_STEPS = 32;

function pipelineFrom(attributes: Attributes): Pipeline {
  const node = required(attributes, "steps", "Pipeline");
  if (!isContainer(node) || node.kind !== "list" || node.items.length === 0 || node.items.length > MOST_STEPS)
    throw schemaError(`a Pipeline has no list of 1 to ${MOST_STEPS} steps`);
  const steps = node.items.flatMap((item) => stepOf(item));
  const early = steps.slice(0, -1).find(({ estimator }) => estimator.kind !== "StandardScaler");
  if (early !== undefined || steps.length === 0)
    throw schemaError("a Pipeline has another step than scalers, and at its end an estimator");
  return { kind: "Pipeline", sklearnVersion: versionOf(attributes), steps };
}

function stepOf(node: Node): Pipeline["steps"] {
  const [name, made = null, ...more] = isContainer(node) && node.kind === "tuple" ? node.items : [];
  if (typeof name !== "string" || more.length > 0) throw schemaError("a step of a Pipeline is no name and estimator");
  if (made === null || made === "passthrough") return [];
  // One in another would be of as many levels as somebody likes.
  if (isEstimator(made) && made.callee.name === "Pipeline") throw schemaError("a Pipeline is a step of another");
  return [{ name, estimator: estimatorOf(made, `the step ${JSON.stringify(name.slice(0, 80))}`) }];
}
