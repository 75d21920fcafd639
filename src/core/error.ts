/** Every error that a user can meet, in one place: a stable code, what and where, and what to type next. Pure. */

/** A mistake of the user's, as opposed to a bug of ours: shown without a stack. */
export class PipeError extends Error {
  override readonly name = "PipeError";
  readonly code: string;
  readonly hint: string | undefined;
  readonly exitCode: number;

  constructor(parts: { code: string; message: string; hint?: string | undefined; exitCode?: number }) {
    super(parts.message);
    this.code = parts.code;
    this.hint = parts.hint;
    this.exitCode = parts.exitCode ?? 2;
  }
}

/** The error as a terminal shows it: `error[code]: message`, and the hint on a line of its own. */
export function renderError(error: PipeError): string {
  const hint = error.hint === undefined ? "" : `\n  hint: ${error.hint}`;
  return `error[${error.code}]: ${error.message}${hint}`;
}

export const badPattern = (at: { text: string; problem: string }): PipeError =>
  new PipeError({
    code: "bad-pattern",
    message: `in the path ${at.text}: ${at.problem}`,
    hint: "write {name} or {name:regex}; a literal brace cannot stand in a path",
  });
