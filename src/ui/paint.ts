/** Colour, where the reader wants it. It never carries meaning of its own: every painted word says the same unpainted. */

import { styleText } from "node:util";

export type Style = "good" | "bad" | "warn" | "faint" | "strong";
export type Paint = (style: Style, text: string) => string;

const STYLES = { good: "green", bad: "red", warn: "yellow", faint: "dim", strong: "bold" } as const;

export const plain: Paint = (_style, text) => text;
// The caller has looked at the stream; newer Nodes would otherwise look at stdout once more.
const coloured: Paint = (style, text) => (styleText as Styled)(STYLES[style], text, { validateStream: false });

type Styled = (format: string, text: string, options: { readonly validateStream: boolean }) => string;

/** Colour on a terminal, unless NO_COLOR is set (https://no-color.org: to anything but the empty string). */
export function paintFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Paint {
  const isWanted = stream.isTTY === true && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
  return isWanted ? coloured : plain;
}
