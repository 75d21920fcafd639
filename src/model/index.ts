/** What rules, and other projects, use of models. */

export { encodedNames, encodeRow, FeatureFit, fitFeatures } from "./encoding.ts";
export type { Feature } from "./encoding.ts";
export { MODEL_FORMAT, ModelError, predict, readModel, writeModel } from "./linear.ts";
export type { LinearModel, Predictor } from "./linear.ts";
export { Measurement, metricsOf } from "./metrics.ts";
export type { Metrics } from "./metrics.ts";
export { writePickle } from "./pickle/write.ts";
export type { PickleValue } from "./pickle/write.ts";
export { CellError, headerProblem, readCell } from "./schema.ts";
export type { Cell, Column, Row, Schema } from "./schema.ts";
export { isHeldOut } from "./split.ts";
export { emptyTriangle, reducedOf, takeRows } from "./triangular.ts";
export type { Reduced, Triangle } from "./triangular.ts";
