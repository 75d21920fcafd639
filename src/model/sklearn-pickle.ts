/**
 * The model as scikit-learn's own `LinearRegression`, in a pickle for Python that has scikit-learn. Pure.
 *
 * All that it names is public: `sklearn.linear_model.LinearRegression`, `numpy.array` and `numpy.float64` stand at the same
 * place in NumPy 1 and 2, where what NumPy's own pickles name has moved from `numpy.core` to `numpy._core`. The class
 * is called without arguments, so a parameter that a later version adds has its default.
 */

import { encodedNames } from "./encoding.ts";
import type { LinearModel } from "./linear.ts";
import { writeObject, type PickleNode } from "./pickle/object.ts";
import type { PickleValue } from "./pickle/write.ts";

/** The bytes of the pickle; the same for the same model and version of scikit-learn, which need not be installed. */
export function sklearnPickleOf(model: LinearModel, sklearnVersion: string): Uint8Array {
  const names = encodedNames(model.features);
  return writeObject({
    call: { module: "sklearn.linear_model", name: "LinearRegression" },
    args: [],
    state: {
      fit_intercept: plain(true),
      copy_X: plain(true),
      n_jobs: plain(null),
      positive: plain(false),
      feature_names_in_: arrayOf(names, "object"),
      n_features_in_: plain(BigInt(names.length)),
      coef_: arrayOf(model.coefficients, "float64"),
      intercept_: { call: { module: "numpy", name: "float64" }, args: [plain(model.intercept)] },
      // Its absence, or another version, is what scikit-learn warns of.
      _sklearn_version: plain(sklearnVersion),
    },
  });
}

const plain = (value: PickleValue): PickleNode => ({ plain: value });

const arrayOf = (values: readonly PickleValue[], dtype: "float64" | "object"): PickleNode => ({
  call: { module: "numpy", name: "array" },
  args: [plain(values), plain(dtype)],
});
