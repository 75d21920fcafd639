/** The files that `reports/monitoring.jsonl` is made of: itself, and what was rotated away, `monitoring.1.jsonl` the newest. */

import { closeSync, constants, existsSync, fstatSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { monitoringNoFile } from "../core/usage.ts";

const FOLDER = "reports";

/** Relative to the project's root; 0 is the one that is written to. */
export const partPath = (number: number): string => `${FOLDER}/monitoring${number === 0 ? "" : `.${number}`}.jsonl`;

export interface OpenPart {
  /** Relative to the project's root. */
  readonly path: string;
  readonly descriptor: number;
  /** The same for the same file, whatever its name is by now, as long as it is open. */
  readonly identity: string;
}

/** All parts that there are, the newest first, each once; the caller closes them. */
export function openParts(root: string): readonly OpenPart[] {
  for (let tries = 1; ; tries++) {
    const parts = partsInTurn(root);
    // Beside one that has gone meanwhile, no other can be told to be newer or older.
    if (tries === MOST_TRIES || parts.every(({ descriptor }) => fstatSync(descriptor).nlink > 0)) return parts;
    closeParts(parts);
  }
}

/** Whoever rotates so often has another trouble, and a file system may not count links. */
const MOST_TRIES = 100;

/**
 * A rotation gives each file the next greater number, and so does this look for them: one that is renamed meanwhile is met
 * again, and never missed. Those that were met since it was met first are then newer, or will be met again too.
 */
function partsInTurn(root: string): readonly OpenPart[] {
  const parts: OpenPart[] = [];
  try {
    let last = Math.max(0, ...partNumbers(root));
    for (let number = 0; number <= last; number++) {
      const part = openPart(root, partPath(number));
      const before = parts.findIndex(({ identity }) => identity === part?.identity);
      if (part !== undefined) closeParts(before === -1 ? [] : parts.splice(before));
      if (part !== undefined) parts.push(part);
      if (number === last) last = Math.max(last, ...partNumbers(root));
    }
    return parts;
  } catch (error) {
    closeParts(parts);
    throw error;
  }
}

export function closeParts(parts: readonly OpenPart[]): void {
  for (const { descriptor } of parts) closeSync(descriptor);
}

/** Undefined where there is none. Throws a PipeError for what is no file, such as a folder. */
export function openPart(root: string, path: string): OpenPart | undefined {
  const descriptor = opened(resolve(root, path));
  if (descriptor === undefined) return undefined;
  const { dev, ino, mode } = fstatSync(descriptor, { bigint: true });
  if ((Number(mode) & constants.S_IFMT) === constants.S_IFREG) return { path, descriptor, identity: `${dev}:${ino}` };
  closeSync(descriptor);
  throw monitoringNoFile(path);
}

function opened(file: string): number | undefined {
  try {
    // To open a pipe would wait for somebody who writes to it.
    return openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Makes room for a new file: each becomes the next older one, up to `keep`, where the oldest goes. Each step is one
 * rename, the oldest first, so that whenever a kill comes each line stands in one file, in its place among the others.
 */
export function rotateParts(root: string, keep: number): void {
  const pathOf = (number: number): string => `${root}/${partPath(number)}`;
  for (const number of partNumbers(root)) if (number > keep) rmSync(pathOf(number));
  if (keep === 0) return rmSync(pathOf(0));
  // What a kill left half done has a gap: to begin again at the oldest would cost lines that there is room for.
  let free = 1;
  while (free < keep && existsSync(pathOf(free))) free++;
  for (let number = free; number > 0; number--) renameSync(pathOf(number - 1), pathOf(number));
}

/** Of the parts that were rotated away. */
function partNumbers(root: string): readonly number[] {
  try {
    return readdirSync(`${root}/${FOLDER}`).flatMap((name) => {
      const [, number] = /^monitoring\.([1-9]\d{0,4})\.jsonl$/.exec(name) ?? [];
      return number === undefined ? [] : [Number(number)];
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
