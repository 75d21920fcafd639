/** Files that are there whole or not at all, and reads and writes that say where they failed. */

import { closeSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";

/** Writes all of it to an open file. Node's own error would not say to which. */
export function writeAll(descriptor: number, content: string | Uint8Array, file: string): void {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
  } catch (error) {
    throw Object.assign(error as Error, { path: file });
  }
}

export function appendAll(file: string, content: string): void {
  const descriptor = openSync(file, "a");
  try {
    writeAll(descriptor, content, file);
  } finally {
    closeSync(descriptor);
  }
}

/** The text of a file; undefined where there is none. */
export const textIn = (file: string): string | undefined => bytesIn(file)?.toString();

export function bytesIn(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    // Of a folder Node says only that it is one.
    throw Object.assign(error as Error, { path: file });
  }
}

/** Puts a file in the place of another: a reader, or a kill, finds the one or the other. */
export function replaceFile(file: string, content: string | Uint8Array): void {
  const temporary = `${file}.${process.pid}`;
  try {
    const descriptor = openSync(temporary, "w");
    try {
      writeAll(descriptor, content, file);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
