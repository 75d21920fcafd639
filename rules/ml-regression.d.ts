/** The part of ml-regression that is used here; the package ships no types of its own. */
declare module "ml-regression" {
  export class MultivariateLinearRegression {
    /**
     * `x[i]` are the inputs of row i, `y[i]` its outputs. Unless `intercept` is false an intercept is fitted too; its
     * weight comes last.
     */
    constructor(
      x: readonly (readonly number[])[],
      y: readonly (readonly number[])[],
      options?: { readonly intercept?: boolean; readonly statistics?: boolean },
    );
    /** One row for each input, one column for each output. */
    readonly weights: readonly (readonly number[])[];
  }
}
