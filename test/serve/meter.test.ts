/** What a process of the service counts, and the sum over several. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BOUNDS, mergedSnapshots, Meter, OUTCOMES, type MeterSnapshot } from "../../src/serve/meter.ts";

const request = { route: "/v1/predict", method: "POST", status: 200, seconds: 0.01, isAborted: false };

const nothing: MeterSnapshot = {
  inFlight: 0,
  shed: 0,
  aborted: 0,
  predictedRows: 0,
  outcomes: { live: 0, refused: 0, "rolled-back": 0 },
  series: [],
};

const requests = fc.record({
  route: fc.constantFrom("/", "/v1/predict", "unknown"),
  method: fc.constantFrom("GET", "POST", "BREW"),
  status: fc.constantFrom(200, 404, 503),
  seconds: fc.double({ min: 0, max: 100, noNaN: true }),
  isAborted: fc.boolean(),
});

const snapshots = fc
  .record({
    requests: fc.array(requests, { maxLength: 20 }),
    outcomes: fc.array(fc.constantFrom(...OUTCOMES)),
    shed: fc.nat(5),
    rows: fc.array(fc.nat(1e6)),
    inFlight: fc.nat(100),
  })
  .map(({ requests, outcomes, shed, rows, inFlight }) => {
    const meter = new Meter();
    for (const each of requests) meter.record(each);
    for (const each of outcomes) meter.outcome(each);
    for (let count = 0; count < shed; count++) meter.shed();
    for (const each of rows) meter.predicted(each);
    return meter.snapshot(inFlight);
  });

describe("a meter", () => {
  test("has counted nothing at first", () => {
    expect(new Meter().snapshot(0)).toEqual(nothing);
  });

  test("keeps requests apart by route, method and status", () => {
    const meter = new Meter();
    for (const of of [{}, {}, { status: 422 }, { method: "GET" }, { route: "/" }]) meter.record({ ...request, ...of });
    expect(meter.snapshot(3)).toMatchObject({
      inFlight: 3,
      series: [
        { route: "/", method: "POST", status: 200 },
        { route: "/v1/predict", method: "GET", status: 200 },
        { route: "/v1/predict", method: "POST", status: 200, totalMicroseconds: 20_000 },
        { route: "/v1/predict", method: "POST", status: 422 },
      ],
    });
  });

  test("counts a request below the bound that it just reached", () => {
    for (const [at, bound] of BOUNDS.entries())
      for (const [seconds, bucket] of [
        [bound, at],
        [bound * 1.000_1, at + 1],
      ] as const) {
        const meter = new Meter();
        meter.record({ ...request, seconds });
        expect(meter.snapshot(0).series[0]?.buckets.indexOf(1)).toBe(bucket);
      }
  });

  test("has one bucket more than bounds, and each request in one bucket", () => {
    fc.assert(
      fc.property(fc.array(requests), (list) => {
        const meter = new Meter();
        for (const each of list) meter.record(each);
        const { series, aborted } = meter.snapshot(0);
        expect(series.every(({ buckets }) => buckets.length === BOUNDS.length + 1)).toBe(true);
        expect(series.flatMap(({ buckets }) => buckets).reduce((sum, count) => sum + count, 0)).toBe(list.length);
        expect(aborted).toBe(list.filter(({ isAborted }) => isAborted).length);
      }),
    );
  });

  test("counts a client that left under 499, whatever it would have got", () => {
    const meter = new Meter();
    meter.record({ ...request, isAborted: true });
    expect(meter.snapshot(0)).toMatchObject({ aborted: 1, series: [{ status: 499 }] });
  });

  test("does not grow by methods that clients make up", () => {
    const meter = new Meter();
    for (let count = 0; count < 1_000; count++) meter.record({ ...request, method: `MADE-UP-${count}` });
    meter.record({ ...request, method: "post" });
    expect(meter.snapshot(0).series).toMatchObject([{ method: "_OTHER", totalMicroseconds: 10_010_000 }]);
  });

  test("gives a snapshot that stays as it was", () => {
    const meter = new Meter();
    meter.record(request);
    const snapshot = meter.snapshot(0);
    const before = structuredClone(snapshot);
    meter.record(request);
    meter.outcome("live");
    expect(snapshot).toEqual(before);
  });

  test("gives a snapshot that is plain JSON, of whole numbers", () => {
    fc.assert(
      fc.property(snapshots, (each) => {
        expect(JSON.parse(JSON.stringify(each))).toEqual(each);
        expect(each.series.every(({ totalMicroseconds }) => Number.isSafeInteger(totalMicroseconds))).toBe(true);
      }),
    );
  });
});

describe("snapshots", () => {
  test("of nobody are empty", () => {
    expect(mergedSnapshots([])).toEqual(nothing);
  });

  test("of one are its own, with or without empty ones", () => {
    fc.assert(
      fc.property(snapshots, (one) => {
        expect(mergedSnapshots([one])).toEqual(one);
        expect(mergedSnapshots([nothing, one, nothing])).toEqual(one);
      }),
    );
  });

  test("add up to the same in any order and any groups", () => {
    fc.assert(
      fc.property(snapshots, snapshots, snapshots, (a, b, c) => {
        const all = mergedSnapshots([a, b, c]);
        expect(mergedSnapshots([mergedSnapshots([a, b]), c])).toEqual(all);
        expect(mergedSnapshots([a, mergedSnapshots([b, c])])).toEqual(all);
        expect(mergedSnapshots([c, a, b])).toEqual(all);
        expect(mergedSnapshots([b, a, c])).toEqual(all);
      }),
    );
  });

  test("of two processes are what one would have counted", () => {
    fc.assert(
      fc.property(fc.array(requests), fc.array(requests), (some, others) => {
        const of = (list: typeof some): MeterSnapshot => {
          const meter = new Meter();
          for (const each of list) meter.record(each);
          return meter.snapshot(1);
        };
        expect(mergedSnapshots([of(some), of(others)])).toEqual({ ...of([...some, ...others]), inFlight: 2 });
      }),
    );
  });
});
