/** The linear model as an artifact: its content, its file, and its prediction. Pure. */

import { canonicalJson } from "../core/fingerprint.ts";
import type { Json } from "../core/rule.ts";
import { encodedNames, encodeRow, type Feature } from "./encoding.ts";
import type { Metrics } from "./metrics.ts";
import type { Row } from "./schema.ts";

export const MODEL_FORMAT = 1;

/** As much of a model as a prediction takes. */
export interface Predictor {
  readonly features: readonly Feature[];
  /** One for each of {@link encodedNames}, in the target's unit per unit of the feature. */
  readonly coefficients: readonly number[];
  readonly intercept: number;
}

export interface LinearModel extends Predictor {
  readonly format: typeof MODEL_FORMAT;
  readonly kind: "linear-regression";
  readonly target: string;
  /** On rows that training did not see. `baseline` predicts the training mean. */
  readonly metrics: { readonly model: Metrics; readonly baseline: Metrics };
  readonly rows: { readonly train: number; readonly test: number };
  readonly seed: number;
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

/** The model that `model.bin` holds, checked field by field. */
export function readModel(text: string): LinearModel {
  const found = parsed(text);
  const check = (isRight: boolean, problem: string): void => {
    if (!isRight) throw new ModelError(`this is no model that pipe wrote: ${problem}`);
  };
  check(found.format === MODEL_FORMAT, `its format is ${JSON.stringify(found.format)}, not ${MODEL_FORMAT}`);
  check(found.kind === "linear-regression", `its kind is ${JSON.stringify(found.kind)}`);
  check(typeof found.target === "string", "it has no target");
  check(Array.isArray(found.features) && found.features.every(isFeature), "its features are not described");
  check(isNumbers(found.coefficients), "its coefficients are no finite numbers");
  check(Number.isFinite(found.intercept), "its intercept is no finite number");
  const model = found as LinearModel;
  const names = encodedNames(model.features);
  check(
    model.coefficients.length === names.length,
    `it has ${model.coefficients.length} coefficients where its features need ${names.length}`,
  );
  // What is written by name, as the pickle is, would lose one of them.
  check(new Set(names).size === names.length, "two of its coefficients have one name");
  check(isMetrics(model.metrics?.model) && isMetrics(model.metrics?.baseline), "its metrics are no finite numbers");
  check(
    Number.isInteger(model.rows?.train) && Number.isInteger(model.rows?.test),
    "its row counts are no whole numbers",
  );
  check(Number.isSafeInteger(model.seed), "its seed is no whole number");
  check(
    typeof model.libraries === "object" && model.libraries !== null && isTexts(Object.values(model.libraries)),
    "it does not name its libraries",
  );
  return model;
}

function parsed(text: string): Partial<LinearModel> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch (error) {
    throw new ModelError(`this is no model that pipe wrote: ${(error as Error).message}`);
  }
  throw new ModelError("this is no model that pipe wrote: it is no object");
}

const isTexts = (values: readonly unknown[]): boolean => values.every((value) => typeof value === "string");
const isNumbers = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every(Number.isFinite);

function isFeature(value: unknown): value is Feature {
  const feature = value as Partial<Feature & { type: "category" }>;
  if (typeof feature?.name !== "string") return false;
  if ((feature.type as string) === "number") return Number.isFinite(feature.fill);
  return (
    feature.type === "category" &&
    typeof feature.fill === "string" &&
    Array.isArray(feature.categories) &&
    isTexts(feature.categories) &&
    feature.categories.includes(feature.fill)
  );
}

const isMetrics = (value: Partial<Metrics> | undefined): boolean => isNumbers([value?.rmse, value?.mae, value?.r2]);
