/** The parts of a model that say what training saw, for models made up by hand: four rows, and no value missing. */

import {
  categoryReference,
  numberReference,
  type Feature,
  type FeatureReference,
  type LinearModel,
} from "pipefile/model";

type Seen = Pick<LinearModel, "targetRange" | "holdout" | "golden" | "reference">;

const ROWS = 4;

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
