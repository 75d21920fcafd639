/** How a model's bytes become what predicts: by pipe itself, or by the predictor of the Pipefile. */

import { pathToFileURL } from "node:url";
import { badPredictor } from "../core/error-service.ts";
import { predictorOf, servedBy } from "./custom.ts";
import { servedFrom } from "./kind.ts";
import type { Load } from "./replica.ts";

export interface LoadRequest {
  /** The model's declared path, for messages. */
  readonly path: string;
  /** Absolute path of the module of `serve.predictor`, bundled. */
  readonly predictor: string | undefined;
}

/** Throws a PipeError where the module is no predictor. */
export async function loadFrom({ path, predictor }: LoadRequest): Promise<Load> {
  if (predictor === undefined) return ({ bytes, digest }) => servedFrom(bytes, { path, digest });
  const module = (await import(pathToFileURL(predictor).href).catch((error: Error) => {
    throw badPredictor({ problem: `cannot be loaded: ${error.message}` });
  })) as { readonly default?: unknown };
  const found = predictorOf(module.default);
  if (typeof found === "string") throw badPredictor({ problem: found });
  return ({ bytes, digest }) => servedBy(found, bytes, { path, digest });
}
