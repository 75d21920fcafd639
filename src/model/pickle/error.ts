/** Why bytes are not read as a pickle. Pure. */

/**
 * `truncated`: it ends too early. `malformed`: no pickler writes this. `unsafe`: it asks for something to be imported or called
 * that no model needs. `limit`: it is larger, deeper or more than a model can be. `unsupported`: it may be all right, but
 * is of another kind. `schema`: it is a pickle, and not of what it should be.
 */
export type PickleProblem = "truncated" | "malformed" | "unsafe" | "limit" | "unsupported" | "schema";

export class PickleError extends Error {
  override readonly name = "PickleError";
  readonly problem: PickleProblem;
  /** The byte at which it shows; undefined where it is about the whole. */
  readonly at: number | undefined;

  constructor(problem: PickleProblem, message: string, at?: number) {
    super(at === undefined ? message : `${message}, at byte ${at}`);
    this.problem = problem;
    this.at = at;
  }
}

export const schemaError = (message: string): PickleError => new PickleError("schema", message);
