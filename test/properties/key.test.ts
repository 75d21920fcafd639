/** The cache's key tells apart whatever a step is known by before it runs. */

import { type Arbitrary, array, assert, boolean, constantFrom, property, record } from "fast-check";
import { expect, test } from "vitest";
import { fingerprintText, rulePart } from "../../src/core/fingerprint.ts";
import { cacheKey } from "../../src/store/candidate.ts";

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

const slot = record({ name: word, paths: array(word, { minLength: 1, maxLength: 2 }), isList: boolean() });
const definition = record({
  command: word,
  params: record({ one: word }),
  inputs: array(slot, { maxLength: 1 }),
  outputs: array(slot, { maxLength: 1 }),
});

test("two fingerprints are equal exactly where command, params, lists and outputs are", () => {
  const textOf = ({ command, params, inputs, outputs }: typeof definition extends Arbitrary<infer T> ? T : never) =>
    fingerprintText(rulePart({ run: { command, packages: {} }, params, env: {}, tools: {}, inputs }), outputs);
  assert(
    property(definition, definition, constantFrom("command", "params", "inputs", "outputs"), (one, other, part) => {
      const second = { ...one, [part]: other[part] };
      const declared = [one, second].map(({ command, params, inputs, outputs }) => {
        const lists = inputs.filter(({ isList }) => isList).map(({ name }) => name);
        const made = outputs.map(({ name, paths, isList }) => [name, isList ? paths : paths[0]]);
        return JSON.stringify([command, params, lists, made]);
      });
      expect(textOf(one) === textOf(second)).toBe(declared[0] === declared[1]);
    }),
    { numRuns: 500 },
  );
});
