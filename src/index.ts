/** The public face of the package: what a Pipefile and its actions import. */

export { retryable } from "./core/retryable.ts";
export { glob, pipeline, rule } from "./core/rule.ts";
export { url } from "./core/url.ts";
export type { CacheOptions } from "./core/cache-option.ts";
export type { Duration } from "./core/duration.ts";
export type { FailureKind, Retry } from "./core/retry.ts";
export type {
  Action,
  ActionContext,
  Glob,
  Json,
  Pipeline,
  PipelineOptions,
  Resources,
  Rule,
  Size,
} from "./core/rule.ts";
export type { Url } from "./core/url.ts";
export type { MonitoringWindow } from "./core/monitoring.ts";
export type {
  KpiSource,
  ModelPredictor,
  MonitorOptions,
  PredictorAnswer,
  PredictorColumn,
  PredictorRow,
  PredictorSchema,
  Probation,
  ServeOptions,
} from "./core/serving.ts";
