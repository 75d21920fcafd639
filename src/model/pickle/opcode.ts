/** The opcodes that picklers of the protocols 2 to 5 write, by their names in CPython's `pickletools`. Pure. */

/** What is read and written here. */
export const OP = {
  PROTO: 0x80,
  STOP: 0x2e,
  FRAME: 0x95,
  MARK: 0x28,
  NONE: 0x4e,
  NEWTRUE: 0x88,
  NEWFALSE: 0x89,
  BININT: 0x4a,
  BININT1: 0x4b,
  BININT2: 0x4d,
  LONG1: 0x8a,
  LONG4: 0x8b,
  BINFLOAT: 0x47,
  SHORT_BINUNICODE: 0x8c,
  BINUNICODE: 0x58,
  BINUNICODE8: 0x8d,
  SHORT_BINBYTES: 0x43,
  BINBYTES: 0x42,
  BINBYTES8: 0x8e,
  BYTEARRAY8: 0x96,
  EMPTY_LIST: 0x5d,
  APPEND: 0x61,
  APPENDS: 0x65,
  EMPTY_TUPLE: 0x29,
  TUPLE1: 0x85,
  TUPLE2: 0x86,
  TUPLE3: 0x87,
  TUPLE: 0x74,
  EMPTY_DICT: 0x7d,
  SETITEM: 0x73,
  SETITEMS: 0x75,
  BINPUT: 0x71,
  LONG_BINPUT: 0x72,
  MEMOIZE: 0x94,
  BINGET: 0x68,
  LONG_BINGET: 0x6a,
  GLOBAL: 0x63,
  STACK_GLOBAL: 0x93,
  REDUCE: 0x52,
  NEWOBJ: 0x81,
  BUILD: 0x62,
} as const;

export type OpName = keyof typeof OP;

/** What a model never needs. Named, so that a refusal says what it found. */
const REFUSED = {
  INST: 0x69,
  OBJ: 0x6f,
  EXT1: 0x82,
  EXT2: 0x83,
  EXT4: 0x84,
  PERSID: 0x50,
  BINPERSID: 0x51,
  NEXT_BUFFER: 0x97,
  READONLY_BUFFER: 0x98,
  NEWOBJ_EX: 0x92,
} as const;

/** Of the protocols 0 and 1, of sets, and of what picklers write for objects that hold themselves. */
const UNSUPPORTED = {
  INT: 0x49,
  LONG: 0x4c,
  FLOAT: 0x46,
  STRING: 0x53,
  BINSTRING: 0x54,
  SHORT_BINSTRING: 0x55,
  UNICODE: 0x56,
  GET: 0x67,
  PUT: 0x70,
  LIST: 0x6c,
  DICT: 0x64,
  DUP: 0x32,
  POP: 0x30,
  POP_MARK: 0x31,
  EMPTY_SET: 0x8f,
  ADDITEMS: 0x90,
  FROZENSET: 0x91,
} as const;

const namesOf = <Name extends string>(codes: Readonly<Record<Name, number>>): ReadonlyMap<number, Name> =>
  new Map((Object.entries(codes) as [Name, number][]).map(([name, code]) => [code, name]));

export const READ: ReadonlyMap<number, OpName> = namesOf(OP);
export const REFUSED_NAMES: ReadonlyMap<number, string> = namesOf(REFUSED);
export const UNSUPPORTED_NAMES: ReadonlyMap<number, string> = namesOf(UNSUPPORTED);
