// How far apart the models are that pipe and scikit-learn fitted to the same rows; throws where it is too far.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { encodedNames, readModel } from "../dist/model.js";

/** Both are exact up to rounding, by different decompositions. */
const MOST = 1e-7;

/** The largest difference of two numbers that ought to be the same, as a share of them. */
export function agreementOf({ project, python }) {
  const model = readModel(readFileSync(join(project, "model/model.bin"), "utf8"));
  const other = JSON.parse(readFileSync(join(python, "metrics.json"), "utf8"));
  const names = encodedNames(model.features);
  if (names.join() !== Object.keys(other.coefficients).join())
    throw new Error(`pipe's numbers are ${names.join()}; scikit-learn's ${Object.keys(other.coefficients).join()}`);
  const pairs = [
    ...names.map((name, at) => [name, model.coefficients[at], other.coefficients[name]]),
    ["the intercept", model.intercept, other.intercept],
    ...["train", "test"].map((part) => [`${part} rows`, model.rows[part], other.rows[part]]),
    ...["model", "baseline"].map((of) => [`${of} rmse`, model.metrics[of].rmse, other[of].rmse]),
    ...["mae", "r2", "mape"].map((metric) => [metric, model.metrics.model[metric], other.model[metric]]),
  ];
  const distances = pairs.map(([name, ours, theirs]) => ({ name, ours, theirs, share: shareOf(ours, theirs) }));
  const wrong = distances.find(({ share }) => !(share <= MOST));
  if (wrong)
    throw new Error(`the models differ in ${wrong.name}: pipe has ${wrong.ours}, scikit-learn ${wrong.theirs}`);
  return Math.max(...distances.map(({ share }) => share));
}

const shareOf = (ours, theirs) =>
  Math.abs(ours - theirs) / Math.max(Math.abs(ours), Math.abs(theirs), Number.MIN_VALUE);
