/** The coefficients of a model, each with what is known of it. Pure. */

import jStat from "jstat";
import { encodedNames, type LeftOut, type LinearModel } from "pipefile/model";

/** The share of intervals that hold the true coefficient, if the errors are independent and alike. */
const CONFIDENCE = 0.95;
/** From here on the quantile is that of the normal distribution to six digits, and jstat loses digits further on. */
const MOST_DEGREES = 1e6;

export interface Estimate {
  readonly name: string;
  /** In the target's unit per unit of the number. */
  readonly value: number;
  /** Null where there is none, as too few rows were left to tell. */
  readonly error: number | null;
  /** Null without an error. */
  readonly interval: readonly [low: number, high: number] | null;
  readonly leftOut: LeftOut | undefined;
  /** What the number changes by where the change is drawn: a deviation, or the whole of a category. */
  readonly step: number;
}

/** How many standard errors a 95 % interval reaches to either side: Student's t. */
export const reachOf = (degreesOfFreedom: number): number =>
  jStat.studentt.inv((1 + CONFIDENCE) / 2, Math.min(degreesOfFreedom, MOST_DEGREES));

/** `deviationOf` gives the standard deviation of a number column, in its unit. */
export function estimatesOf(model: LinearModel, deviationOf: (column: string) => number | null): readonly Estimate[] {
  const steps = model.features.flatMap((feature) =>
    feature.type === "category" ? feature.categories.slice(1).map(() => 1) : [deviationOf(feature.name) ?? 1],
  );
  return encodedNames(model.features).map((name, at) => {
    const error = model.inference.standardErrors[at] ?? null;
    const value = model.coefficients[at] ?? 0;
    return {
      name,
      value,
      error,
      interval: intervalOf(model, value, error),
      leftOut: Object.hasOwn(model.leftOut, name) ? model.leftOut[name] : undefined,
      step: steps[at] ?? 1,
    };
  });
}

/** The intercept: what is predicted where every number is 0. */
export function interceptOf(model: LinearModel): Estimate {
  const { intercept: value, inference } = model;
  const error = inference.interceptError;
  const interval = intervalOf(model, value, error);
  return { name: "intercept", value, error, interval, leftOut: undefined, step: 1 };
}

function intervalOf({ inference }: LinearModel, value: number, error: number | null): Estimate["interval"] {
  if (error === null || inference.degreesOfFreedom <= 0) return null;
  const reach = reachOf(inference.degreesOfFreedom) * error;
  return [value - reach, value + reach];
}

/** True where an interval says that the coefficient may as well be 0. */
export const isUnsure = ({ interval }: Estimate): boolean =>
  interval === null || (interval[0] <= 0 && interval[1] >= 0);
