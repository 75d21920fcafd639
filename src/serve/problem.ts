/** Why a request is not answered as it was meant: the status, and what its sender is told. Pure. */

interface Details {
  /** Counted from 1. */
  readonly row?: number;
  readonly column?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** True where the column is a category, and the value a text that training never saw. */
  readonly isNewCategory?: boolean;
}

export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly row: number | undefined;
  readonly column: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly isNewCategory: boolean;

  constructor(status: number, message: string, details: Details = {}) {
    const { row, column, headers = {}, isNewCategory = false } = details;
    super(message);
    this.status = status;
    this.row = row;
    this.column = column;
    this.headers = headers;
    this.isNewCategory = isNewCategory;
  }
}

/** The client went away: nobody is left to be answered. */
export class ClientGone extends Error {
  override readonly name = "ClientGone";
}

const LONGEST_SHOWN = 40;

/** As much of a text that was sent as an answer repeats. */
export const shownText = (text: string): string =>
  text.length <= LONGEST_SHOWN ? `'${text}'` : `'${text.slice(0, LONGEST_SHOWN).toWellFormed()}…'`;

/** What was sent, in a few words. */
export function shown(value: unknown): string {
  if (typeof value === "string") return shownText(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return String(value);
}

const MOST_LISTED = 10;

/** Some names that a sender can choose from. */
export const listed = (texts: readonly string[]): string =>
  texts.length <= MOST_LISTED
    ? texts.join(", ")
    : `${texts.slice(0, MOST_LISTED).join(", ")} and ${texts.length - MOST_LISTED} more`;

export const tooManyRows = (mostRows: number): Problem =>
  new Problem(413, `a request may have ${mostRows} rows at most: send them in several`);
