/** The model's file, and the check that what was read is a model. Pure. */

import * as v from "valibot";
import { canonicalJson } from "../core/fingerprint.ts";
import type { Json } from "../core/rule.ts";
import { encodedNames, encodeRow, type Feature } from "./encoding.ts";
import { MODEL_FORMAT, type LinearModel } from "./linear.ts";
import type { FeatureReference } from "./reference.ts";

/** Why bytes are no model. */
export class ModelError extends Error {
  override readonly name = "ModelError";
}

/** The bytes of `model.bin`: JSON in UTF-8 with sorted keys and a final newline, the same for the same model. */
export function writeModel(model: LinearModel): string {
  return `${canonicalJson(model as unknown as Json)}\n`;
}

/** The model that `model.bin` holds, checked field by field. */
export const readModel = (text: string): LinearModel => checkedModel(parsed(text));

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const range = v.tuple([finite, finite]);
const metrics = v.object({ rmse: finite, mae: finite, r2: finite, mape: v.nullable(finite) });
const feature = v.variant("type", [
  v.object({
    name: v.string(),
    type: v.picklist(["number", "integer"]),
    fill: v.nullable(finite),
    imputation: v.picklist(["mean", "median", "constant", "none"]),
    range,
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
const counted = { rows: count, missing: count, counts: v.array(count) };
interface Counted {
  readonly rows: number;
  readonly missing: number;
  readonly counts: readonly number[];
}
const isAll = ({ rows, missing, counts }: Counted): boolean =>
  rows === counts.reduce((sum, each) => sum + each, missing);
const NOT_ALL = "its counts are not those of all rows";
const numberReference = v.pipe(
  v.object({
    ...counted,
    type: v.literal("number"),
    edges: v.pipe(
      v.array(finite),
      v.check((edges) => edges.every((edge, at) => at === 0 || edge > (edges[at - 1] ?? edge)), "they do not rise"),
    ),
    least: finite,
    greatest: finite,
    mean: finite,
  }),
  v.check(({ edges, counts }) => counts.length === edges.length + 1, "it has not one bin more than edges"),
  v.check((each) => isAll(each), NOT_ALL),
);
const categoryReference = v.pipe(
  v.object({ ...counted, type: v.literal("category"), categories: v.array(v.string()) }),
  v.check(({ categories, counts }) => counts.length === categories.length, "it has not one count for each category"),
  v.check((each) => isAll(each), NOT_ALL),
);
const reference = v.object({
  features: v.array(v.variant("type", [numberReference, categoryReference])),
  prediction: numberReference,
});
const shape: v.GenericSchema<unknown, LinearModel> = v.object({
  format: v.literal(MODEL_FORMAT),
  kind: v.literal("linear-regression"),
  target: v.string(),
  targetRange: range,
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
  holdout: v.object({ share: finite, digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "it is no SHA-256")) }),
  golden: v.array(v.object({ row: v.array(v.nullable(v.union([finite, v.string()]))), prediction: finite })),
  reference,
  libraries: v.record(v.string(), v.string()),
});

/** The value as a model; throws a {@link ModelError} that says what of it is none, and where. */
export function checkedModel(value: unknown): LinearModel {
  const format = (value as { readonly format?: unknown } | null)?.format;
  if (typeof format === "number" && format !== MODEL_FORMAT)
    throw new ModelError(
      `the model is of format ${format}, and this version of pipe reads format ${MODEL_FORMAT}: build it again, with 'pipe build train'`,
    );
  const { issues, output, success } = v.safeParse(shape, value);
  if (!success) throw noModel(`${v.getDotPath(issues[0]) ?? "it"}: ${issues[0].message}`);
  checkNames(output);
  checkReference(output);
  output.golden.forEach(({ row }, at) => checkGolden(output.features, row, `golden.${at}`));
  return output;
}

/** The features that a value holds, checked; its other fields may be anything. */
export function checkedFeatures(value: unknown): readonly Feature[] {
  const { issues, output, success } = v.safeParse(v.object({ features: v.array(feature) }), value);
  if (!success) throw noModel(`${v.getDotPath(issues[0]) ?? "it"}: ${issues[0].message}`);
  return output.features;
}

function checkNames({ features, coefficients, inference }: LinearModel): void {
  const names = encodedNames(features);
  const { length } = names;
  if (coefficients.length !== length || inference.standardErrors.length !== length)
    throw noModel(`it has ${coefficients.length} coefficients where its features need ${length}`);
  // What is written by name, as the pickle is, would lose one of them.
  if (new Set(names).size !== length) throw noModel("two of its coefficients have one name");
  if (new Set(features.map(({ name }) => name)).size !== features.length)
    throw noModel("two of its features have one name");
}

function checkReference({ features, reference }: LinearModel): void {
  if (reference.features.length !== features.length)
    throw noModel(`reference.features: there are ${reference.features.length} for ${features.length} features`);
  features.forEach((each, at) => {
    const seen = reference.features[at] as FeatureReference;
    const isSame =
      each.type === "category"
        ? seen.type === "category" && seen.categories.join("\0") === each.categories.join("\0")
        : seen.type === "number";
    if (!isSame) throw noModel(`reference.features.${at}: it is not of ${each.name}`);
  });
}

function checkGolden(features: readonly Feature[], row: LinearModel["golden"][number]["row"], place: string): void {
  if (row.length !== features.length)
    throw noModel(`${place}.row: it has ${row.length} values for ${features.length} features`);
  try {
    encodeRow(features, row);
  } catch (error) {
    throw noModel(`${place}.row: ${(error as Error).message}`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw noModel((error as Error).message);
  }
}

const noModel = (problem: string): ModelError => new ModelError(`this is no model that pipe wrote: ${problem}`);
