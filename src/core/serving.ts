/** What a Pipefile says of the service: which model it hosts, and how a new one is judged. Pure. */

import type { Duration } from "./duration.ts";

/** How long a new model is watched, and what it may not exceed. */
export interface Probation {
  /** It is decided after this many predictions at the earliest, unless it is lost already. Default: 100. */
  readonly minRequests?: number;
  /** And when it has been in service for this long. Default: "1m". */
  readonly time?: Duration;
  /** It may fail this many times as often as the model before, and take this many times as long. Default: 2. */
  readonly factor?: number;
}

/** What `pipe serve` hosts. */
export interface ServeOptions {
  /** The model's file: a pickle, or whatever the predictor loads. */
  readonly model: string;
  /** The list of checksums that names it, as `sha256sum` writes it. */
  readonly checksum: string;
  /** In paths and documents. Default: the model's file name without its extension. */
  readonly name?: string;
  /** For a model of another kind: `() => import("./rules/predictor.ts")`. */
  readonly predictor?: () => Promise<{ readonly default: unknown }>;
  readonly probation?: Probation;
}

/** A column that a {@link ModelPredictor} takes or gives. */
export interface PredictorColumn {
  readonly name: string;
  /** An integer is a number without a fraction; a category is one of `categories`. */
  readonly type: "number" | "integer" | "category" | "text";
  readonly categories?: readonly string[];
  /** True where the value may be missing: the predictor gets null. */
  readonly nullable?: boolean;
  /** The least and the greatest value in training. */
  readonly range?: readonly [least: number, greatest: number];
}

/** A row by the names of its columns; null where a value is missing. */
export type PredictorRow = Readonly<Record<string, number | string | null>>;

/** A number, a label, or of many targets a list of numbers. */
export type PredictorAnswer = number | string | readonly number[];

/** What a model of another kind takes and gives, and rows that tell whether it is loaded right. */
export interface PredictorSchema {
  readonly inputs: readonly PredictorColumn[];
  readonly output: {
    readonly name: string;
    readonly type: "number" | "text";
    /** Of a prediction that is a list: how many numbers it has. */
    readonly length?: number;
    /** The least and the greatest target in training: a prediction far from it keeps a new model out of service. */
    readonly range?: readonly [least: number, greatest: number];
  };
  /** Rows with their predictions, as they were when the model was made. */
  readonly golden?: readonly { readonly row: PredictorRow; readonly prediction: PredictorAnswer }[];
  readonly metrics?: Readonly<Record<string, number>>;
}

/** What the module of `serve.predictor` exports by default: how a model of any kind is loaded, and how it predicts. */
export interface ModelPredictor<M = unknown> {
  /** Gives the model that the file's bytes hold; they have the SHA-256 that the list of checksums says. */
  readonly load: (bytes: Uint8Array, about: { readonly path: string; readonly digest: string }) => M | Promise<M>;
  readonly schema: (model: M) => PredictorSchema;
  /** One answer a row, in their order. The rows have been checked against the schema. */
  readonly predict: (
    model: M,
    rows: readonly PredictorRow[],
  ) => readonly PredictorAnswer[] | Promise<readonly PredictorAnswer[]>;
}
