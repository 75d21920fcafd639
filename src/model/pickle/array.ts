/**
 * NumPy's arrays and scalars as plain numbers and texts, from what a pickle notes of them; the layouts are those of
 * `ndarray.__reduce__`, `__reduce_ex__(5)`, `dtype.__reduce__` and `multiarray.scalar`. Pure.
 */

import { schemaError, type PickleError } from "./error.ts";
import { isContainer, nounOf, type Called, type Node, type Role } from "./node.ts";

export interface NumberArray {
  readonly shape: readonly number[];
  /** In C order: the last index runs first. */
  readonly values: readonly number[];
}

export interface TextArray {
  readonly shape: readonly number[];
  readonly values: readonly string[];
}

/** `what` names it in an error. Throws for anything but finite numbers, booleans being 0 and 1. */
export function numbersOf(node: Node, what: string): NumberArray {
  const array = arrayOf(node, what);
  const values = array.values.map((value) => {
    if (typeof value !== "number" || !Number.isFinite(value))
      throw schemaError(`${what} holds what is no finite number`);
    return value;
  });
  return { shape: array.shape, values };
}

export function textsOf(node: Node, what: string): TextArray {
  const array = arrayOf(node, what);
  const values = array.values.map((value) => {
    if (typeof value !== "string") throw schemaError(`${what} holds what is no text`);
    return value;
  });
  return { shape: array.shape, values };
}

/** Of labels: texts, or numbers. */
export function labelsOf(node: Node, what: string): readonly (string | number)[] {
  const { shape, values } = arrayOf(node, what);
  if (shape.length !== 1) throw schemaError(`${what} is no list of labels`);
  return values;
}

/** Throws where an array or a scalar is none, whatever its values are. */
export function checkWhole(node: Node, what: string): void {
  if (!isContainer(node) || node.kind !== "called") return;
  if (node.callee.role === "scalar") scalarOf(node, what);
  else if (node.callee.role !== "float64") arrayOf(node, what);
}

/** A number as Python has it, or as a scalar of NumPy. */
export function numberOf(node: Node, what: string): number {
  const value = isCalled(node, "scalar") ? scalarOf(node, what) : isCalled(node, "float64") ? node.args.items[0] : node;
  if (typeof value === "bigint" && Number.isSafeInteger(Number(value))) return Number(value);
  if (typeof value !== "number" || !Number.isFinite(value))
    throw schemaError(`${what} is ${nounOf(value ?? null)}, and no finite number`);
  return value;
}

interface AnyArray {
  readonly shape: readonly number[];
  readonly values: readonly (string | number)[];
}

/** More is no model that is read here, and a shape of zeros could claim any. */
const MOST_VALUES = 1 << 25;

function arrayOf(node: Node, what: string): AnyArray {
  if (isCalled(node, "reconstruct")) return reconstructed(node, what);
  if (isCalled(node, "frombuffer")) {
    const [data = null, dtype = null, shape = null, order = null, ...more] = node.args.items;
    if (more.length > 0 || (order !== "C" && order !== "F")) throw unreadable(what, "its order is neither C nor F");
    return filled({ data, dtype, shape, isFortran: order === "F" }, what);
  }
  if (isCalled(node, "array")) return listed(node, what);
  throw schemaError(`${what} is ${nounOf(node)}, and no array`);
}

/** `_reconstruct(ndarray, (0,), b"b")`, and its state `(1, shape, dtype, isFortran, data)`. */
function reconstructed({ args, state }: Called, what: string): AnyArray {
  const [type = null, none = null, code = null, ...others] = args.items;
  const isArray = typeof type === "object" && type !== null && "role" in type && type.role === "ndarray";
  const [zero, ...dimensions] = itemsOf(none, "tuple") ?? [];
  const isEmpty = zero === 0n && dimensions.length === 0 && code instanceof Uint8Array && code.length === 1;
  if (!isArray || !isEmpty || others.length > 0) throw unreadable(what, "it is made of no ndarray");
  const parts = itemsOf(state ?? null, "tuple");
  const [version, shape = null, dtype = null, isFortran = null, data = null] = parts ?? [];
  if (parts?.length !== 5 || version !== 1n || typeof isFortran !== "boolean")
    throw unreadable(what, "its state is none");
  return filled({ data, dtype, shape, isFortran }, what);
}

