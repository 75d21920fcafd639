/**
 * The model as a pickle, and back. One description of the layout, field by field, serves both ways: names in Python's
 * spelling, counts as ints and measures as floats, and what belongs to a feature or a coefficient by its name. Pure.
 */

import { encodedNames, type CategoryFeature, type Feature, type NumberFeature } from "./encoding.ts";
import { checkedFeatures, checkedModel, ModelError } from "./file.ts";
import { MODEL_FORMAT, type GoldenRow, type Holdout, type Inference, type LinearModel } from "./linear.ts";
import type { Metrics } from "./metrics.ts";
import { PickleError } from "./pickle/error.ts";
import { readPickle } from "./pickle/plain.ts";
import { writePickle, type PickleValue } from "./pickle/write.ts";
import type { FeatureReference, NumberReference, Reference } from "./reference.ts";

/** The bytes of `model.pkl`; the same for the same model. */
export const pickleOf = (model: LinearModel): Uint8Array => writePickle(pickledOf(model));

/** The model that a pickle of {@link pickleOf} holds, as {@link readModel} reads it; throws a {@link ModelError}. */
export const modelOfPickle = (bytes: Uint8Array): LinearModel => modelOfPickled(unpickled(bytes));

/** The plain values that Python sees. */
export const pickledOf = (model: LinearModel): PickleValue => modelForm(model.features).write(model);

/** The model that {@link pickledOf} made them of. */
export function modelOfPickled(value: PickleValue): LinearModel {
  const format = isDict(value) ? memberOf(value, "format") : undefined;
  // The names of all else come from the features. Of another format these may be anything, and the check says which it is.
  const features = format === BigInt(MODEL_FORMAT) ? checkedFeatures(value) : [];
  return checkedModel(modelForm(features).read(value));
}

function unpickled(bytes: Uint8Array): PickleValue {
  try {
    return readPickle(bytes);
  } catch (error) {
    if (!(error instanceof PickleError)) throw error;
    throw new ModelError(`this is no model that pipe wrote: ${error.message}`, { cause: error });
  }
}

/** How a part of the model is pickled. What is read may be anything: it is checked as a whole in the end. */
interface Form<T> {
  readonly write: (part: T) => PickleValue;
  readonly read: (value: PickleValue | undefined) => unknown;
}

type Dict = { readonly [key: string]: PickleValue };
const isDict = (value: PickleValue | undefined): value is Dict =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const memberOf = (dict: Dict, key: string): PickleValue | undefined =>
  Object.hasOwn(dict, key) ? dict[key] : undefined;

const same: Form<PickleValue> = { write: (part) => part, read: (value) => value };

const whole: Form<number> = {
  write: BigInt,
  read: (value) => (typeof value === "bigint" ? Number(value) : value),
};

const listOf = <T>(form: Form<T>): Form<readonly T[]> => ({
  write: (parts) => parts.map(form.write),
  read: (value) => (Array.isArray(value) ? value.map(form.read) : value),
});

/** A list as a dict by name: `forms[i]` and the part `i` belong to `names[i]`. */
const byName = <T>(names: readonly string[], forms: readonly Form<T>[]): Form<readonly T[]> => ({
  write: (parts) => Object.fromEntries(forms.map((form, at) => [names[at] ?? "", form.write(parts[at] as T)])),
  read: (value) =>
    isDict(value) && Object.keys(value).length === names.length
      ? forms.map((form, at) => form.read(memberOf(value, names[at] ?? "")))
      : value,
});

const allOf = <T>(form: Form<T>, { length }: readonly unknown[]): readonly Form<T>[] =>
  Array.from({ length }, () => form);

type Forms<T> = { readonly [K in keyof T]-?: Form<T[K]> };

/** An object as a dict; its keys stand in the order of the forms. */
function dictOf<T extends object>(forms: Forms<T>): Form<T> {
  const keys = Object.keys(forms) as (keyof T & string)[];
  return {
    write: (part) => Object.fromEntries(keys.map((key) => [pythonic(key), forms[key].write(part[key])])),
    read: (value) =>
      isDict(value)
        ? Object.fromEntries(keys.map((key) => [key, forms[key].read(memberOf(value, pythonic(key)))]))
        : value,
  };
}

/** `left_out` for `leftOut`. */
const pythonic = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const modelForm = (features: readonly Feature[]): Form<LinearModel> => {
  const names = encodedNames(features);
  return dictOf<LinearModel>({
    format: whole,
    kind: same,
    target: same,
    targetRange: same,
    intercept: same,
    coefficients: byName(names, allOf(same, names)),
    features: featureForm,
    metrics: dictOf<LinearModel["metrics"]>({ model: metricsForm, baseline: metricsForm }),
    rows: dictOf<LinearModel["rows"]>({ train: whole, test: whole }),
    ridge: same,
    inference: dictOf<Inference>({
      standardErrors: byName(names, allOf(same, names)),
      interceptError: same,
      residualError: same,
      degreesOfFreedom: whole,
    }),
    leftOut: same,
    seed: whole,
    holdout: dictOf<Holdout>({ share: same, digest: same }),
    golden: goldenForm(features),
    reference: referenceForm(features),
    libraries: same,
  });
};

const metricsForm = dictOf<Metrics>({ rmse: same, mae: same, r2: same, mape: same });

const numberForm = dictOf<NumberFeature>({ name: same, type: same, range: same, fill: same, imputation: same });
const categoryForm = dictOf<CategoryFeature>({
  name: same,
  type: same,
  categories: same,
  fill: same,
  imputation: same,
});
const featureForm = listOf<Feature>({
  write: (feature) => (feature.type === "category" ? categoryForm.write(feature) : numberForm.write(feature)),
  read: same.read,
});

const namesOf = (features: readonly Feature[]): readonly string[] => features.map(({ name }) => name);

const goldenForm = (features: readonly Feature[]): Form<readonly GoldenRow[]> =>
  listOf(
    dictOf<GoldenRow>({
      row: byName(namesOf(features), allOf(same, features)),
      prediction: same,
    }),
  );

const referenceForm = (features: readonly Feature[]): Form<Reference> =>
  dictOf<Reference>({
    features: byName(
      namesOf(features),
      features.map((feature) => featureReferenceForm(feature)),
    ),
    prediction: numberReferenceForm,
  });

const numberReferenceForm = dictOf<NumberReference>({
  type: same,
  rows: whole,
  missing: whole,
  edges: same,
  counts: listOf(whole),
  least: same,
  greatest: same,
  mean: same,
});

/** Counts of categories go by their names, so that these need not be said again. */
function featureReferenceForm(feature: Feature): Form<FeatureReference> {
  if (feature.type !== "category") return numberReferenceForm as Form<FeatureReference>;
  const { categories } = feature;
  const counts = byName(categories, allOf(whole, categories));
  const form = dictOf<Omit<FeatureReference, "categories">>({ type: same, rows: whole, missing: whole, counts });
  return {
    write: form.write,
    read: (value) => (isDict(value) ? { ...(form.read(value) as object), categories } : value),
  };
}
