/** The cache's key tells apart whatever a step is known by before it runs. */

import { array, assert, constantFrom, property, record } from "fast-check";
import { expect, test } from "vitest";
import { cacheKey } from "../../src/store/cache.ts";

// Few words, so that two draws are often nearly the same, and some that run into each other.
const word = constantFrom("a", "b", "ab", "", '"', ",", "\n", "absent");
const known = record({
  fingerprint: word,
  inputs: array(record({ name: word, path: word, digest: word }), { maxLength: 3 }),
});
const part = constantFrom("name", "path", "digest");

test("two keys are equal exactly where fingerprint, names, paths and digests are", () => {
  assert(
    property(known, known, part, word, (one, other, changed, to) => {
      const near = { ...one, inputs: one.inputs.map((input, at) => (at === 0 ? { ...input, [changed]: to } : input)) };
      for (const second of [other, near, { ...one, fingerprint: to }]) {
        const areEqual = cacheKey(one.fingerprint, one.inputs) === cacheKey(second.fingerprint, second.inputs);
        expect(areEqual).toBe(JSON.stringify(one) === JSON.stringify(second));
      }
    }),
    { numRuns: 500 },
  );
});
