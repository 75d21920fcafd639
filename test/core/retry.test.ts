/** Whether a failed attempt is followed by another, and when. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { depfilePaths } from "../../src/core/depfile.ts";
import { durationMs } from "../../src/core/duration.ts";
import { waitBeforeRetry, type RetryPolicy } from "../../src/core/retry.ts";

const policy = (of: Partial<RetryPolicy> = {}): RetryPolicy => ({
  times: 3,
  delayMs: 500,
  backoff: "none",
  on: "any",
  fallback: undefined,
  ...of,
});

describe("a retry", () => {
  test("comes exactly as often as the policy says, whatever the rest of it", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 20 }),
        fc.constantFrom("none", "linear", "exponential"),
        fc.nat({ max: 1000 }),
        (times, backoff, delayMs) => {
          const waits: number[] = [];
          for (let failures = 1; ; failures++) {
            const wait = waitBeforeRetry(policy({ times, backoff, delayMs }), { kind: "error", failures });
            if (wait === undefined) break;
            waits.push(wait);
          }
          expect(waits).toHaveLength(times);
          expect(waits.every((wait, at) => wait >= delayMs && wait >= (waits[at - 1] ?? 0))).toBe(true);
        },
      ),
    );
  });

  test("never comes without a policy, or for what is nobody's failure", () => {
    expect(waitBeforeRetry(undefined, { kind: "error", failures: 1 })).toBeUndefined();
    for (const kind of ["interrupted", "missing-output", "input-keeps-moving", "publish", "depend"])
      expect(waitBeforeRetry(policy({ on: [kind] }), { kind, failures: 1 })).toBeUndefined();
  });

  test("comes for the named kinds alone", () => {
    const on = ["network", "fit"];
    const kinds = ["network", "fit", "error", "oom", "timeout", "killed"];
    expect(kinds.filter((kind) => waitBeforeRetry(policy({ on }), { kind, failures: 1 }) !== undefined)).toEqual(on);
  });
});

test.each([
  ["500ms", 500],
  ["1.5s", 1500],
  ["10m", 600_000],
  ["9h", 32_400_000],
  ["2d", 172_800_000],
  ["0s", undefined],
  ["-1s", undefined],
  ["1", undefined],
  ["s", undefined],
  ["1 s", undefined],
  ["1e3ms", undefined],
  [5, undefined],
])("%s is a length of time of %s ms", (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});

describe("a depfile", () => {
  test.each([
    ["a.o: a.c a.h\n", ["a.c", "a.h"]],
    ["a.o: a.c \\\n  a.h \\\r\n b.h\n", ["a.c", "a.h", "b.h"]],
    ["a.o b.o : a.c\n", ["a.c"]],
    ["a.o: a\\ b.c c\\#.h $$d.h\n", ["a b.c", "c#.h", "$d.h"]],
    ["a.o: a.c\n\na.h:\nb.h:\n", ["a.c"]],
    ["a.o: a.c a.c a.h\nb.o: a.h b.c\n", ["a.c", "a.h", "b.c"]],
    ["a.o: C:/x.h y\\:z.h\n", ["C:/x.h", "y:z.h"]],
    ["# nothing: here\n", []],
    ["a.o:\n", []],
    ["no rule at all\n", []],
    ["", []],
  ])("%j names %j", (text, paths) => {
    expect(depfilePaths(text)).toEqual(paths);
  });

  test("gives back every path that is written into one", () => {
    const path = fc.stringMatching(/^[\w./ #$:-]+$/).filter((text) => text.trim() === text && !text.endsWith(":"));
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 5 }), (paths) => {
        const escaped = paths.map((each) => each.replaceAll("$", "$$$$").replaceAll(/[ #:]/g, "\\$&"));
        expect(depfilePaths(`out: ${escaped.join(" ")}\n`)).toEqual(paths);
      }),
    );
  });
});
