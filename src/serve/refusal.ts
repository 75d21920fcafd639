/** Why a model is not put in service: a value, since the service goes on without it. Pure. */

export type RefusalCode =
  | "model-missing"
  | "checksum-missing"
  | "checksum-mismatch"
  | "model-unreadable"
  | "golden-row"
  | "schema-changed"
  | "out-of-range"
  | "model-rejected"
  | "probation";

export interface Refusal {
  readonly code: RefusalCode;
  /** What is wrong, with the path or row where it is. */
  readonly message: string;
  /** SHA-256 of the model that is refused, where it could be read. */
  readonly digest?: string;
}

/** Carries a {@link Refusal} out of the reading of a model. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** True where the files are the matter, and not the model in them. */
export const isOfFiles = ({ code }: Refusal): boolean => OF_FILES.includes(code);

const OF_FILES: readonly RefusalCode[] = ["model-missing", "checksum-missing", "checksum-mismatch"];
