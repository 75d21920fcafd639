/** A model that has just been put in service is watched, and compared with the one before. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { probationOf, type Probation } from "../../src/serve/probation.ts";
import { Tally } from "../../src/serve/tally.ts";

const POLICY = { minRequests: 100, timeMs: 60_000, factor: 2 };
const LONG_MS = 60_000;

const tally = (of: {
  readonly good?: number;
  readonly bad?: number;
  readonly seconds?: number;
  readonly rows?: number;
}): Tally => {
  const { good = 0, bad = 0, seconds = 0.01, rows = 1 } = of;
  const made = new Tally();
  for (let count = 0; count < good; count++) made.succeeded(rows, seconds);
  for (let count = 0; count < bad; count++) made.failed();
  return made;
};
const after = (now: Tally, before: Tally | undefined = tally({ good: 1_000 }), elapsedMs = LONG_MS): Probation =>
  probationOf({ before, now, elapsedMs }, POLICY);

describe("probation", () => {
  test("stays open without traffic, however long", () => {
    expect(after(tally({}), undefined, 1e12)).toBe("open");
    expect(after(tally({ good: 99 }), undefined, 1e12)).toBe("open");
  });

  test("stays open before its time, however many requests come", () => {
    expect(after(tally({ good: 1e5 }), undefined, LONG_MS - 1)).toBe("open");
  });

  test("is passed after enough requests and enough time", () => {
    expect(after(tally({ good: 100 }))).toBe("passed");
    expect(after(tally({ good: 100 }), undefined)).toBe("passed");
  });

  test("is lost at once where it can no longer come right", () => {
    expect(after(tally({ good: 5, bad: 2 }), undefined, 1)).toBe("open");
    expect(after(tally({ good: 5, bad: 3 }), undefined, 1)).toEqual({ lost: "3 of 8 requests failed (before: 0 %)" });
  });

  test("allows twice the failures of the model before", () => {
    const before = tally({ good: 950, bad: 50 });
    expect(after(tally({ good: 900, bad: 100 }), before)).toBe("passed");
    expect(after(tally({ good: 899, bad: 101 }), before)).toEqual({
      lost: "101 of 1000 requests failed (before: 5 %)",
    });
  });

  test("is lost by a model that takes more than twice as long", () => {
    expect(after(tally({ good: 100, seconds: 0.019 }))).toBe("passed");
    expect(after(tally({ good: 100, seconds: 0.021 }))).toEqual({
      lost: expect.stringMatching(/take more than 20|take more than 21/),
    });
  });

  test("minds no time that nobody notices", () => {
    const before = tally({ good: 1_000, seconds: 0.00001 });
    expect(after(tally({ good: 100, seconds: 0.0009 }), before)).toBe("passed");
  });

  test("compares like with like: more rows take longer", () => {
    expect(after(tally({ good: 100, rows: 1_000, seconds: 1 }))).toBe("passed");
    const before = tally({ good: 1_000 });
    before.add(tally({ good: 100, rows: 1_000, seconds: 0.1 }).record());
    expect(after(tally({ good: 100, rows: 1_000, seconds: 1 }), before)).toEqual({
      lost: expect.stringMatching(/take more than/),
    });
  });

  test("a model that throws on three of ten requests is lost within the requests it has, whatever their order", () => {
    const orders = fc.shuffledSubarray(
      Array.from({ length: 100 }, (_, at) => at < 30),
      { minLength: 100, maxLength: 100 },
    );
    fc.assert(
      fc.property(orders, (fails) => {
        const now = new Tally();
        const lostAt = fails.findIndex((isFailed) => {
          if (isFailed) now.failed();
          else now.succeeded(1, 0.01);
          return typeof after(now, undefined, 1) !== "string";
        });
        expect(lostAt).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe("a tally", () => {
  test("of several processes is the sum of theirs", () => {
    const requests = fc.array(
      fc.record({ rows: fc.integer({ min: 1, max: 9_999 }), seconds: fc.double({ min: 1e-6, max: 10, noNaN: true }) }),
    );
    fc.assert(
      fc.property(requests, requests, (some, others) => {
        const all = (...lists: readonly (typeof some)[]): Tally => {
          const made = new Tally();
          for (const { rows, seconds } of lists.flat()) made.succeeded(rows, seconds);
          return made;
        };
        const merged = new Tally();
        merged.add(all(some).record());
        merged.add(all(others).record());
        const whole = all(some, others);
        expect(merged.requests).toBe(whole.requests);
        for (const [digits, durations] of whole.durations) {
          const [found, expected] = [merged.durations.get(digits), durations].map((each) => [
            each?.count,
            ...[0.1, 0.5, 0.9].map((quantile) => each?.getValueAtQuantile(quantile)),
          ]);
          expect(found).toEqual(expected);
        }
      }),
      { numRuns: 50 },
    );
  });
});
