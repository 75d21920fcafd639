/** The seeded hold-out: the same rows each time, about as many as asked for. */

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isHeldOut } from "../../src/model/split.ts";

const split = (count: number, of: { readonly seed: number; readonly fraction: number }): readonly boolean[] =>
  Array.from({ length: count }, (_, row) => isHeldOut(row, of));

test("the split of seed 7 is this one, on every platform and in every version", () => {
  const held = split(40, { seed: 7, fraction: 0.25 }).flatMap((isHeld, row) => (isHeld ? [row] : []));
  // Worked out by a Python script from the published constants.
  expect(held).toEqual([0, 10, 15, 31, 34]);
});

test("for any seed, about the fraction asked for is held out", () => {
  fc.assert(
    fc.property(fc.integer(), fc.double({ min: 0.05, max: 0.95, noNaN: true }), (seed, fraction) => {
      const share = split(4_000, { seed, fraction }).filter(Boolean).length / 4_000;
      // Seven standard deviations of a fair split at its widest.
      expect(Math.abs(share - fraction)).toBeLessThan(0.056);
    }),
  );
});

test("nothing is held out of a fraction of 0, all of 1", () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(), (seed, row) => {
      expect(isHeldOut(row, { seed, fraction: 0 })).toBe(false);
      expect(isHeldOut(row, { seed, fraction: 1 })).toBe(true);
    }),
  );
});

test("a larger fraction holds out the same rows and more", () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(), (seed, row) => {
      if (isHeldOut(row, { seed, fraction: 0.2 })) expect(isHeldOut(row, { seed, fraction: 0.3 })).toBe(true);
    }),
  );
});

test("neighbouring seeds split differently", () => {
  fc.assert(
    fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), (seed) => {
      expect(split(200, { seed, fraction: 0.5 })).not.toEqual(split(200, { seed: seed + 1, fraction: 0.5 }));
    }),
  );
});
