/** Opcodes of what a reader imports and calls; `test/interop` asks Python itself. */

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { writeObject, type PickleNode } from "../../src/model/pickle/object.ts";
import { writePickle } from "../../src/model/pickle/write.ts";
import { pickleValues } from "../interop/value.ts";

/** What stands in the single frame. */
const single = (node: PickleNode): string =>
  /^800495.{16}(.*)2e$/.exec(Buffer.from(writeObject(node)).toString("hex"))?.[1] ?? "no single frame";
const call = { module: "m", name: "n" };
const NAMED = "8c016d8c016e93";

test.for([
  ["no argument is EMPTY_TUPLE", [], "29"],
  ["one is TUPLE1", [null], "4e85"],
  ["two are TUPLE2", [null, true], "4e8886"],
  ["three are TUPLE3", [null, true, false], "4e888987"],
] as const)("a call is STACK_GLOBAL, its arguments and REDUCE: %s", ([, args, bytes]) => {
  expect(single({ call, args: args.map((plain) => ({ plain })) })).toBe(`${NAMED}${bytes}52`);
});

test("an argument may be a call", () => {
  expect(single({ call, args: [{ call, args: [] }] })).toBe(`${NAMED}${NAMED}29528552`);
});

test("state is a dict and BUILD", () => {
  const state = { a: { plain: 1n }, b: { call, args: [] } };
  expect(single({ call, args: [], state })).toBe(`${NAMED}29527d288c01614b018c0162${NAMED}29527562`);
});

test("four arguments are refused", () => {
  expect(() => writeObject({ call, args: [1, 2, 3, 4].map((plain) => ({ plain })) })).toThrow("more than three");
});

test("a plain value in the tree has the bytes that it has by itself", () => {
  fc.assert(
    fc.property(pickleValues, (plain) => {
      expect(Buffer.from(writeObject({ plain }))).toEqual(Buffer.from(writePickle(plain)));
    }),
  );
});

test("a plain value that looks like a call is a dict of its keys", () => {
  const disguised = { call: { module: "os", name: "system" }, args: ["true"] };
  expect(Buffer.from(writePickle(disguised)).includes(0x93)).toBe(false);
  expect(Buffer.from(writeObject({ plain: disguised })).includes(0x93)).toBe(false);
});
