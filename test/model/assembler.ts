/** Assembles pickles opcode by opcode, as no pickler would. Pure. */

import { OP, type OpName } from "../../src/model/pickle/opcode.ts";

export type Part = Uint8Array;

/** The opcode with what follows it. */
export const op = (name: OpName | number, ...rest: readonly Part[]): Part =>
  Buffer.concat([Buffer.of(typeof name === "number" ? name : OP[name]), ...rest]);

/** The parts after a protocol, and STOP after them. */
export const assembled = (...parts: readonly Part[]): Uint8Array => assembledIn(4, ...parts);
export const assembledIn = (protocol: number, ...parts: readonly Part[]): Uint8Array =>
  Buffer.concat([op("PROTO", u8(protocol)), ...parts, op("STOP")]);

export const u8 = (value: number): Part => Buffer.of(value);
export function u32(value: number): Part {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
export function u64(value: bigint): Part {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

export function text(value: string): Part {
  const bytes = Buffer.from(value);
  return op("SHORT_BINUNICODE", u8(bytes.length), bytes);
}
export const bytes = (...values: readonly number[]): Part =>
  op("SHORT_BINBYTES", u8(values.length), Buffer.from(values));
export const integer = (value: number): Part => op("BININT1", u8(value));
export function float(value: number): Part {
  const encoded = Buffer.alloc(8);
  encoded.writeDoubleBE(value);
  return op("BINFLOAT", encoded);
}

export const global = (module: string, name: string): Part => op("GLOBAL", Buffer.from(`${module}\n${name}\n`));
export const stackGlobal = (module: string, name: string): Part =>
  Buffer.concat([text(module), text(name), op("STACK_GLOBAL")]);
export const tuple = (...items: readonly Part[]): Part => Buffer.concat([op("MARK"), ...items, op("TUPLE")]);
export const list = (...items: readonly Part[]): Part =>
  Buffer.concat([op("EMPTY_LIST"), op("MARK"), ...items, op("APPENDS")]);
export const dict = (entries: Readonly<Record<string, Part>>): Part =>
  Buffer.concat([
    op("EMPTY_DICT"),
    op("MARK"),
    ...Object.entries(entries).flatMap(([key, value]) => [text(key), value]),
    op("SETITEMS"),
  ]);
export const repeated = (part: Part, times: number): Part => Buffer.concat(Array.from({ length: times }, () => part));

const NONE = op("NONE");
const MINUS_ONE = op("BININT", Buffer.from("ffffffff", "hex"));

/** `numpy.dtype(code)`, with its state. */
export const dtype = (code: string, order = "<"): Part =>
  Buffer.concat([
    stackGlobal("numpy", "dtype"),
    tuple(text(code), op("NEWFALSE"), op("NEWTRUE")),
    op("REDUCE"),
    tuple(integer(3), text(order), NONE, NONE, NONE, MINUS_ONE, MINUS_ONE, integer(0)),
    op("BUILD"),
  ]);

/** An array as NumPy pickles it: `shape` and `data` say what they like. */
export const ndarray = (of: { readonly shape: Part; readonly dtype?: Part; readonly data: Part }): Part =>
  Buffer.concat([
    stackGlobal("numpy.core.multiarray", "_reconstruct"),
    tuple(stackGlobal("numpy", "ndarray"), tuple(integer(0)), bytes(0x62)),
    op("REDUCE"),
    tuple(integer(1), of.shape, of.dtype ?? dtype("f8"), op("NEWFALSE"), of.data),
    op("BUILD"),
  ]);

export function floats(...values: readonly number[]): Part {
  const data = Buffer.alloc(8 * values.length);
  values.forEach((value, at) => data.writeDoubleLE(value, 8 * at));
  return ndarray({ shape: tuple(integer(values.length)), data: bytes(...data) });
}

export const estimator = (module: string, name: string, state: Readonly<Record<string, Part>>): Part =>
  Buffer.concat([stackGlobal(module, name), op("EMPTY_TUPLE"), op("NEWOBJ"), dict(state), op("BUILD")]);

/** The attributes of a LinearRegression of two features that predicts a + 2 b + 3. */
export const LINEAR = {
  fit_intercept: op("NEWTRUE"),
  n_features_in_: integer(2),
  coef_: floats(1, 2),
  intercept_: float(3),
  _sklearn_version: text("1.2.1"),
} as const;

export const linear = (changed: Readonly<Record<string, Part>> = {}): Uint8Array =>
  assembled(estimator("sklearn.linear_model._base", "LinearRegression", { ...LINEAR, ...changed }));
