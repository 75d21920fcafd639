/** The parts of a page of the docs that tests look at. Pure. */

/** What stands under a heading, up to the next one of its level or above. */
export function sectionOf(text: string, heading: string): string {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, "") === heading);
  if (start < 0) throw new Error(`there is no heading '${heading}'`);
  const level = lines[start]?.indexOf(" ") ?? 0;
  const isNext = (line: string): boolean => new RegExp(`^#{1,${level}} `).test(line);
  const length = outsideBlocks(lines.slice(start + 1)).findIndex(isNext);
  return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).join("\n");
}

/** The code blocks of one language. */
export const blocksOf = (text: string, language: string): readonly string[] =>
  [...text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)]
    .filter(([, named]) => named === language)
    .map(([, , code = ""]) => code);

/** The file that a code block is: a Pipefile, or what its first line names in a comment. */
export function fileOf(block: string): string | undefined {
  if (/^export default pipeline\(/m.test(block)) return "Pipefile.ts";
  return /^(?:\/\/|#) (\w+\/\S+\.\w+)\n/.exec(block)?.[1];
}

/** The cells of the first table, without its head. */
export function tableOf(text: string): readonly (readonly string[])[] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith("|---"));
  if (start < 0) throw new Error(`there is no table in: ${text}`);
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => !line.startsWith("|"));
  return rest.slice(0, end < 0 ? undefined : end).map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );
}

/** Text between backquotes, outside of code blocks. */
export const codeSpansOf = (text: string): readonly string[] =>
  [
    ...outsideBlocks(text.split("\n"))
      .join("\n")
      .matchAll(/`([^`\n]+)`/g),
  ].map(([, code = ""]) => code);

/** The lines, with those of code blocks empty. */
function outsideBlocks(lines: readonly string[]): readonly string[] {
  let isInside = false;
  return lines.map((line) => {
    const isFence = line.startsWith("```");
    if (isFence) isInside = !isInside;
    return isInside || isFence ? "" : line;
  });
}

/** The targets of links, and the anchors of headings, as GitHub makes them. */
export const linksOf = (text: string): readonly string[] =>
  [
    ...outsideBlocks(text.split("\n"))
      .join("\n")
      .matchAll(/\]\(([^)\s]+)\)/g),
  ].map(([, target = ""]) => target);

export const anchorsOf = (text: string): readonly string[] =>
  outsideBlocks(text.split("\n"))
    .filter((line) => /^#+ /.test(line))
    .map((line) =>
      line
        .replace(/^#+ /, "")
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    );
