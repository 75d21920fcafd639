/** Values for pickles, at random, and a form of them that tells Python each type and each bit. */

import * as fc from "fast-check";
import type { PickleValue } from "../../src/model/pickle/write.ts";

const text = fc.oneof(fc.string(), fc.string({ unit: "grapheme" }), fc.string({ minLength: 250, maxLength: 260 }));
const integer = fc.oneof(
  fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }),
  fc.bigInt({ min: -300n, max: 300n }),
  fc.maxSafeInteger().map(BigInt),
  // Where one opcode ends and the next begins.
  fc
    .tuple(fc.constantFrom(8n, 16n, 31n, 32n, 63n, 64n), fc.constantFrom(-1n, 0n, 1n), fc.constantFrom(-1n, 1n))
    .map(([bits, step, sign]) => sign * 2n ** bits + step),
);

/** Anything a pickle may hold: NaN, infinities, −0 and subnormal floats included. */
export const pickleValues: fc.Arbitrary<PickleValue> = fc.letrec<{ value: PickleValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    integer,
    text,
    fc.array(tie("value"), { maxLength: 8 }),
    fc.dictionary(text, tie("value"), { maxKeys: 8, noNullPrototype: true }),
  ),
})).value;

/** JSON that `value.py` turns into the same Python value: a float is its eight bytes, an integer its digits. */
export type Tagged = null | boolean | readonly ["float" | "int" | "str", string] | readonly ["list" | "dict", Tagged[]];

export function taggedOf(value: PickleValue): Tagged {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "bigint") return ["int", String(value)];
  if (typeof value === "string") return ["str", value];
  if (typeof value === "number") {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value);
    return ["float", bytes.toString("hex")];
  }
  if (Array.isArray(value)) return ["list", value.map((item) => taggedOf(item as PickleValue))];
  return ["dict", Object.entries(value).flatMap(([key, item]) => [taggedOf(key), taggedOf(item)])];
}
