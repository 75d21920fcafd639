/** The stat cache's entries: what a file looked like when its content was hashed, and whether that can be trusted. */

import type { Stats } from "node:fs";

/**
 * A file's state at the moment it was hashed. Times are milliseconds with a fraction; a double keeps a quarter of a
 * microsecond of today's dates, far finer than a kernel's clock tick. ctime catches an edit whose mtime was put back.
 */
export interface Signature {
  readonly digest: string;
  readonly device: number;
  readonly inode: number;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly changedMs: number;
  /** False where the file was so young when it was hashed that a later edit could bear the same times. */
  readonly isTrusted: boolean;
}

/**
 * What is kept of a look at a file. Node's own `Stats` holds dates and fields nobody asks for, and a large project
 * looks at many files.
 */
export interface Look {
  readonly kind: "file" | "directory" | "other";
  readonly isExecutable: boolean;
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

const KIND_MASK = 0o170000;
const KINDS: Readonly<Record<number, Look["kind"]>> = { 0o100000: "file", 0o040000: "directory" };

export const kindOf = (mode: number): Look["kind"] => KINDS[mode & KIND_MASK] ?? "other";

export function lookOf({ mode, dev, ino, size, mtimeMs, ctimeMs }: Stats): Look {
  return {
    kind: kindOf(mode),
    isExecutable: (mode & 0o100) !== 0,
    dev,
    ino,
    size,
    mtimeMs,
    ctimeMs,
  };
}

export function signatureOf(stats: Look, digest: string, nowMs: number): Signature {
  return {
    digest,
    device: stats.dev,
    inode: stats.ino,
    sizeBytes: stats.size,
    modifiedMs: stats.mtimeMs,
    changedMs: stats.ctimeMs,
    isTrusted: nowMs - Math.max(stats.mtimeMs, stats.ctimeMs) > racyMarginMs(stats),
  };
}

export function matches(signature: Signature, stats: Look): boolean {
  return (
    signature.changedMs === stats.ctimeMs &&
    signature.modifiedMs === stats.mtimeMs &&
    signature.sizeBytes === stats.size &&
    signature.inode === stats.ino &&
    signature.device === stats.dev
  );
}

export const sameStats = (a: Look, b: Look): boolean =>
  a.ctimeMs === b.ctimeMs && a.mtimeMs === b.mtimeMs && a.size === b.size && a.ino === b.ino && a.dev === b.dev;

/** How old a file must be to be told from a later edit. Where both times are whole seconds, there most likely are no finer ones. */
export function racyMarginMs(stats: Look): number {
  return stats.mtimeMs % 1000 === 0 && stats.ctimeMs % 1000 === 0 ? 2000 : 50;
}
