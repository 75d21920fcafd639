/** Cuts the opcodes of a pickle into frames, at the places where CPython's `pickle._Framer` does. Pure. */

import { OP } from "./opcode.ts";

/** Opcodes; "boundary", where a value begins and a frame may end; or bytes too many to be worth a frame. */
export type Piece = Uint8Array | "boundary" | { readonly unframed: Uint8Array };

/** A frame ends at the first boundary from here on; a text of this many bytes stands outside of frames. */
export const FRAME_TARGET_BYTES = 64 * 1024;
/** A frame of fewer bytes than this costs more than it saves: they stand bare. */
const FRAME_LEAST_BYTES = 4;

/** The pieces as bytes, in frames. */
export function framed(pieces: Iterable<Piece>): Uint8Array {
  const done: Uint8Array[] = [];
  let frame: Uint8Array[] = [];
  let sizeBytes = 0;
  const endFrame = (): void => {
    if (sizeBytes >= FRAME_LEAST_BYTES) done.push(headOf(sizeBytes));
    // Joined, not spread: a frame of small integers has more pieces than a call may have arguments.
    done.push(Buffer.concat(frame));
    frame = [];
    sizeBytes = 0;
  };
  for (const piece of pieces) {
    if (piece === "boundary") {
      if (sizeBytes >= FRAME_TARGET_BYTES) endFrame();
    } else if (piece instanceof Uint8Array) {
      frame.push(piece);
      sizeBytes += piece.length;
    } else {
      endFrame();
      done.push(piece.unframed);
    }
  }
  endFrame();
  return Buffer.concat(done);
}

function headOf(sizeBytes: number): Uint8Array {
  const head = Buffer.alloc(9);
  head[0] = OP.FRAME;
  head.writeBigUInt64LE(BigInt(sizeBytes), 1);
  return head;
}
