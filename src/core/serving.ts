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
