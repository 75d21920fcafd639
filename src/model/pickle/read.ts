/**
 * Reads pickles of the protocols 2 to 5 into inert nodes. Nothing is imported and nothing is called: an opcode that would do
 * so leaves a note of it, and only for names that a model needs. What a hostile file can cost is bounded by counters. Pure.
 */

import { Cursor } from "./cursor.ts";
import { PickleError } from "./error.ts";
import { Machine, noCost, PICKLE_LIMITS, type PickleCost, type PickleLimits } from "./machine.ts";
import type { Node } from "./node.ts";
import { READ, REFUSED_NAMES, UNSUPPORTED_NAMES, type OpName } from "./opcode.ts";

/** How reading is bounded, and where it counts what it cost. */
export interface Bounds {
  readonly limits?: PickleLimits;
  readonly cost?: PickleCost;
}

/** The one value that a pickle holds. */
export function readNodes(bytes: Uint8Array, { limits = PICKLE_LIMITS, cost = noCost() }: Bounds = {}): Node {
  refuseOtherFormats(bytes);
  if (bytes.length > limits.bytes)
    throw new PickleError("limit", `it has ${bytes.length} bytes, more than ${limits.bytes}`);
  const cursor = new Cursor(bytes);
  const machine = new Machine({ limits, cost, place: () => cursor.at });
  refuseOtherProtocols(cursor, machine);
  const reader = { cursor, machine, integerBytes: limits.integerBytes };
  for (let count = 1; ; count++) {
    machine.count("opcodes", count);
    const name = opcodeAt(cursor, machine);
    if (name !== "STOP") DO[name](reader);
    else if (cursor.isAtEnd) return machine.end();
    else throw machine.error("malformed", "something follows after its end");
  }
}

const MAGIC: readonly (readonly [what: string, hex: string])[] = [
  ["gzip", "1f8b"],
  ["zlib", "7801"],
  ["zlib", "785e"],
  ["zlib", "789c"],
  ["zlib", "78da"],
  ["bzip2", "425a68"],
  ["xz", "fd377a58"],
  ["lzma", "5d0000"],
  ["lz4", "04224d18"],
  ["zip", "504b0304"],
];

const HINT = "write it with pickle.dump(model, file) instead";

function refuseOtherFormats(bytes: Uint8Array): void {
  if (bytes.length === 0) throw new PickleError("truncated", "the file is empty");
  const head = Buffer.from(bytes.subarray(0, 4)).toString("hex");
  const [compressed] = MAGIC.find(([, hex]) => head.startsWith(hex)) ?? [];
  if (compressed !== undefined)
    throw new PickleError("unsupported", `it is compressed (${compressed}), as joblib writes models; ${HINT}`);
}

function refuseOtherProtocols(cursor: Cursor, machine: Machine): void {
  if (READ.get(cursor.uint8()) !== "PROTO")
    throw machine.error("unsupported", `it is no pickle of the protocols 2 to 5; ${HINT}`);
  const protocol = cursor.uint8();
  if (protocol < 2 || protocol > 5)
    throw machine.error("unsupported", `it is a pickle of the protocol ${protocol}, and 2 to 5 are read`);
}

function opcodeAt(cursor: Cursor, machine: Machine): OpName {
  const code = cursor.uint8();
  const name = READ.get(code);
  if (name !== undefined) return name;
  const refused = REFUSED_NAMES.get(code);
  if (refused !== undefined) throw machine.error("unsafe", `it has the opcode ${refused}, which no model needs`);
  const other = UNSUPPORTED_NAMES.get(code);
  throw other === undefined
    ? machine.error("malformed", `0x${code.toString(16).padStart(2, "0")} is no opcode`)
    : machine.error("unsupported", `it has the opcode ${other}, which these protocols do not write for a model`);
}

interface Reader {
  readonly cursor: Cursor;
  readonly machine: Machine;
  readonly integerBytes: number;
}

