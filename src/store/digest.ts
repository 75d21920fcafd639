/** BLAKE3, the identity of content: of texts, and of open files whatever their size. And SHA-256, which others know. */

import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { createRequire } from "node:module";

interface Blake3 {
  blake3(input: string | Buffer): Buffer;
  Blake3Hasher: new () => { update(input: string | Buffer): unknown; digest(format: "hex"): string };
}

const require = createRequire(import.meta.url);
// A build in which nothing changed hashes nothing, so the native library is loaded by the first that does.
const native = (): Blake3 => require("@napi-rs/blake-hash") as Blake3;

export const digestOfText = (text: string | Buffer): string => native().blake3(text).toString("hex");

/** Small enough that what was read is hashed while the processor still has it at hand: a fifth less time than with 1 MiB. */
const CHUNK_BYTES = 1 << 17;
const chunk = (sizeBytes: number): Buffer => Buffer.allocUnsafe(Math.min(Math.max(sizeBytes, 1), CHUNK_BYTES));

/** The digest of all bytes from the start of an open file. */
export function digestOfDescriptor(descriptor: number, sizeBytes: number): string {
  const buffer = chunk(sizeBytes + 1);
  const first = readSync(descriptor, buffer, 0, buffer.length, 0);
  if (first < buffer.length) return digestOfText(buffer.subarray(0, first));
  const hasher = new (native().Blake3Hasher)();
  let position = first;
  hasher.update(buffer);
  for (;;) {
    const count = readSync(descriptor, buffer, 0, buffer.length, position);
    if (count === 0) return hasher.digest("hex");
    hasher.update(buffer.subarray(0, count));
    position += count;
  }
}

/** The SHA-256 of a file, as `sha256sum` prints it. */
export function sha256Of(file: string): string {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  const descriptor = openSync(file, "r");
  try {
    for (let count = -1; count !== 0;) {
      count = readSync(descriptor, buffer, 0, buffer.length, null);
      hash.update(buffer.subarray(0, count));
    }
  } finally {
    closeSync(descriptor);
  }
  return hash.digest("hex");
}
