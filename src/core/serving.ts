/** What a Pipefile says of the service: which model it hosts, and how a new one is judged. Pure. */

import type { Duration } from "./duration.ts";
import type { MonitoringWindow } from "./monitoring.ts";
import type { Size } from "./rule.ts";

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
  readonly monitor?: MonitorOptions;
}

/** What is written to `reports/monitoring.jsonl`, and when an alarm is raised. */
export interface MonitorOptions {
  /** A window ends with so many rows that were predicted for. Default: 1000. */
  readonly rows?: number;
  /** But no sooner than after this time. Default: "1m". */
  readonly minTime?: Duration;
  /** And no later than after this one. Default: "1h". */
  readonly time?: Duration;
  /** How often a window without any drift may look as if it had some, all its tests together. Default: 0.01. */
  readonly level?: number;
  /** An alarm opens where so many of so many windows were wrong, and closes where none of them was. Default: [2, 3]. */
  readonly alarm?: readonly [wrong: number, of: number];
  /** The share of requests for predictions that may fail with 5xx. Default: 0.05. */
  readonly errorRate?: number;
  /** What one of a hundred requests may take at most. Default: any time. */
  readonly latency?: Duration;
  /** At this size the file is put aside. Default: "10MB". */
  readonly rotate?: Size;
  /** How many files that were put aside are kept. Default: 9. */
  readonly keep?: number;
  /** Figures of the business for each window: `() => import("./rules/kpis.ts")`. */
  readonly kpis?: () => Promise<{ readonly default: KpiSource }>;
}

/** What the module of `serve.monitor.kpis` exports by default: figures, by name, for a window that ends. */
export type KpiSource = (
  window: MonitoringWindow,
) => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>;

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
