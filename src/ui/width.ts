/** Text that fits: as wide as a terminal shows it, cut and wrapped, with nothing in it that would steer the terminal. Pure. */

import stringWidth from "string-width";

export const widthOf = (text: string): number => stringWidth(text);

export const padded = (text: string, width: number): string => text + " ".repeat(Math.max(width - widthOf(text), 0));

/** At most so wide; `mark` stands for what is cut off. */
export function cut(text: string, width: number, mark: string): string {
  if (widthOf(text) <= width) return text;
  return `${prefixOf(text, width - widthOf(mark))}${mark}`;
}

function prefixOf(text: string, width: number): string {
  let [prefix, left] = ["", width];
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    left -= widthOf(segment);
    if (left < 0) break;
    prefix += segment;
  }
  return prefix;
}

/** Lines of whole words; a word that is wider than a line is broken. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (widthOf(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = word;
    while (widthOf(line) > width) {
      const head = prefixOf(line, width) || line;
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  return [...lines, line];
}

/** Names come from tables and from clients: an escape sequence, or a sign that turns the text around, is shown as `?`. */
export const harmless = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "?");
