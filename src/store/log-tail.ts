/** What is added to a log while somebody reads it. Each build starts a step's log afresh, in the same file. */

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";

const CHUNK_BYTES = 1 << 16;
/** The first line of a log names its step and when it began: two logs share no more than its start. */
const HEAD_BYTES = 512;

export class LogTail {
  readonly #file: string;
  #inode: number | undefined;
  #head = Buffer.alloc(0);
  #offset = 0;
  #decoder = new StringDecoder("utf8");

  constructor(file: string) {
    this.#file = file;
  }

  /** What was added since the last look, in pieces; all of it where the log was started afresh. */
  *added(): Generator<string> {
    const descriptor = openUnlessMissing(this.#file);
    if (descriptor === undefined) return;
    try {
      if (!this.#isTheSame(descriptor)) this.#startAfresh(descriptor);
      const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
      for (;;) {
        const count = readSync(descriptor, buffer, 0, buffer.length, this.#offset);
        if (count === 0) return;
        this.#noteHead(buffer.subarray(0, count));
        this.#offset += count;
        yield this.#decoder.write(buffer.subarray(0, count));
      }
    } finally {
      closeSync(descriptor);
    }
  }

  /** False for another file, for one that was cut off, and for one that was cut off and has grown past here since. */
  #isTheSame(descriptor: number): boolean {
    const { ino, size } = fstatSync(descriptor);
    if (ino !== this.#inode || size < this.#offset) return false;
    const head = Buffer.alloc(this.#head.length);
    readSync(descriptor, head, 0, head.length, 0);
    return head.equals(this.#head);
  }

  #startAfresh(descriptor: number): void {
    this.#inode = fstatSync(descriptor).ino;
    this.#head = Buffer.alloc(0);
    this.#offset = 0;
    this.#decoder = new StringDecoder("utf8");
  }

  #noteHead(read: Buffer): void {
    const missing = HEAD_BYTES - this.#head.length;
    if (missing > 0) this.#head = Buffer.concat([this.#head, read.subarray(0, missing)]);
  }
}

function openUnlessMissing(file: string): number | undefined {
  try {
    return openSync(file, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
