/** What scikit-learn has fitted, as plain numbers, and what it predicts. Pure. */

interface Fitted {
  /** The version of scikit-learn that wrote it. */
  readonly sklearnVersion: string | undefined;
  /** How many numbers a row has. */
  readonly featureCount: number;
  /** The columns of the table that it was fitted to, where that had names. */
  readonly featureNames: readonly string[] | undefined;
}

interface Linear extends Fitted {
  /** One list for each target or class, with a number for each feature. */
  readonly coefficients: readonly (readonly number[])[];
  /** One for each target or class. */
  readonly intercepts: readonly number[];
}

export interface LinearRegression extends Linear {
  readonly kind: "LinearRegression" | "Ridge";
  /** True where it was fitted to a table of targets, so that a prediction is a list. */
  readonly hasManyTargets: boolean;
}

export interface LogisticRegression extends Linear {
  readonly kind: "LogisticRegression";
  readonly classes: readonly (string | number)[];
  /** One model for each class against the rest, or one for all. */
  readonly scheme: "one-versus-rest" | "multinomial";
}

export interface StandardScaler extends Fitted {
  readonly kind: "StandardScaler";
  /** One for each feature; undefined where none is subtracted. */
  readonly mean: readonly number[] | undefined;
  /** One for each feature; undefined where by none is divided. */
  readonly scale: readonly number[] | undefined;
}

export interface Pipeline {
  readonly kind: "Pipeline";
  readonly sklearnVersion: string | undefined;
  /** In order; all but the last are scalers. */
  readonly steps: readonly { readonly name: string; readonly estimator: Estimator }[];
}

export type Estimator = LinearRegression | LogisticRegression | StandardScaler | Pipeline;

/** A row of numbers, one for each feature, in the order in which it was fitted. */
export type NumberRow = readonly number[];

/** A number, a label, or of many targets a list of numbers. */
export type Prediction = number | string | readonly number[];

/** What the estimator's own `predict` gives for each row. */
export function predictRows(estimator: Estimator, rows: readonly NumberRow[]): readonly Prediction[] {
  const { last, rows: scaled } = scaledFor(estimator, rows);
  if (last.kind === "StandardScaler") throw new TypeError("a scaler predicts nothing: transformRows() scales rows");
  if (last.kind === "LogisticRegression") return scaled.map((row) => labelOf(last, row));
  return scaled.map((row) => {
    const predictions = decisionsOf(last, row);
    return last.hasManyTargets ? predictions : (predictions[0] ?? Number.NaN);
  });
}

/** What `predict_proba` gives: for each row a probability for each class, in the order of its classes. */
export function probabilitiesOf(estimator: Estimator, rows: readonly NumberRow[]): readonly (readonly number[])[] {
  const { last, rows: scaled } = scaledFor(estimator, rows);
  if (last.kind !== "LogisticRegression") throw new TypeError(`a ${last.kind} has no probabilities`);
  return scaled.map((row) => probabilitiesFor(last, row));
}

/** What `transform` gives, of a scaler or of a pipeline of scalers. */
export function transformRows(estimator: Estimator, rows: readonly NumberRow[]): readonly NumberRow[] {
  const { last, rows: scaled } = scaledFor(estimator, rows);
  if (last.kind !== "StandardScaler") throw new TypeError(`a ${last.kind} transforms nothing: predictRows() predicts`);
  return scaled.map((row) => scaledRow(last, row));
}

/** The rows as they reach the last step, which is the estimator itself where it is no pipeline. */
function scaledFor(
  estimator: Estimator,
  rows: readonly NumberRow[],
): { readonly last: Exclude<Estimator, Pipeline>; readonly rows: readonly NumberRow[] } {
  if (estimator.kind !== "Pipeline") {
    for (const row of rows) checkRow(estimator, row);
    return { last: estimator, rows };
  }
  const [last, ...before] = estimator.steps.map((step) => step.estimator).toReversed();
  if (last === undefined) throw new TypeError("the pipeline has no steps");
  const scaled = before.toReversed().reduce((given, scaler) => transformRows(scaler, given), rows);
  return scaledFor(last, scaled);
}

function checkRow({ kind, featureCount }: Fitted & { readonly kind: string }, row: NumberRow): void {
  if (row.length !== featureCount)
    throw new RangeError(`a row has ${row.length} numbers, and the ${kind} takes ${featureCount}`);
  const at = row.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new RangeError(`a row has ${row[at]} in place ${at + 1}, and the ${kind} takes finite numbers`);
}

function decisionsOf({ coefficients, intercepts }: Linear, row: NumberRow): readonly number[] {
  return coefficients.map(
    (weights, at) =>
      weights.reduce((sum, weight, index) => sum + weight * (row[index] ?? 0), 0) + (intercepts[at] ?? 0),
  );
}

const scaledRow = ({ mean, scale }: StandardScaler, row: NumberRow): NumberRow =>
  row.map((value, at) => (value - (mean?.[at] ?? 0)) / (scale?.[at] ?? 1));

function labelOf(model: LogisticRegression, row: NumberRow): string | number {
  const decisions = decisionsOf(model, row);
  const [decision = 0] = decisions;
  const at = decisions.length === 1 ? Number(decision > 0) : decisions.indexOf(Math.max(...decisions));
  return model.classes[at] ?? "";
}

function probabilitiesFor(model: LogisticRegression, row: NumberRow): readonly number[] {
  const decisions = decisionsOf(model, row);
  const [decision = 0] = decisions;
  const isBinary = decisions.length === 1;
  if (model.scheme === "multinomial") return softmax(isBinary ? [-decision, decision] : decisions);
  if (isBinary) return [1 - logistic(decision), logistic(decision)];
  const chances = decisions.map(logistic);
  const sum = chances.reduce((total, chance) => total + chance, 0);
  return chances.map((chance) => chance / sum);
}

const logistic = (value: number): number => 1 / (1 + Math.exp(-value));

function softmax(values: readonly number[]): readonly number[] {
  const most = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
