/** A model that can be served, of whatever kind: rows in, predictions out. Pure. */

import type { Reference } from "../model/reference.ts";
import type { Row } from "../model/schema.ts";

/** A column of the rows that a model predicts for. */
export interface InputColumn {
  readonly name: string;
  /** An integer is a number without a fraction. */
  readonly type: "number" | "integer" | "category" | "text";
  /** Of a category: those that the model knows. */
  readonly categories?: readonly string[];
  /** False where a request has to give a value: nothing stands in for a missing one. */
  readonly isNullable: boolean;
  /** The least and the greatest value in training: an example for a reader, no limit. */
  readonly range?: readonly [least: number, greatest: number];
}

export interface OutputColumn {
  readonly name: string;
  readonly type: "number" | "text";
  /** Of a prediction that is a list: how many numbers it has. */
  readonly length?: number;
  /** The least and the greatest target in training, in its unit. */
  readonly range?: readonly [least: number, greatest: number];
}

export interface ServedSchema {
  readonly inputs: readonly InputColumn[];
  readonly output: OutputColumn;
}

/** A number, a label, or of many targets a list of numbers. */
export type ServedPrediction = number | string | readonly number[];

/** A row with what the model has to predict for it. `row[i]` belongs to `inputs[i]`. */
export interface ServedGolden {
  readonly row: Row;
  readonly prediction: ServedPrediction;
}

export interface Served {
  /** SHA-256 of the model's file, hex. */
  readonly digest: string;
  /** Such as `linear-regression`, `scikit-learn LinearRegression`, `custom`. */
  readonly kind: string;
  readonly schema: ServedSchema;
  /** Empty where the model has none. */
  readonly golden: readonly ServedGolden[];
  /** What training saw: `features[i]` belongs to `schema.inputs[i]`. Undefined where the model does not say. */
  readonly reference?: Reference;
  /** As they were measured when the model was made. */
  readonly metrics: Readonly<Record<string, number>>;
  /** One prediction a row, in their order. `row[i]` belongs to `schema.inputs[i]`, checked before. */
  predict(rows: readonly Row[]): readonly ServedPrediction[] | Promise<readonly ServedPrediction[]>;
}

/** The model that answers now. */
export interface Live {
  readonly served: Served;
  /** When it was put in service: milliseconds since 1970-01-01 UTC. */
  readonly sinceMs: number;
}
