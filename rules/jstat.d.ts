/** The part of jstat that is used here; the package ships no types of its own. */
declare module "jstat" {
  const jStat: {
    /** Student's t with so many degrees of freedom. */
    readonly studentt: { readonly inv: (probability: number, degreesOfFreedom: number) => number };
    readonly normal: { readonly pdf: (value: number, mean: number, deviation: number) => number };
  };
  export default jStat;
}
