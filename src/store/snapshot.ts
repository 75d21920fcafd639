/**
 * A trace of a whole build in which every step was fresh: all files that pipe looked at, and what each looked like.
 *
 * While every one of them looks the same, and whatever else decides a build is the same too, the answer is the same:
 * nothing to do. So a build in which nothing changed evaluates no Pipefile and reads no trace; it looks at each file.
 */

import { readFileSync, statSync } from "node:fs";
import { kindOf, type Look } from "./signature.ts";
import { replaceFile } from "./whole.ts";

export interface Snapshot {
  /** What decides a build beside the files: arguments, versions. */
  readonly circumstances: string;
  /** The environment variables that count, as salted digests. */
  readonly env: Readonly<Record<string, string>>;
  readonly salt: string;
  readonly targets: readonly string[];
  /** The steps, all of them fresh, in the order in which they were judged. */
  readonly steps: readonly string[];
}

type Looks = readonly (readonly [path: string, look: Look | undefined])[];

const FIELDS = 6;
const FILE = ".pipe/unchanged";
/** Kinds as numbers; a path at which nothing stands has none of them. */
const KINDS = { file: 1, directory: 2, other: 3 };

/** Paths are relative to the root, or absolute. */
export function writeSnapshot(root: string, snapshot: Snapshot, looks: Looks): void {
  const head = Buffer.from(JSON.stringify({ ...snapshot, paths: looks.map(([path]) => path) }));
  const numbers = new Float64Array(looks.length * FIELDS);
  looks.forEach(([, look], at) => writeLook(numbers, at * FIELDS, look));
  const sizes = Buffer.alloc(4);
  sizes.writeUInt32LE(head.length);
  replaceFile(`${root}/${FILE}`, Buffer.concat([sizes, head, Buffer.from(numbers.buffer)]));
}

function writeLook(numbers: Float64Array, at: number, look: Look | undefined): void {
  if (look !== undefined)
    numbers.set([KINDS[look.kind], look.size, look.mtimeMs, look.ctimeMs, look.ino, look.dev], at);
}

/**
 * The snapshot, if `holds` says so of its circumstances and every file in it looks as it did; undefined otherwise, and
 * where there is none or none that can be read.
 */
export function unchangedSnapshot(root: string, holds: (snapshot: Snapshot) => boolean): Snapshot | undefined {
  try {
    const bytes = readFileSync(`${root}/${FILE}`);
    const end = 4 + bytes.readUInt32LE(0);
    const head = JSON.parse(bytes.toString("utf8", 4, end)) as Snapshot & { readonly paths: readonly string[] };
    if (!holds(head)) return undefined;
    const numbers = new Float64Array(bytes.buffer.slice(bytes.byteOffset + end, bytes.byteOffset + bytes.length));
    if (numbers.length !== head.paths.length * FIELDS) return undefined;
    const was = { root, numbers };
    return head.paths.every((path, at) => looksTheSame(path, was, at * FIELDS)) ? head : undefined;
  } catch {
    // Missing, of an older version or damaged: the build finds out the long way.
    return undefined;
  }
}

const QUIETLY = { throwIfNoEntry: false } as const;

// Every file of a project passes here in a build with nothing to do: nothing is made of the stats but comparisons.
function looksTheSame(
  path: string,
  { root, numbers }: { readonly root: string; readonly numbers: Float64Array },
  at: number,
): boolean {
  const stats = statSync(path.startsWith("/") || root === "." ? path : `${root}/${path}`, QUIETLY);
  if (stats === undefined) return numbers[at] === 0;
  return (
    numbers[at + 3] === stats.ctimeMs &&
    numbers[at + 2] === stats.mtimeMs &&
    numbers[at + 1] === stats.size &&
    numbers[at + 4] === stats.ino &&
    numbers[at + 5] === stats.dev &&
    numbers[at] === KINDS[kindOf(stats.mode)]
  );
}
