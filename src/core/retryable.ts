/** Failures with a kind that the action itself gives, for `retry.on` to name. Pure. */

// Found again by any other copy of this package: the one that an action imports need not be the one that runs it.
const KIND = Symbol.for("pipefile.kind");

/**
 * An error whose kind is `kind`, a plain word such as `"fit"`: `throw retryable("fit", cause)` lets a rule with
 * `retry: { on: ["fit"] }` try again. Its message is that of the cause.
 */
export function retryable(kind: string, cause?: unknown): Error {
  if (!isPlainWord(kind)) throw new TypeError(`a kind is a plain word, such as "fit"; this is none: ${String(kind)}`);
  const error = cause === undefined ? new Error(kind) : new Error(messageOf(cause), { cause });
  return Object.defineProperty(error, KIND, { value: kind });
}

/** The kind that an action gave to what it threw. */
export function ownKindOf(thrown: object): string | undefined {
  const kind = (thrown as { readonly [KIND]?: unknown })[KIND];
  return isPlainWord(kind) ? kind : undefined;
}

const isPlainWord = (kind: unknown): kind is string => typeof kind === "string" && /^[a-z][a-z0-9-]{0,49}$/i.test(kind);

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
