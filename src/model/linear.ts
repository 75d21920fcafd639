/** The linear model as an artifact: what it holds, and its prediction. Pure. */

import { encodeRow, type Feature } from "./encoding.ts";
import type { Metrics } from "./metrics.ts";
import type { Reference } from "./reference.ts";
import type { Row } from "./schema.ts";

/** What the fields of a model are; another one is refused. */
export const MODEL_FORMAT = 3;

/** As much of a model as a prediction takes. */
export interface Predictor {
  readonly features: readonly Feature[];
  /** One for each of {@link encodedNames}, in the target's unit per unit of the feature. */
  readonly coefficients: readonly number[];
  readonly intercept: number;
}

/** How far the coefficients are to be trusted, if the errors are independent and alike. */
export interface Inference {
  /** One for each coefficient, in its unit; null where it is no estimate, as of a number that was left out. */
  readonly standardErrors: readonly (number | null)[];
  readonly interceptError: number | null;
  /** The standard deviation of the errors, in the target's unit; null where there are as many coefficients as rows. */
  readonly residualError: number | null;
  /** Training rows less fitted coefficients, the intercept included. */
  readonly degreesOfFreedom: number;
}

/** Why a number got the coefficient 0: it never varies, or those before it say the same. */
export type LeftOut = "constant" | "collinear";

/** The rows that training did not see. */
export interface Holdout {
  /** Of all rows. */
  readonly share: number;
  /** SHA-256 of these rows, as hex: two models of the same digest were measured on the same rows. */
  readonly digest: string;
}

/** A training row with what the model predicts for it: whoever serves the model has to come to the same. */
export interface GoldenRow {
  /** As it was read: null where a value is missing. `row[i]` belongs to `features[i]`. */
  readonly row: Row;
  /** In the target's unit. */
  readonly prediction: number;
}

export interface LinearModel extends Predictor {
  readonly format: typeof MODEL_FORMAT;
  readonly kind: "linear-regression";
  readonly target: string;
  /** The least and the greatest target of the training rows, in its unit. */
  readonly targetRange: readonly [least: number, greatest: number];
  /** The penalty on the squares of the coefficients, each in units of its number's deviation; 0 for plain least squares. */
  readonly ridge: number;
  readonly inference: Inference;
  /** By the name of the number. */
  readonly leftOut: Readonly<Record<string, LeftOut>>;
  /** On rows that training did not see. `baseline` predicts the training mean. */
  readonly metrics: { readonly model: Metrics; readonly baseline: Metrics };
  readonly rows: { readonly train: number; readonly test: number };
  readonly seed: number;
  readonly holdout: Holdout;
  readonly golden: readonly GoldenRow[];
  readonly reference: Reference;
  /** The packages that the numbers come from. */
  readonly libraries: Readonly<Record<string, string>>;
}

/** The prediction for one row, in the target's unit. `row[i]` belongs to `features[i]`. */
export function predict(model: Predictor, row: Row): number {
  const numbers = encodeRow(model.features, row);
  return model.coefficients.reduce((sum, coefficient, at) => sum + coefficient * (numbers[at] ?? 0), model.intercept);
}
