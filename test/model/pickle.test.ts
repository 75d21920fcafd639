/** The pickle's bytes, opcode by opcode; `test/interop` asks Python itself. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { writePickle, type PickleValue } from "../../src/model/pickle/write.ts";
import { pickleValues } from "../interop/value.ts";

const hex = (value: PickleValue): string => Buffer.from(writePickle(value)).toString("hex");
/** What stands between the protocol and the final STOP, for a value too small for a frame. */
const small = (value: PickleValue): string => /^8004(.*)2e$/.exec(hex(value))?.[1] ?? "no small pickle";
/** The same, for one that fits in a single frame. */
const single = (value: PickleValue): string => /^800495.{16}(.*)2e$/.exec(hex(value))?.[1] ?? "no single frame";

test.for([
  ["None", null, "4e"],
  ["NEWTRUE", true, "88"],
  ["NEWFALSE", false, "89"],
  ["EMPTY_LIST", [], "5d"],
  ["EMPTY_DICT", {}, "7d"],
  ["BININT1 0", 0n, "4b00"],
  ["BININT1 255", 255n, "4bff"],
] as const)("%s stands bare: a frame would be longer than it", ([, value, bytes]) => {
  expect(small(value)).toBe(bytes);
});

test.for([
  ["BININT2 256", 256n, "4d0001"],
  ["BININT2 65535", 65_535n, "4dffff"],
  ["BININT 65536", 65_536n, "4a00000100"],
  ["BININT −1", -1n, "4affffffff"],
  ["BININT 2³¹ − 1", 2n ** 31n - 1n, "4affffff7f"],
  ["BININT −2³¹", -(2n ** 31n), "4a00000080"],
  ["LONG1 2³¹", 2n ** 31n, "8a050000008000"],
  ["LONG1 −2³¹ − 1", -(2n ** 31n) - 1n, "8a05ffffff7fff"],
  ["LONG1 the largest safe one", BigInt(Number.MAX_SAFE_INTEGER), "8a07ffffffffffff1f"],
  ["LONG1 −2⁶³", -(2n ** 63n), "8a080000000000000080"],
  ["BINFLOAT 1.5", 1.5, "473ff8000000000000"],
  ["BINFLOAT −0", -0, "478000000000000000"],
  ["BINFLOAT ∞", Number.POSITIVE_INFINITY, "477ff0000000000000"],
  ["BINFLOAT NaN", Number.NaN, "477ff8000000000000"],
  ["SHORT_BINUNICODE", "é", "8c02c3a9"],
  ["APPEND", [null], "5d4e61"],
  ["APPENDS", [null, true], "5d284e8865"],
  ["SETITEM", { a: null }, "7d8c01614e73"],
  ["SETITEMS", { a: null, b: true }, "7d288c01614e8c01628875"],
] as const)("%s", ([, value, bytes]) => {
  expect(single(value)).toBe(bytes);
});

test("a text of 256 bytes is BINUNICODE, counted in bytes and not in characters", () => {
  expect(single("é".repeat(128)).startsWith("5800010000")).toBe(true);
});

test("the keys of a dict stand in the order of the object", () => {
  expect(single({ b: null, a: null })).toBe("7d288c01624e8c01614e75");
});

test("the key __proto__ is a key like others", () => {
  expect(single(JSON.parse('{"__proto__":null}') as PickleValue)).toBe("7d8c095f5f70726f746f5f5f4e73");
});

test("one frame says how long it is", () => {
  const bytes = Buffer.from(writePickle("abc"));
  expect(bytes.subarray(0, 3).toString("hex")).toBe("800495");
  expect(bytes.readBigUInt64LE(3)).toBe(BigInt(bytes.length - 11));
});

test("a large value is cut into frames of little more than 64 KiB, between values", () => {
  const bytes = Buffer.from(writePickle(Array.from({ length: 30_000 }, (_, at) => at / 3)));
  const frames = framesOf(bytes);
  expect(frames.length).toBe(5);
  expect(frames.slice(0, -1).every((sizeBytes) => sizeBytes >= 65_536 && sizeBytes < 65_536 + 16)).toBe(true);
});

describe("what Python could not hold is refused:", () => {
  test("half a surrogate pair", () => {
    expect(() => writePickle("\uD800")).toThrow("it has half a surrogate pair");
    expect(() => writePickle({ "\uDC00": 1 })).toThrow(RangeError);
  });

  test("an integer of more than 255 bytes", () => {
    expect(() => writePickle(2n ** 2040n)).toThrow("more than 255 bytes");
    expect(() => writePickle(2n ** 2039n - 1n)).not.toThrow();
  });
});

test("the same value gives the same bytes, and they end as a pickle does", () => {
  fc.assert(
    fc.property(pickleValues, (value) => {
      expect(hex(structuredClone(value))).toBe(hex(value));
      expect(hex(value)).toMatch(/^8004.*2e$/);
    }),
  );
});

/** The lengths of frames that follow each other without anything between them. */
function framesOf(bytes: Buffer): readonly number[] {
  const frames: number[] = [];
  for (let at = 2; at < bytes.length; at += 9 + (frames.at(-1) ?? 0)) {
    expect(bytes[at]).toBe(0x95);
    frames.push(Number(bytes.readBigUInt64LE(at + 1)));
  }
  return frames;
}
