/** Least squares on a triangle: the coefficients of a linear model, however many rows the triangle stands for. */

import { MultivariateLinearRegression } from "ml-regression";
import { retryable } from "pipefile";
import { reducedOf, type Reduced, type Triangle } from "pipefile/model";

export interface Solution {
  /** One for each column of x, in the unit of y per unit of the column. */
  readonly coefficients: readonly number[];
  readonly intercept: number;
}

/** Below this share of its mean, what a triangle shows of a column's deviation is what rounding left over. */
const LEAST_DEVIATION = 1e-10;

/**
 * The coefficients and intercept of y by x; `triangle` is that of rows [1 x y], at least one. A column that is constant
 * gets the coefficient 0. Where columns say the same, of all solutions the shortest is taken, in units of their
 * deviations. What has no finite one is a failure of the kind `fit`.
 */
export function solutionOf(triangle: Triangle): Solution {
  const { means, deviations, x, y } = reducedOf(triangle);
  // The library inverts XᵀX, and takes for 0 what is less than about 10⁻¹⁵ of the largest there is: a column in
  // kilometres would be lost beside one in millimetres. In units of its own deviation none is.
  const units = deviations.map((deviation, at) =>
    deviation <= LEAST_DEVIATION * Math.abs(means.x[at] ?? 0) ? Number.POSITIVE_INFINITY : deviation,
  );
  const inUnits = x.map((row) => row.map((value, at) => value / (units[at] ?? 1)));
  const coefficients = weightsOf({ x: inUnits, y }).map((weight, at) => weight / (units[at] ?? 1));
  const intercept = means.y - coefficients.reduce((sum, coefficient, at) => sum + coefficient * (means.x[at] ?? 0), 0);
  if (![...coefficients, intercept].every(Number.isFinite)) throw noSolution();
  return { coefficients, intercept };
}

function weightsOf({ x, y }: Pick<Reduced, "x" | "y">): readonly number[] {
  // Asked before: the library's decomposition of what is not finite would never end.
  if (![...x.flat(), ...y].every(Number.isFinite)) throw noSolution();
  const targets = y.map((value) => [value]);
  const { weights } = new MultivariateLinearRegression(x, targets, { intercept: false, statistics: false });
  return weights.map(([weight]) => weight ?? Number.NaN);
}

const noSolution = (): Error =>
  retryable("fit", new RangeError("the regression has no finite solution for these rows"));
