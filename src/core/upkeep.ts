/** What the commands that look after a project found and did: `gc`, `clean` and `verify`. Pure. */

/** What making room in the cache took, or would take. */
export interface Evicted {
  readonly objects: number;
  readonly entries: number;
  readonly freedBytes: number;
  readonly leftBytes: number;
  /** How much of what is left is in use. */
  readonly inUseBytes: number;
}

export interface Freed {
  readonly files: number;
  readonly sizeBytes: number;
}

export interface Collected {
  readonly isDryRun: boolean;
  readonly freedBytes: number;
  readonly cache: Evicted & { readonly folder: string; readonly limitBytes: number };
  /** Copies into the cache that were never finished. */
  readonly incoming: Freed;
  /** Outputs of actions whose build was killed. */
  readonly stage: Freed;
  /** Bundles of code that has changed since. */
  readonly code: Freed;
}

export type KeptBecause = "edited" | "held" | "read" | "outside";

export interface Cleaned {
  readonly isDryRun: boolean;
  readonly removed: readonly { readonly path: string; readonly sizeBytes: number }[];
  /**
   * `edited` is not what pipe built any more, `held` is what a person decided on, `read` is an input, `outside` is behind
   * a link out of the project.
   */
  readonly kept: readonly { readonly path: string; readonly because: KeptBecause }[];
}

/** Something that is not as it was built. */
export interface Mismatch {
  /**
   * An output against its trace, an object of the cache against its name, a file against a list of checksums, a file of a
   * version of a model against what was kept.
   */
  readonly kind: "output" | "object" | "checksum" | "version";
  /** For an object its name. */
  readonly path: string;
  /** A damaged object was thrown away. */
  readonly state: "changed" | "missing" | "damaged";
  /** The step that made the output, the list that names the file, the model. */
  readonly by?: string;
}

export interface Verified {
  /** How many were looked at. */
  readonly outputs: number;
  readonly objects: number;
  readonly checksums: number;
  /** Of models, those whose files are kept. */
  readonly versions: number;
  readonly mismatches: readonly Mismatch[];
}
