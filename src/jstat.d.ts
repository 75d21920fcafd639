/** The part of jstat that is used here; the package ships no types of its own. */
declare module "jstat" {
  const jStat: {
    /** χ² with so many degrees of freedom. */
    readonly chisquare: {
      readonly cdf: (value: number, degreesOfFreedom: number) => number;
      readonly inv: (probability: number, degreesOfFreedom: number) => number;
    };
    /** Student's t with so many degrees of freedom. */
    readonly studentt: { readonly inv: (probability: number, degreesOfFreedom: number) => number };
    readonly chisquare: { readonly inv: (probability: number, degreesOfFreedom: number) => number };
    readonly normal: { readonly pdf: (value: number, mean: number, deviation: number) => number };
    /** ln Γ of a positive number, to 15 digits; the package's `gammaln` has ten. */
    readonly loggam: (value: number) => number;
  };
  export default jStat;
}
