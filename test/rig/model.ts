/** Models made up by hand or at random, with what training would have seen of them. */

import * as fc from "fast-check";
import {
  categoryReference,
  encodedNames,
  numberReference,
  predict,
  type Cell,
  type Feature,
  type FeatureReference,
  type LinearModel,
} from "pipefile/model";

type Seen = Pick<LinearModel, "targetRange" | "holdout" | "golden" | "reference">;

const ROWS = 4;

/** Four rows, and no value missing. */
export const seenBy = (features: readonly Feature[]): Seen => ({
  targetRange: [0, 10],
  holdout: { share: 0.25, digest: "ab".repeat(32) },
  golden: [],
  reference: { features: features.map(referenceOf), prediction: numbers },
});

const numbers = numberReference(
  { type: "number", known: ROWS, missing: 0, least: 1, greatest: 4, mean: 2.5, deviation: 1 },
  [
    { value: 1, atMost: 1 },
    { value: 3, atMost: 3 },
  ],
);

const referenceOf = (feature: Feature): FeatureReference =>
  feature.type === "category"
    ? categoryReference(
        { type: "category", known: ROWS, missing: 0, counts: { [feature.categories[0] ?? ""]: ROWS } },
        feature.categories,
      )
    : numbers;

const figures = { rmse: 2, mae: 1, r2: 0.5, mape: null };
const birdFeatures: readonly Feature[] = [
  { name: "length", type: "number", range: [30, 60], imputation: "mean", fill: 40 },
  { name: "sex", type: "category", categories: ["FEMALE", "MALE"], imputation: "mode", fill: "MALE" },
];

/** A small model that has something in each of its fields. */
export const birds: LinearModel = {
  ...seenBy(birdFeatures),
  format: 3,
  kind: "linear-regression",
  target: "mass",
  features: birdFeatures,
  coefficients: [10, 300],
  intercept: 1_000,
  ridge: 0,
  inference: { standardErrors: [1, null], interceptError: 3, residualError: 2, degreesOfFreedom: 27 },
  leftOut: { "sex=MALE": "constant" },
  metrics: { model: figures, baseline: figures },
  rows: { train: 30, test: 10 },
  seed: 7,
  golden: [{ row: [null, "MALE"], prediction: 1_700 }],
  libraries: { "ml-regression": "6.3.0" },
};

// No −0: JSON has none, and training makes none.
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
// With = two names could become one, and a pickle that has a name like __proto__ is not read.
const text = fc.string({ unit: "grapheme", maxLength: 5 }).filter((drawn) => !/=|^__.*__$/s.test(drawn));

const numberFeatures = fc.record({
  name: text,
  type: fc.constantFrom("number" as const, "integer" as const),
  range: fc.tuple(finite, finite),
  imputation: fc.constant("mean" as const),
  fill: finite,
});
const categoryFeatures = fc
  .record({ name: text, categories: fc.uniqueArray(text, { minLength: 1, maxLength: 4 }) })
  .map(({ name, categories }) => ({
    name,
    type: "category" as const,
    categories,
    imputation: "mode" as const,
    fill: categories[0] ?? "",
  }));

/** Any names, texts and numbers; the rows are predicted by the model. */
export const models: fc.Arbitrary<LinearModel> = fc
  .uniqueArray(fc.oneof(numberFeatures, categoryFeatures), { maxLength: 5, selector: ({ name }) => name })
  .chain((features) => {
    const { length } = encodedNames(features);
    const list = fc.array(finite, { minLength: length, maxLength: length });
    const cellOf = (feature: Feature): fc.Arbitrary<Cell> =>
      fc.option<Cell>(feature.type === "category" ? fc.constantFrom(...feature.categories) : finite);
    const rows = fc.array(fc.tuple(...features.map(cellOf)), { maxLength: 3 });
    return fc
      .record({ coefficients: list, intercept: finite, standardErrors: list, rows, seed: fc.maxSafeInteger() })
      .map((drawn) => modelOf(features, drawn));
  });

interface Drawn {
  readonly coefficients: readonly number[];
  readonly intercept: number;
  readonly standardErrors: readonly number[];
  readonly rows: readonly (readonly Cell[])[];
  readonly seed: number;
}

const METRICS = { rmse: 1, mae: 0.1, r2: -0.5, mape: null };

function modelOf(features: readonly Feature[], { rows, standardErrors, ...drawn }: Drawn): LinearModel {
  const [name] = encodedNames(features);
  const golden = rows.map((row) => ({ row, prediction: predict({ features, ...drawn }, row) }));
  return {
    ...seenBy(features),
    ...drawn,
    format: 3,
    kind: "linear-regression",
    target: "target",
    features,
    ridge: 0.1,
    inference: { standardErrors, interceptError: null, residualError: 3, degreesOfFreedom: -1 },
    leftOut: name === undefined ? {} : { [name]: "collinear" },
    metrics: { model: METRICS, baseline: METRICS },
    rows: { train: ROWS, test: 2 },
    golden: golden.filter(({ prediction }) => Number.isFinite(prediction)),
    libraries: { "ml-regression": "6.3.0" },
  };
}