const DO: Readonly<Record<Exclude<OpName, "STOP">, (reader: Reader) => void>> = {
  PROTO: ({ machine }) => fail(machine, "a second protocol is named"),
  FRAME: ({ cursor }) => cursor.beginFrame(cursor.uint64()),
  MARK: ({ machine }) => machine.mark(),
  NONE: ({ machine }) => machine.push(null),
  NEWTRUE: ({ machine }) => machine.push(true),
  NEWFALSE: ({ machine }) => machine.push(false),
  BININT: ({ cursor, machine }) => machine.push(BigInt(cursor.int32())),
  BININT1: ({ cursor, machine }) => machine.push(BigInt(cursor.uint8())),
  BININT2: ({ cursor, machine }) => machine.push(BigInt(cursor.uint16())),
  LONG1: (reader) => reader.machine.push(integerOf(reader, reader.cursor.uint8())),
  LONG4: (reader) => reader.machine.push(integerOf(reader, reader.cursor.int32())),
  BINFLOAT: ({ cursor, machine }) => machine.push(cursor.float64()),
  SHORT_BINUNICODE: (reader) => reader.machine.push(textOf(reader, reader.cursor.uint8())),
  BINUNICODE: (reader) => reader.machine.push(textOf(reader, reader.cursor.uint32())),
  BINUNICODE8: (reader) => reader.machine.push(textOf(reader, reader.cursor.uint64())),
  SHORT_BINBYTES: ({ cursor, machine }) => machine.push(cursor.take(cursor.uint8())),
  BINBYTES: ({ cursor, machine }) => machine.push(cursor.take(cursor.uint32())),
  BINBYTES8: ({ cursor, machine }) => machine.push(cursor.take(cursor.uint64())),
  BYTEARRAY8: ({ cursor, machine }) => machine.push(cursor.take(cursor.uint64())),
  EMPTY_LIST: ({ machine }) => machine.push({ kind: "list", items: [], depth: 1 }),
  APPEND: ({ machine }) => machine.append(machine.popSome(1)),
  APPENDS: ({ machine }) => machine.append(machine.popToMark()),
  EMPTY_TUPLE: ({ machine }) => machine.tuple([]),
  TUPLE1: ({ machine }) => machine.tuple(machine.popSome(1)),
  TUPLE2: ({ machine }) => machine.tuple(machine.popSome(2)),
  TUPLE3: ({ machine }) => machine.tuple(machine.popSome(3)),
  TUPLE: ({ machine }) => machine.tuple(machine.popToMark()),
  EMPTY_DICT: ({ machine }) => machine.push({ kind: "dict", entries: [], depth: 1 }),
  SETITEM: ({ machine }) => machine.setItems(machine.popSome(2)),
  SETITEMS: ({ machine }) => machine.setItems(machine.popToMark()),
  BINPUT: ({ cursor, machine }) => machine.memoize(cursor.uint8()),
  LONG_BINPUT: ({ cursor, machine }) => machine.memoize(cursor.uint32()),
  MEMOIZE: ({ machine }) => machine.memoize(),
  BINGET: ({ cursor, machine }) => machine.recall(cursor.uint8()),
  LONG_BINGET: ({ cursor, machine }) => machine.recall(cursor.uint32()),
  GLOBAL: (reader) => reader.machine.import(lineOf(reader), lineOf(reader)),
  STACK_GLOBAL: ({ machine }) => machine.import(...(machine.popSome(2) as [Node, Node])),
  REDUCE: ({ machine }) => machine.call("REDUCE"),
  NEWOBJ: ({ machine }) => machine.call("NEWOBJ"),
  BUILD: ({ machine }) => machine.build(),
};

function fail(machine: Machine, message: string): never {
  throw machine.error("malformed", message);
}

/** Two's complement, the lowest byte first. */
function integerOf({ cursor, machine, integerBytes }: Reader, sizeBytes: number): bigint {
  if (sizeBytes < 0) return fail(machine, "an integer has a negative number of bytes");
  if (sizeBytes > integerBytes)
    throw machine.error("limit", `an integer has ${sizeBytes} bytes, more than ${integerBytes}`);
  if (sizeBytes === 0) return 0n;
  const hex = Buffer.from(cursor.take(sizeBytes).toReversed()).toString("hex");
  return BigInt.asIntN(8 * sizeBytes, BigInt(`0x${hex}`));
}

const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function textOf({ cursor, machine }: Reader, sizeBytes: number): string {
  return decoded(machine, cursor.take(sizeBytes));
}

const lineOf = ({ cursor, machine }: Reader): string => decoded(machine, cursor.line());

function decoded(machine: Machine, bytes: Uint8Array): string {
  try {
    return UTF_8.decode(bytes);
  } catch {
    return fail(machine, "a text is no UTF-8");
  }
}
