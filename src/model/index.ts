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
export { checkedModel, ModelError, readModel, writeModel } from "./file.ts";
export { MODEL_FORMAT, predict } from "./linear.ts";
export type { GoldenRow, Holdout, Inference, LeftOut, LinearModel, Predictor } from "./linear.ts";
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
export { modelOfPickle, modelOfPickled, pickledOf, pickleOf } from "./pickled.ts";
export { RankSearch, ranksOf } from "./quantile.ts";
export type { Ranked } from "./quantile.ts";
export { binOf, categoryReference, edgeRanks, numberReference } from "./reference.ts";
export type { Bin, CategoryReference, FeatureReference, NumberReference, Reference } from "./reference.ts";
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
export { sklearnPickleOf } from "./sklearn-pickle.ts";
export { isHeldOut, uniform } from "./split.ts";
export { MOST_CATEGORIES, summingOf } from "./summary.ts";
export type { CategorySummary, ColumnSummary, NumberSummary, Summing } from "./summary.ts";
export { emptyTriangle, reducedOf, takeRows } from "./triangular.ts";
export type { Reduced, Triangle } from "./triangular.ts";
