/** What rules, and other projects, use of models. */

export { CellError, readCell } from "./cell.ts";
export { encodedNames, encodeRow } from "./encoding.ts";
export type { CategoryFeature, Feature, NumberFeature } from "./encoding.ts";
export { predictRows, probabilitiesOf, transformRows } from "./estimator.ts";
export type {
  Estimator,
  LinearRegression,
  LogisticRegression,
  NumberRow,
  Pipeline,
  Prediction,
  StandardScaler,
} from "./estimator.ts";
export { featureOf, needsMedian } from "./feature.ts";
export type { Learnt } from "./feature.ts";
export { MODEL_FORMAT, ModelError, predict, readModel, writeModel } from "./linear.ts";
export type { Inference, LeftOut, LinearModel, Predictor } from "./linear.ts";
export { Measurement, metricsOf } from "./metrics.ts";
export type { Metrics } from "./metrics.ts";
export { PickleError } from "./pickle/error.ts";
export type { PickleProblem } from "./pickle/error.ts";
export { noCost, PICKLE_LIMITS } from "./pickle/machine.ts";
export type { PickleCost, PickleLimits } from "./pickle/machine.ts";
export { readPickle } from "./pickle/plain.ts";
export type { Bounds } from "./pickle/read.ts";
export { writePickle } from "./pickle/write.ts";
export type { PickleValue } from "./pickle/write.ts";
export { RankSearch, ranksOf } from "./quantile.ts";
export { checkedSchema, headerProblem, SchemaError } from "./schema.ts";
export type {
  CategoryColumn,
  Cell,
  Column,
  FeatureColumn,
  NullPolicy,
  NumberColumn,
  Row,
  Schema,
  TextColumn,
} from "./schema.ts";
export { readEstimator } from "./sklearn-estimator.ts";
export { isHeldOut, uniform } from "./split.ts";
export { MOST_CATEGORIES, summingOf } from "./summary.ts";
export type { CategorySummary, ColumnSummary, NumberSummary, Summing } from "./summary.ts";
export { emptyTriangle, reducedOf, takeRows } from "./triangular.ts";
export type { Reduced, Triangle } from "./triangular.ts";
