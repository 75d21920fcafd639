/** Least squares on a triangle: a linear model and how sure it is, however many rows the triangle stands for. */

import { Matrix, QrDecomposition, solve } from "ml-matrix";
import { MultivariateLinearRegression } from "ml-regression";
import { retryable } from "pipefile";
import { reducedOf, type Inference, type LeftOut, type Triangle } from "pipefile/model";

export interface Solution {
  /** One for each column of x, in the unit of y per unit of the column. */
  readonly coefficients: readonly number[];
  readonly intercept: number;
  readonly inference: Inference;
  /** Why a column got the coefficient 0, by its place. */
  readonly leftOut: ReadonlyMap<number, LeftOut>;
}

/** Below this share of its mean, what a triangle shows of a column's deviation is what rounding left over. */
const LEAST_DEVIATION = 1e-10;
/** A column whose distance from what the columns before it span is less, in its deviations, says the same: as R's `lm` has it. */
const LEAST_DISTANCE = 1e-7;

/** The problem in units of each column's deviation, with the columns that say something of their own. */
interface Problem {
  readonly kept: readonly number[];
  readonly leftOut: ReadonlyMap<number, LeftOut>;
  /** The deviations of the columns that are kept, in their units. */
  readonly units: readonly number[];
  readonly x: readonly (readonly number[])[];
  readonly y: readonly number[];
  readonly means: { readonly x: readonly number[]; readonly y: number };
  readonly rows: number;
}

/**
 * The coefficients and intercept of y by x; `triangle` is that of rows [1 x y], at least one. With a `ridge`, that times
 * the squares of the coefficients, in units of their columns' deviations, is added to the squares of the errors. A column
 * that is constant, or without a ridge a combination of those before it, gets the coefficient 0. What has no finite
 * solution is a failure of the kind `fit`.
 */
export function solutionOf(triangle: Triangle, ridge: number): Solution {
  const problem = problemOf(triangle, ridge);
  const weights = weightsOf(problem, ridge);
  const coefficients = Array.from(triangle.width > 2 ? new Float64Array(triangle.width - 2) : []);
  problem.kept.forEach((column, at) => (coefficients[column] = (weights[at] ?? 0) / (problem.units[at] ?? 1)));
  const { means } = problem;
  const intercept = means.y - coefficients.reduce((sum, coefficient, at) => sum + coefficient * (means.x[at] ?? 0), 0);
  if (![...coefficients, intercept].every(Number.isFinite)) throw noSolution();
  const inference = inferenceOf(problem, { weights, ridge, columns: coefficients.length });
  return { coefficients, intercept, inference, leftOut: problem.leftOut };
}

function problemOf(triangle: Triangle, ridge: number): Problem {
  const { means, deviations, x, y } = reducedOf(triangle);
  // Asked before: the library's decomposition of what is not finite would never end.
  if (![...x.flat(), ...y].every(Number.isFinite)) throw noSolution();
  const rows = Math.round((triangle.values[0] ?? 0) ** 2);
  const leftOut = new Map<number, LeftOut>();
  deviations.forEach((deviation, at) => {
    // Of rows around their means, the diagonal is how far a column is from what those before it span.
    const distance = Math.abs(x[at]?.[at] ?? 0) / (deviation * Math.sqrt(rows));
    if (deviation <= LEAST_DEVIATION * Math.abs(means.x[at] ?? 0)) leftOut.set(at, "constant");
    else if (ridge === 0 && distance < LEAST_DISTANCE) leftOut.set(at, "collinear");
  });
  const kept = [...deviations.keys()].filter((at) => !leftOut.has(at));
  const units = kept.map((at) => deviations[at] ?? 1);
  // In units of its own deviation no column is lost beside another: the library takes for 0 what is small beside the largest.
  const inUnits = x.map((row) => kept.map((column, at) => (row[column] ?? 0) / (units[at] ?? 1)));
  return { kept, leftOut, units, x: inUnits, y, means, rows };
}

