/** The linear model as an artifact: its content, its file, and its prediction. Pure. */

import * as v from "valibot";
import { canonicalJson } from "../core/fingerprint.ts";
import type { Json } from "../core/rule.ts";
import { encodedNames, encodeRow, type Feature } from "./encoding.ts";
import type { Metrics } from "./metrics.ts";
import type { Row } from "./schema.ts";

export const MODEL_FORMAT = 2;

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

export interface LinearModel extends Predictor {
  readonly format: typeof MODEL_FORMAT;
  readonly kind: "linear-regression";
  readonly target: string;
  /** The penalty on the squares of the coefficients, each in units of its number's deviation; 0 for plain least squares. */
  readonly ridge: number;
  readonly inference: Inference;
  /** By the name of the number. */
  readonly leftOut: Readonly<Record<string, LeftOut>>;
  /** On rows that training did not see. `baseline` predicts the training mean. */
  readonly metrics: { readonly model: Metrics; readonly baseline: Metrics };
  readonly rows: { readonly train: number; readonly test: number };
  readonly seed: number;
  /** The share of rows that were held out. */
  readonly holdout: number;
  /** The packages that the numbers come from. */
  readonly libraries: Readonly<Record<string, string>>;
}

/** The prediction for one row, in the target's unit. `row[i]` belongs to `features[i]`. */
export function predict(model: Predictor, row: Row): number {
  const numbers = encodeRow(model.features, row);
  return model.coefficients.reduce((sum, coefficient, at) => sum + coefficient * (numbers[at] ?? 0), model.intercept);
}

/** The bytes of `model.bin`: JSON in UTF-8 with sorted keys and a final newline, the same for the same model. */
export function writeModel(model: LinearModel): string {
  return `${canonicalJson(model as unknown as Json)}\n`;
}

/** Why bytes are no model. */
export class ModelError extends Error {
  override readonly name = "ModelError";
}

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const metrics = v.object({ rmse: finite, mae: finite, r2: finite, mape: v.nullable(finite) });
const feature = v.variant("type", [
  v.object({
    name: v.string(),
    type: v.picklist(["number", "integer"]),
    fill: v.nullable(finite),
    imputation: v.picklist(["mean", "median", "constant", "none"]),
    range: v.tuple([finite, finite]),
  }),
  v.pipe(
    v.object({
      name: v.string(),
      type: v.literal("category"),
      fill: v.nullable(v.string()),
      imputation: v.picklist(["mode", "constant", "none"]),
      categories: v.array(v.string()),
    }),
    v.check(({ fill, categories }) => fill === null || categories.includes(fill), "it fills in an unknown category"),
  ),
]);
const shape: v.GenericSchema<unknown, LinearModel> = v.object({
  format: v.literal(MODEL_FORMAT),
  kind: v.literal("linear-regression"),
  target: v.string(),
  features: v.array(feature),
  coefficients: v.array(finite),
  intercept: finite,
  ridge: v.pipe(finite, v.minValue(0)),
  inference: v.object({
    standardErrors: v.array(v.nullable(finite)),
    interceptError: v.nullable(finite),
    residualError: v.nullable(finite),
    degreesOfFreedom: v.pipe(v.number(), v.safeInteger()),
  }),
  leftOut: v.record(v.string(), v.picklist(["constant", "collinear"])),
  metrics: v.object({ model: metrics, baseline: metrics }),
  rows: v.object({ train: count, test: count }),
  seed: v.pipe(v.number(), v.safeInteger()),
  holdout: finite,
  libraries: v.record(v.string(), v.string()),
});

/** The model that `model.bin` holds, checked field by field. */
export function readModel(text: string): LinearModel {
  const { issues, output, success } = v.safeParse(shape, parsed(text));
  if (!success) throw noModel(`${v.getDotPath(issues[0]) ?? "it"}: ${issues[0].message}`);
  const names = encodedNames(output.features);
  const { length } = names;
  if (output.coefficients.length !== length || output.inference.standardErrors.length !== length)
    throw noModel(`it has ${output.coefficients.length} coefficients where its features need ${length}`);
  // What is written by name, as the pickle is, would lose one of them.
  if (new Set(names).size !== length) throw noModel("two of its coefficients have one name");
  return output;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw noModel((error as Error).message);
  }
}

const noModel = (problem: string): ModelError => new ModelError(`this is no model that pipe wrote: ${problem}`);
