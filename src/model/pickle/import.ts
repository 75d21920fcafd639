/** The names that a pickle of a model may import, each exactly; nothing is ever imported for them. Pure. */

import { PickleError } from "./error.ts";
import type { Imported, Role } from "./node.ts";

const NUMPY: readonly (readonly [module: string, name: string, role: Role])[] = ["numpy.core", "numpy._core"].flatMap(
  (core): (readonly [string, string, Role])[] => [
    [`${core}.multiarray`, "_reconstruct", "reconstruct"],
    [`${core}.multiarray`, "scalar", "scalar"],
    [`${core}.numeric`, "_frombuffer", "frombuffer"],
  ],
);

const OTHERS: readonly (readonly [module: string, name: string, role: Role])[] = [
  ["numpy", "ndarray", "ndarray"],
  ["numpy", "dtype", "dtype"],
  ["numpy", "array", "array"],
  ["numpy", "float64", "float64"],
  ["_codecs", "encode", "encode"],
];

/** Where scikit-learn's own pickles name them, and where it publishes them. */
const ESTIMATORS = [
  ["sklearn.linear_model._base", "LinearRegression"],
  ["sklearn.linear_model", "LinearRegression"],
  ["sklearn.linear_model._ridge", "Ridge"],
  ["sklearn.linear_model._logistic", "LogisticRegression"],
  ["sklearn.preprocessing._data", "StandardScaler"],
  ["sklearn.pipeline", "Pipeline"],
] as const;

const ROLES: ReadonlyMap<string, Role> = new Map([
  ...[...NUMPY, ...OTHERS].map(([module, name, role]) => [`${module} ${name}`, role] as const),
  ...ESTIMATORS.map(([module, name]) => [`${module} ${name}`, "estimator"] as const),
]);

export function importedAs(module: string, name: string, at: number): Imported {
  const role = ROLES.get(`${module} ${name}`);
  if (role !== undefined) return { kind: "imported", role, module, name };
  if (module.startsWith("joblib"))
    throw new PickleError(
      "unsupported",
      `it was written by joblib; write it with pickle.dump(model, file) instead`,
      at,
    );
  throw new PickleError(
    "unsafe",
    `it imports ${JSON.stringify(`${module}.${name}`.slice(0, 200))}, which no model that is read here needs`,
    at,
  );
}
