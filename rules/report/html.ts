/** HTML in which a text is only ever a text. Pure. */

/** Markup, as opposed to text; made by {@link html}. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

/** What may stand in a template; null and undefined are nothing. */
export type Part = Html | string | number | null | undefined | readonly Part[];

/** Template markup with its parts put in, texts of them escaped: for element content and attributes in double quotes. */
export function html(markup: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(markup.map((piece, at) => `${piece}${at < parts.length ? markupOf(parts[at]) : ""}`).join(""));
}

/** A value as JSON that a page carries along in a script element. */
export function jsonScript(id: string, value: unknown): Html {
  // Within a string, where alone it can stand, JSON reads it back as what it was; no tag ends the element before its time.
  const json = JSON.stringify(value).replaceAll("<", String.raw`\u003c`);
  return html`<script type="application/json" id="${id}">
    ${new Html(json)}
  </script>`;
}

/** The value that {@link jsonScript} put into a page; undefined where there is none. Throws where it is damaged. */
export function scriptValue(page: string, id: string): unknown {
  const start = `<script type="application/json" id="${id}">`;
  const [, rest] = page.split(start);
  return rest === undefined ? undefined : JSON.parse(rest.split("</script>")[0] ?? "");
}

function markupOf(part: Part): string {
  if (part === null || part === undefined) return "";
  if (part instanceof Html) return part.markup;
  return typeof part === "object" ? part.map(markupOf).join("") : escaped(String(part));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
