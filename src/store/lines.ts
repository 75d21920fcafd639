/** Lines of a file that may be large: one at a time, from the start or from the end. */

import { fstatSync, readSync } from "node:fs";

export interface ReadLine {
  /** Without the newline; good until the next line is asked for. */
  readonly bytes: Buffer;
  /** False for the last one where no newline ends it (yet). */
  readonly isEnded: boolean;
  /** Where the next one begins. */
  readonly nextAt: number;
}

const CHUNK_BYTES = 1 << 18;
const NEWLINE = 10;

/** More can be no text of Node's, and is none that anybody wrote: of such a line only the start is given. */
const LONGEST_BYTES = 1 << 28;

export function* linesFrom(descriptor: number, start = 0): Generator<ReadLine> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const line = new Pieces();
  let at = start;
  for (;;) {
    const read = chunk.subarray(0, readSync(descriptor, chunk, 0, chunk.length, at));
    if (read.length === 0) break;
    let from = 0;
    for (let to = read.indexOf(NEWLINE); to !== -1; to = read.indexOf(NEWLINE, from)) {
      yield { bytes: line.endedBy(read.subarray(from, to)), isEnded: true, nextAt: at + to + 1 };
      from = to + 1;
    }
    line.add(read.subarray(from));
    at += read.length;
  }
  const rest = line.endedBy(Buffer.alloc(0));
  if (rest.length > 0) yield { bytes: rest, isEnded: false, nextAt: at };
}

/** The last line comes first. */
export function* linesFromEnd(descriptor: number): Generator<Buffer> {
  let pieces: Buffer[] = [];
  for (let end = fstatSync(descriptor).size; end > 0;) {
    const start = Math.max(end - CHUNK_BYTES, 0);
    const chunk = Buffer.alloc(end - start);
    const read = chunk.subarray(0, readSync(descriptor, chunk, 0, chunk.length, start));
    let to = read.length;
    for (let at = newlineBefore(read, to); at !== -1; at = newlineBefore(read, to)) {
      yield Buffer.concat([read.subarray(at + 1, to), ...pieces]);
      pieces = [];
      to = at;
    }
    pieces.unshift(read.subarray(0, to));
    end = start;
  }
  yield Buffer.concat(pieces);
}

// Node counts an offset of -1 from the end.
const newlineBefore = (bytes: Buffer, end: number): number => (end === 0 ? -1 : bytes.lastIndexOf(NEWLINE, end - 1));

/** A line that is longer than what is read at once. */
class Pieces {
  #pieces: Buffer[] = [];
  #sizeBytes = 0;

  add(piece: Buffer): void {
    if (piece.length === 0 || this.#sizeBytes >= LONGEST_BYTES) return;
    this.#pieces.push(Buffer.from(piece));
    this.#sizeBytes += piece.length;
  }

  endedBy(piece: Buffer): Buffer {
    if (this.#sizeBytes === 0) return piece;
    const whole = Buffer.concat([...this.#pieces, piece]);
    this.#pieces = [];
    this.#sizeBytes = 0;
    return whole;
  }
}
