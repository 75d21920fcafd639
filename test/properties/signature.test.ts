/**
 * When a signature may stand for a file's content, over all times and clocks. A recent kernel gives each change that
 * somebody could notice a time of its own; on the others, and over a network, only the margin tells two edits apart.
 */

import { assert, boolean, constantFrom, integer, property, tuple } from "fast-check";
import { expect, test } from "vitest";
import { matches, signatureOf, type Look } from "../../src/store/signature.ts";

const times = integer({ min: 1_700_000_000_000, max: 1_800_000_000_000 });
const FIELDS = ["dev", "ino", "size", "mtimeMs", "ctimeMs"] as const;

const lookAt = (mtimeMs: number, ctimeMs: number): Look => ({
  kind: "file",
  isExecutable: false,
  dev: 1,
  ino: 2,
  size: 3,
  mtimeMs,
  ctimeMs,
});

test("a signature is trusted only if no later edit can bear the same times", () => {
  assert(
    property(
      times,
      integer({ min: -5000, max: 5000 }),
      integer({ min: -100, max: 5000 }),
      boolean(),
      (at, back, age, isCoarse) => {
        const whole = Math.floor(at / 1000) * 1000;
        const changedMs = isCoarse ? whole : whole + 1 + (at % 999);
        const look = lookAt(isCoarse ? changedMs : changedMs - back, changedMs);
        const tickMs = isCoarse ? 1000 : 10;
        const { isTrusted } = signatureOf(look, "digest", changedMs + age);
        if (age <= tickMs) expect(isTrusted).toBe(false);
        if (age > 2000 && back >= 0) expect(isTrusted).toBe(true);
      },
    ),
  );
});

test("a signature matches a look that differs in nothing, and no other", () => {
  assert(
    property(
      tuple(times, times),
      constantFrom(...FIELDS),
      constantFrom(-1, 1, 0.25),
      ([mtimeMs, ctimeMs], field, step) => {
        const look = lookAt(mtimeMs, ctimeMs);
        const signature = signatureOf(look, "digest", ctimeMs);
        expect(matches(signature, look)).toBe(true);
        expect(matches(signature, { ...look, [field]: look[field] + step })).toBe(false);
      },
    ),
  );
});
