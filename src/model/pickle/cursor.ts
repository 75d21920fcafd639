/** Reads the bytes of a pickle in order, and never beyond their end nor that of the frame they stand in. Pure. */

import { PickleError } from "./error.ts";

export class Cursor {
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #frameEnd: number | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.at === this.#bytes.length;
  }

  /** Nothing is copied, so a length that lies costs nothing. */
  take(sizeBytes: number): Uint8Array {
    const from = this.#advance(sizeBytes);
    return this.#bytes.subarray(from, from + sizeBytes);
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** A length in 8 bytes; one beyond what a double counts exactly is beyond the end, too. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true));
  }

  float64(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  /** Up to a line end, which is passed over. */
  line(): Uint8Array {
    const end = this.#bytes.indexOf(0x0a, this.at);
    if (end < 0 || end >= this.#end) throw this.#ended("a line end");
    const from = this.#advance(end + 1 - this.at);
    return this.#bytes.subarray(from, end);
  }

  /** From here on a frame of this many bytes: what is read in it has to end in it. */
  beginFrame(sizeBytes: number): void {
    if (this.#frameEnd !== undefined) throw new PickleError("malformed", "a frame begins inside of another", this.at);
    if (sizeBytes > this.#bytes.length - this.at)
      throw new PickleError(
        "truncated",
        `a frame claims ${sizeBytes} bytes, and ${this.#bytes.length - this.at} are left`,
        this.at,
      );
    this.#frameEnd = this.at + sizeBytes;
    this.#leaveFrame();
  }

  get #end(): number {
    return this.#frameEnd ?? this.#bytes.length;
  }

  #advance(sizeBytes: number): number {
    if (sizeBytes > this.#end - this.at) throw this.#ended(`${sizeBytes} bytes`);
    const from = this.at;
    this.at += sizeBytes;
    this.#leaveFrame();
    return from;
  }

  #leaveFrame(): void {
    if (this.at === this.#frameEnd) this.#frameEnd = undefined;
  }

  #ended(needed: string): PickleError {
    const where = this.#frameEnd === undefined ? "the file" : "its frame";
    return new PickleError("truncated", `${where} ends where ${needed} should follow`, this.at);
  }
}
