/** A series as a line of blocks, from 0 at the bottom to its greatest value, or what is usual, at the top. Pure. */

export interface Blocks {
  /** Rising. */
  readonly levels: readonly string[];
  /** Stands for what is cut off. */
  readonly cut: string;
}

const UNICODE: Blocks = { levels: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"], cut: "…" };
const ASCII: Blocks = { levels: ["_", ".", ":", "-", "=", "+", "*", "#"], cut: "~" };

/**
 * Those that the reader has: the consoles of Linux have few of the blocks, and a locale that is set and is not of UTF-8
 * none. Where nothing is set, as in a container, terminals of today have them.
 */
export function blocksFor(env: Readonly<Record<string, string | undefined>>): Blocks {
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find((each = "") => each !== "") ?? "UTF-8";
  const isPoor = ["linux", "dumb"].includes(env["TERM"] ?? "") || !/utf-?8/i.test(locale);
  return isPoor ? ASCII : UNICODE;
}

/**
 * A sign for each value; a blank where there is none. The top is `usual` at least, so that what is mere noise is seen to
 * be small; a value below 0 makes the least one the bottom.
 */
export function sparkline(values: readonly (number | null)[], usual: number | null, { levels }: Blocks): string {
  const known = values.filter((value) => value !== null);
  const [least, greatest] = [Math.min(0, ...known), Math.max(0, usual ?? 0, ...known)];
  const levelOf = (value: number): number =>
    greatest === least ? 0 : Math.round(((value - least) / (greatest - least)) * (levels.length - 1));
  return values.map((value) => (value === null ? " " : (levels[levelOf(value)] ?? ""))).join("");
}