/** `numpy.array(list, dtype)`, as it is written here. */
function listed({ args }: Called, what: string): AnyArray {
  const [list = null, dtype, ...more] = args.items;
  const items = itemsOf(list, "list");
  if (items === undefined || more.length > 0 || (dtype !== "float64" && dtype !== "object"))
    throw unreadable(what, "it is made of no list");
  const isOfType = (item: Node): item is number | string => typeof item === (dtype === "float64" ? "number" : "string");
  if (!items.every(isOfType)) throw unreadable(what, "its list holds something else");
  return { shape: [items.length], values: items };
}

interface Filling {
  readonly data: Node;
  readonly dtype: Node;
  readonly shape: Node;
  readonly isFortran: boolean;
}

function filled({ data, dtype, shape: given, isFortran }: Filling, what: string): AnyArray {
  const shape = shapeOf(given, what);
  const count = shape.reduce((product, length) => product * length, 1);
  if (count > MOST_VALUES) throw unreadable(what, `it has more than ${MOST_VALUES} values`);
  const { kind, itemBytes, isLittle } = dtypeOf(dtype, what);
  const values =
    kind === "O" ? objectsOf(data, count, what) : bufferValues(data, { kind, itemBytes, isLittle, count }, what);
  return { shape, values: isFortran ? inCOrder(values, shape) : values };
}

function shapeOf(node: Node, what: string): readonly number[] {
  const lengths = itemsOf(node, "tuple")?.map(Number);
  if (
    lengths === undefined ||
    lengths.length > 2 ||
    !lengths.every((length) => Number.isSafeInteger(length) && length >= 0)
  )
    throw unreadable(what, "its shape is none of one or two lengths");
  return lengths;
}

interface Dtype {
  readonly kind: "f" | "i" | "u" | "b" | "U" | "O";
  readonly itemBytes: number;
  readonly isLittle: boolean;
}

const MOST_ITEM_BYTES = 1 << 12;

/** `dtype("f8", False, True)`, and its state `(3, "<", None, None, None, -1, -1, 0)`. */
function dtypeOf(node: Node, what: string): Dtype {
  if (!isCalled(node, "dtype")) throw unreadable(what, "it is of no dtype");
  const [code, align, copy, ...more] = node.args.items;
  const isCalledRight = [align, copy].every((flag) => flag === true || flag === false || flag === 0n || flag === 1n);
  if (!isCalledRight || more.length > 0) throw unreadable(what, "its dtype is made of something else");
  const [, kind = "", digits = ""] = /^([fiubUO])(\d{1,5})$/.exec(typeof code === "string" ? code : "") ?? [];
  const itemBytes = Number(digits) * (kind === "U" ? 4 : 1);
  const sizes = SIZES[kind as Dtype["kind"]];
  // Of values in no bytes at all there could be as many as somebody likes.
  const isOfSize = itemBytes > 0 && itemBytes <= MOST_ITEM_BYTES;
  if (sizes === undefined || (sizes.length > 0 && !sizes.includes(itemBytes)) || !isOfSize)
    throw unreadable(what, "its dtype is none of numbers or texts");
  const state = itemsOf(node.state ?? null, "tuple") ?? [];
  const [version, order, subdtype, names, fields, size, alignment, flags] = state;
  const isPlain = version === 3n && subdtype === null && names === null && fields === null && state.length === 8;
  // Only a text has a size that its code does not tell NumPy.
  const isSized = kind === "U" ? size === BigInt(itemBytes) && alignment === 4n : size === -1n && alignment === -1n;
  const isFlagged = typeof flags === "bigint" && flags >= 0n && flags < 256n;
  if (!isPlain || !isSized || !isFlagged || (order !== "<" && order !== ">" && order !== "|"))
    throw unreadable(what, "its dtype is no plain one");
  return { kind: kind as Dtype["kind"], itemBytes, isLittle: order !== ">" };
}