function weightsOf({ kept, x, y }: Problem, ridge: number): readonly number[] {
  if (kept.length === 0) return [];
  const root = Math.sqrt(ridge);
  // A penalty is as many rows more, each of which wants one coefficient to be 0.
  const penalty = ridge === 0 ? [] : kept.map((_, row) => kept.map((__, at) => (at === row ? root : 0)));
  const targets = [...y.map((value) => [value]), ...penalty.map(() => [0])];
  const { weights } = new MultivariateLinearRegression([...x, ...penalty], targets, {
    intercept: false,
    statistics: false,
  });
  return weights.map(([weight]) => weight ?? Number.NaN);
}

/**
 * Standard errors by the usual formula, σ² (XᵀX + λ)⁻¹ XᵀX (XᵀX + λ)⁻¹, which without a ridge is σ² (XᵀX)⁻¹
 * (T. Hastie, R. Tibshirani, J. Friedman, The Elements of Statistical Learning, 2nd ed., (3.8) and section 3.4.1).
 */
function inferenceOf(
  problem: Problem,
  {
    weights,
    ridge,
    columns,
  }: { readonly weights: readonly number[]; readonly ridge: number; readonly columns: number },
): Inference {
  const { kept, units, rows, means } = problem;
  const degreesOfFreedom = rows - kept.length - 1;
  const standardErrors: (number | null)[] = Array.from({ length: columns }, () => null);
  if (degreesOfFreedom <= 0) return { standardErrors, interceptError: null, residualError: null, degreesOfFreedom };
  const variance = squaredErrors(problem, weights) / degreesOfFreedom;
  const spread = kept.length === 0 ? Matrix.zeros(0, 0) : spreadOf(problem.x, ridge);
  // The intercept is that of the means: it is as unsure as the mean of y, and as each coefficient is at its column's mean.
  const atMeans = kept.map((column, at) => (means.x[column] ?? 0) / (units[at] ?? 1));
  let interceptSpread = 1 / rows;
  kept.forEach((column, at) => {
    standardErrors[column] = Math.sqrt(variance * Math.max(0, spread.get(at, at))) / (units[at] ?? 1);
    atMeans.forEach((mean, other) => (interceptSpread += (atMeans[at] ?? 0) * mean * spread.get(at, other)));
  });
  return {
    standardErrors,
    interceptError: Math.sqrt(variance * Math.max(0, interceptSpread)),
    residualError: Math.sqrt(variance),
    degreesOfFreedom,
  };
}

const squaredErrors = ({ x, y }: Problem, weights: readonly number[]): number =>
  y.reduce((sum, value, row) => {
    const predicted = weights.reduce((total, weight, at) => total + weight * (x[row]?.[at] ?? 0), 0);
    return sum + (value - predicted) ** 2;
  }, 0);

/** What the variance is multiplied by: the covariance of the weights. By QR, which keeps the digits that XᵀX would lose. */
function spreadOf(x: Problem["x"], ridge: number): Matrix {
  const rows = new Matrix(x.map((row) => [...row]));
  const penalty = Matrix.eye(rows.columns, rows.columns, Math.sqrt(ridge));
  const all =
    ridge === 0
      ? rows
      : Matrix.from1DArray(rows.rows + rows.columns, rows.columns, [...rows.to1DArray(), ...penalty.to1DArray()]);
  const triangle = new QrDecomposition(all).upperTriangularMatrix.subMatrix(0, rows.columns - 1, 0, rows.columns - 1);
  const inverse = solve(triangle, Matrix.eye(rows.columns));
  const whole = inverse.mmul(inverse.transpose());
  return ridge === 0 ? whole : whole.mmul(rows.transpose()).mmul(rows).mmul(whole);
}

const noSolution = (): Error =>
  retryable("fit", new RangeError("the regression has no finite solution for these rows"));
