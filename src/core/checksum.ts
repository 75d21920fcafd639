/** Lists of checksums in the format of `sha256sum`. Pure. */

export interface Checksum {
  readonly sha256: string;
  /** As it stands in the list. */
  readonly path: string;
}

/** Digest, a space, a space or an asterisk, the path. A backslash in front says that the path has escapes. */
const LINE = /^(\\?)([0-9a-f]{64}) [ *](.+)$/i;

/** What a list tells of; undefined for a text that is no such list. */
export function checksumsIn(text: string): readonly Checksum[] | undefined {
  const found: Checksum[] = [];
  for (const line of text.split("\n").filter((each) => each !== "")) {
    const [, escaped, sha256, path] = LINE.exec(line.replace(/\r$/, "")) ?? [];
    if (sha256 === undefined || path === undefined) return undefined;
    found.push({ sha256: sha256.toLowerCase(), path: escaped === "" ? path : unescaped(path) });
  }
  return found.length === 0 ? undefined : found;
}

const unescaped = (path: string): string => path.replaceAll(/\\([\\nr])/g, (_, escape: string) => MEANT[escape] ?? "");

const MEANT: Readonly<Record<string, string>> = { "\\": "\\", n: "\n", r: "\r" };