const SIZES: Readonly<Record<Dtype["kind"], readonly number[]>> = {
  f: [4, 8],
  i: [1, 2, 4, 8],
  u: [1, 2, 4, 8],
  b: [1],
  U: [],
  O: [8],
};

/** What stands in an object array is in the pickle itself: over a buffer it would be pointers. */
function objectsOf(data: Node, count: number, what: string): readonly string[] {
  const items = itemsOf(data, "list");
  if (items === undefined) throw unreadable(what, "its objects are in no list");
  if (items.length !== count) throw unreadable(what, `it has ${items.length} values, and its shape says ${count}`);
  if (!items.every((item) => typeof item === "string")) throw unreadable(what, "its objects are no texts");
  return items;
}

function bufferValues(data: Node, of: Dtype & { readonly count: number }, what: string): readonly (string | number)[] {
  const { count, itemBytes } = of;
  if (!(data instanceof Uint8Array)) throw unreadable(what, `its values are ${nounOf(data)}, and no bytes`);
  if (data.length !== count * itemBytes)
    throw unreadable(what, `it has ${data.length} bytes, and its shape says ${count * itemBytes}`);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: count }, (_, at) => valueAt(view, at * itemBytes, { ...of, what }));
}

function valueAt(view: DataView, at: number, of: Dtype & { readonly what: string }): string | number {
  const { kind, itemBytes, isLittle, what } = of;
  const bits = 8 * itemBytes;
  if (kind === "f") return bits === 32 ? view.getFloat32(at, isLittle) : view.getFloat64(at, isLittle);
  if (kind === "b" || bits === 8) return kind === "i" ? view.getInt8(at) : view.getUint8(at);
  if (kind === "U") return unicodeAt(view, at, of);
  if (bits === 16) return kind === "i" ? view.getInt16(at, isLittle) : view.getUint16(at, isLittle);
  if (bits === 32) return kind === "i" ? view.getInt32(at, isLittle) : view.getUint32(at, isLittle);
  const value = Number(kind === "i" ? view.getBigInt64(at, isLittle) : view.getBigUint64(at, isLittle));
  if (!Number.isSafeInteger(value)) throw unreadable(what, "it has an integer beyond 2^53");
  return value;
}

/** UCS-4, filled up with NUL. */
function unicodeAt(
  view: DataView,
  at: number,
  { itemBytes, isLittle, what }: Dtype & { readonly what: string },
): string {
  const points = Array.from({ length: itemBytes / 4 }, (_, index) => view.getUint32(at + 4 * index, isLittle));
  if (points.some((point) => point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)))
    throw unreadable(what, "it has a text that is no Unicode");
  return String.fromCodePoint(...points).replace(/\0+$/, "");
}

function scalarOf({ args }: Called, what: string): string | number | undefined {
  const [dtype = null, data = null, ...more] = args.items;
  if (more.length > 0) throw unreadable(what, "it is no scalar");
  const of = dtypeOf(dtype, what);
  if (of.kind === "O") throw unreadable(what, "it is a scalar of an object");
  return bufferValues(data, { ...of, count: 1 }, what)[0];
}

/** From an order in which the first index runs first. */
function inCOrder<T>(values: readonly T[], shape: readonly number[]): readonly T[] {
  const [rows = 1, columns = 1] = shape;
  return values.map((_, at) => values[(at % columns) * rows + Math.floor(at / columns)] as T);
}

function isCalled(node: Node, role: Role): node is Called {
  return isContainer(node) && node.kind === "called" && node.callee.role === role;
}

function itemsOf(node: Node, kind: "list" | "tuple"): readonly Node[] | undefined {
  return isContainer(node) && node.kind === kind ? node.items : undefined;
}

const unreadable = (what: string, problem: string): PickleError =>
  schemaError(`${what} is no array that can be read: ${problem}`);
