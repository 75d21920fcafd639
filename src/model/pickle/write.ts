/**
 * Writes plain values as a Python pickle, protocol 4: no class of any package, so Python's standard library alone loads
 * it. Opcode names are those of CPython's `pickletools`, and the bytes those of its pickler without a memo. Pure.
 */

import { FRAME_TARGET_BYTES, framed, type Piece } from "./frame.ts";
import { OP } from "./opcode.ts";

/** A `number` becomes a float, bit for bit; a `bigint` becomes an int. Keys of a dict stand in the order of the object. */
export type PickleValue =
  | null
  | boolean
  | string
  | number
  | bigint
  | readonly PickleValue[]
  | { readonly [key: string]: PickleValue };

/** A reader keeps no more than this many items on its stack before it puts them into their list or dict. */
const BATCH_ITEMS = 1_000;

/** The pickle's bytes; the same value gives the same bytes. */
export const writePickle = (value: PickleValue): Uint8Array => pickleOfPieces(valueOf(value));

/** A pickle of the opcodes that leave one value on the reader's stack. */
export function pickleOfPieces(pieces: Iterable<Piece>): Uint8Array {
  return Buffer.concat([Buffer.of(OP.PROTO, 4), framed(stopped(pieces))]);
}

function* stopped(pieces: Iterable<Piece>): Generator<Piece> {
  yield* pieces;
  yield Buffer.of(OP.STOP);
}

/** The opcodes of a plain value: none of them names a class or calls anything. */
export function* valueOf(value: PickleValue): Generator<Piece> {
  yield "boundary";
  if (value === null) yield Buffer.of(OP.NONE);
  else if (typeof value === "boolean") yield Buffer.of(value ? OP.NEWTRUE : OP.NEWFALSE);
  else if (typeof value === "number") yield floatOf(value);
  else if (typeof value === "bigint") yield intOf(value);
  else if (typeof value === "string") yield textOf(value);
  else if (isList(value)) {
    yield Buffer.of(OP.EMPTY_LIST);
    yield* batches(value, { one: OP.APPEND, many: OP.APPENDS, write: valueOf });
  } else yield* dictOf(Object.entries(value), valueOf);
}

/** The opcodes of a dict, whose values `write` writes. */
export function* dictOf<T>(
  entries: readonly (readonly [key: string, value: T])[],
  write: (value: T) => Iterable<Piece>,
): Generator<Piece> {
  yield Buffer.of(OP.EMPTY_DICT);
  yield* batches(entries, {
    one: OP.SETITEM,
    many: OP.SETITEMS,
    *write([key, value]) {
      yield* valueOf(key);
      yield* write(value);
    },
  });
}

// Array.isArray does not narrow a readonly list.
const isList = (value: PickleValue): value is readonly PickleValue[] => Array.isArray(value);

interface Batch<T> {
  /** The opcode that takes a single item in. */
  readonly one: number;
  /** The opcode that takes in all items since the mark. */
  readonly many: number;
  readonly write: (item: T) => Iterable<Piece>;
}

function* batches<T>(items: readonly T[], { one, many, write }: Batch<T>): Generator<Piece> {
  for (let start = 0; start < items.length; start += BATCH_ITEMS) {
    const batch = items.slice(start, start + BATCH_ITEMS);
    if (batch.length > 1) yield Buffer.of(OP.MARK);
    for (const item of batch) yield* write(item);
    yield Buffer.of(batch.length > 1 ? many : one);
  }
}

function floatOf(value: number): Uint8Array {
  const bytes = Buffer.alloc(9);
  bytes[0] = OP.BINFLOAT;
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

function intOf(value: bigint): Uint8Array {
  if (value >= 0n && value < 0x100n) return Buffer.of(OP.BININT1, Number(value));
  if (value >= 0n && value < 0x10000n) return Buffer.of(OP.BININT2, Number(value & 0xffn), Number(value >> 8n));
  if (BigInt.asIntN(32, value) === value) {
    const bytes = Buffer.alloc(5);
    bytes[0] = OP.BININT;
    bytes.writeInt32LE(Number(value), 1);
    return bytes;
  }
  const digits = twosComplement(value);
  return Buffer.from([OP.LONG1, digits.length, ...digits]);
}

/** The fewest bytes, lowest first, whose highest bit is the sign. */
function twosComplement(value: bigint): readonly number[] {
  let sizeBytes = 1;
  while (BigInt.asIntN(8 * sizeBytes, value) !== value) sizeBytes += 1;
  if (sizeBytes > 255) throw new RangeError("the integer is too long for a model: more than 255 bytes");
  return Array.from({ length: sizeBytes }, (_, at) => Number(BigInt.asUintN(8, value >> BigInt(8 * at))));
}

function textOf(text: string): Piece {
  if (/\p{Surrogate}/u.test(text))
    throw new RangeError(`no UTF-8 can hold the text ${JSON.stringify(text)}: it has half a surrogate pair`);
  const bytes = Buffer.from(text);
  if (bytes.length < 0x100) return Buffer.concat([Buffer.of(OP.SHORT_BINUNICODE, bytes.length), bytes]);
  const head = Buffer.alloc(5, OP.BINUNICODE);
  head.writeUInt32LE(bytes.length, 1);
  const whole = Buffer.concat([head, bytes]);
  return bytes.length < FRAME_TARGET_BYTES ? whole : { unframed: whole };
}
