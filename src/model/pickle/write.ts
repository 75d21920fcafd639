/**
 * Writes plain values as a Python pickle, protocol 4: no class of any package, so Python's standard library alone loads
 * it. Opcode names are those of CPython's `pickletools`. Pure.
 */

/** A `number` becomes a float, bit for bit; a `bigint` becomes an int. Keys of a dict stand in the order of the object. */
export type PickleValue =
  | null
  | boolean
  | string
  | number
  | bigint
  | readonly PickleValue[]
  | { readonly [key: string]: PickleValue };

const OP = {
  PROTO: 0x80,
  FRAME: 0x95,
  STOP: 0x2e,
  NONE: 0x4e,
  NEWTRUE: 0x88,
  NEWFALSE: 0x89,
  BININT: 0x4a,
  BININT1: 0x4b,
  BININT2: 0x4d,
  LONG1: 0x8a,
  BINFLOAT: 0x47,
  SHORT_BINUNICODE: 0x8c,
  BINUNICODE: 0x58,
  EMPTY_LIST: 0x5d,
  EMPTY_DICT: 0x7d,
  MARK: 0x28,
  APPENDS: 0x65,
  SETITEMS: 0x75,
} as const;

/** The pickle's bytes; the same value gives the same bytes. */
export function writePickle(value: PickleValue): Uint8Array {
  const body = Buffer.concat([...opcodesOf(value), Buffer.of(OP.STOP)]);
  const head = Buffer.alloc(11);
  head.set([OP.PROTO, 4, OP.FRAME]);
  head.writeBigUInt64LE(BigInt(body.length), 3);
  return Buffer.concat([head, body]);
}

function* opcodesOf(value: PickleValue): Generator<Uint8Array> {
  if (value === null) yield Buffer.of(OP.NONE);
  else if (typeof value === "boolean") yield Buffer.of(value ? OP.NEWTRUE : OP.NEWFALSE);
  else if (typeof value === "number") yield floatOf(value);
  else if (typeof value === "bigint") yield intOf(value);
  else if (typeof value === "string") yield* textOf(value);
  else if (Array.isArray(value)) {
    yield Buffer.of(OP.EMPTY_LIST);
    if (value.length === 0) return;
    yield Buffer.of(OP.MARK);
    for (const item of value) yield* opcodesOf(item as PickleValue);
    yield Buffer.of(OP.APPENDS);
  } else {
    yield Buffer.of(OP.EMPTY_DICT);
    const entries = Object.entries(value);
    if (entries.length === 0) return;
    yield Buffer.of(OP.MARK);
    for (const [key, item] of entries) {
      yield* textOf(key);
      yield* opcodesOf(item);
    }
    yield Buffer.of(OP.SETITEMS);
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

function* textOf(text: string): Generator<Uint8Array> {
  if (/\p{Surrogate}/u.test(text))
    throw new RangeError(`no UTF-8 can hold the text ${JSON.stringify(text)}: it has half a surrogate pair`);
  const bytes = Buffer.from(text);
  const head = bytes.length < 256 ? Buffer.of(OP.SHORT_BINUNICODE, bytes.length) : Buffer.alloc(5, OP.BINUNICODE);
  if (bytes.length >= 256) head.writeUInt32LE(bytes.length, 1);
  yield head;
  yield bytes;
}
