/** The public face of the package: what a Pipefile and its actions import. */

export { glob, pipeline, rule } from "./core/rule.ts";
export type {
  Action,
  ActionContext,
  CacheOptions,
  Glob,
  Json,
  Pipeline,
  PipelineOptions,
  Resources,
  Rule,
  Size,
} from "./core/rule.ts";
