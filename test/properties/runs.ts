/** How many cases a property runs and from which seed; both can be set from outside, to repeat a failure. */

/** `PIPE_<name>_RUNS`, `PIPE_SEED` and `PIPE_PATH` are those that a failure prints. */
export function runsFrom(
  name: "CORE" | "ENGINE" | "KILLS" | "FINDER",
  numRuns: number,
): { readonly numRuns: number; readonly seed?: number; readonly path?: string; readonly endOnFailure: boolean } {
  const { [`PIPE_${name}_RUNS`]: runs, PIPE_SEED: seed, PIPE_PATH: path } = process.env;
  return {
    numRuns: runs === undefined ? numRuns : Number(runs),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(path === undefined ? {} : { path }),
    // Shrinking the real engine's cases would take minutes where nobody waits for it.
    endOnFailure: name !== "CORE" && process.env["PIPE_SHRINK"] === undefined,
  };
}
