/** HTML in which a text is only ever a text, whatever a column, a category or a client is called. Pure. */

import { harmless } from "../width.ts";

/** Markup, as opposed to text; made by {@link html}. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

/** What may stand in a template; null is nothing. */
export type Part = Html | string | number | null | readonly Part[];

/** Template markup with its parts put in, texts of them escaped: for element content and attributes in double quotes. */
export const html = (markup: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(markup.map((piece, at) => `${lean(piece)}${markupOf(parts[at] ?? null)}`).join(""));

/** Without the indentation of the source, which would be most of a page of many pictures. */
const lean = (piece: string): string => piece.replaceAll(/\s*\n\s*/g, "\n");

function markupOf(part: Part): string {
  if (part === null) return "";
  if (part instanceof Html) return part.markup;
  return typeof part === "object" ? part.map(markupOf).join("") : escaped(harmless(String(part)));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
