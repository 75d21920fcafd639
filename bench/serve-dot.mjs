// The arithmetic of the reference model in as few words as it takes, and its answer: for the handlers without pipe.

import { readFileSync } from "node:fs";

/** From the files of a model to what answers a row with JSON. */
export function answerFrom(modelPath, digest) {
  const { features, coefficients, intercept } = JSON.parse(readFileSync(modelPath, "utf8"));
  return (row) => `{"prediction":${predictionOf({ features, coefficients, intercept }, row)},"model":"${digest}"}`;
}

function predictionOf({ features, coefficients, intercept }, row) {
  let [sum, at] = [intercept, 0];
  for (const { name, type, fill, categories } of features) {
    const value = row[name] ?? fill;
    if (type === "category")
      for (let index = 1; index < categories.length; index++) sum += coefficients[at++] * (categories[index] === value);
    else sum += coefficients[at++] * value;
  }
  return sum;
}
