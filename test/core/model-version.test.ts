/** Which version of a model is meant, which one comes back, and which ones go. */

import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  isLive,
  lastHealthy,
  rejectionOf,
  statusOf,
  surplusOf,
  versionsNamed,
  type KeptVersion,
  type Mark,
} from "../../src/core/model-version.ts";

const REJECTED: Mark = { status: "rejected", reason: "drift", who: "ada@here", atMs: 0 };
const TRACE = { step: "train", fingerprint: "", inputs: [], discovered: [], outputs: [], startedMs: 0, durationMs: 0 };

function version(at: number, more: Partial<KeptVersion> = {}): KeptVersion {
  const digest = `${at}`.padStart(4, "0").repeat(16);
  const model = { path: "m.pkl", step: "serialize", digest: `blake-${at}`, sha256: digest, isFirst: true };
  const metrics = {
    path: "m.json",
    step: "train",
    digest: `json-${at}`,
    sha256: `ee${digest.slice(2)}`,
    isFirst: false,
  };
  return { format: 1, digest, model: "m.pkl", atMs: at, files: [model, metrics], figures: {}, isKept: true, ...more };
}

const versions = fc
  .uniqueArray(
    fc.record({
      at: fc.integer({ min: 1, max: 30 }),
      isRejected: fc.boolean(),
      isWaiting: fc.boolean(),
      isKept: fc.boolean(),
    }),
    { selector: ({ at }) => at, maxLength: 12 },
  )
  .map((list) =>
    list.map(({ at, isRejected, isWaiting, isKept }) =>
      version(at, {
        isKept,
        ...(isRejected && { mark: REJECTED }),
        ...(isWaiting && { waiting: { problem: "worse", gate: "null", trace: TRACE } }),
      }),
    ),
  );

test("what is live, waits, was rejected or was live before", () => {
  const waiting = { problem: "worse", gate: "null", trace: TRACE };
  expect(statusOf(version(1), "blake-1")).toBe("live");
  expect(statusOf(version(1), "blake-2")).toBe("healthy");
  expect(statusOf(version(1, { waiting }), "blake-1")).toBe("candidate");
  expect(statusOf(version(1, { mark: REJECTED }), "blake-2")).toBe("rejected");
});

test("nothing that is live, waits, or could be put back next ever goes", () => {
  fc.assert(
    fc.property(versions, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 30 }), (all, keep, liveAt) => {
      const live = `blake-${liveAt}`;
      const gone = surplusOf(all, { keep, live });
      const stay = all.filter((one) => !gone.includes(one));
      expect(gone.every((one) => !isLive(one, live) && one.waiting === undefined)).toBe(true);
      expect(lastHealthy(stay, live)).toBe(lastHealthy(all, live));
      const earlier = stay.filter((one) => one.isKept && !isLive(one, live) && one.waiting === undefined);
      expect(earlier.length).toBeLessThanOrEqual(keep + 1);
      // What goes is older than what stays, but for the one that may be put back.
      const others = earlier.filter((one) => one !== lastHealthy(stay, live));
      expect(gone.every((old) => others.every((young) => young.atMs > old.atMs))).toBe(true);
    }),
  );
});

test("what comes back is the newest that is neither live, nor rejected, nor waits, and is there", () => {
  const waiting = { problem: "worse", gate: "null", trace: TRACE };
  const all = [
    version(1),
    version(2),
    version(3, { mark: REJECTED }),
    version(4, { waiting }),
    version(5, { isKept: false }),
  ];
  expect(lastHealthy(all, "blake-9")?.atMs).toBe(2);
  expect(lastHealthy(all, "blake-2")?.atMs).toBe(1);
  expect(lastHealthy([version(1)], "blake-1")).toBeUndefined();
});

test("a version is named by four digits of its model's digest or more, else by those of any of its files", () => {
  const all = [version(1), version(2)];
  const named = (text: string): readonly number[] => versionsNamed(all, text).map(({ atMs }) => atMs);
  expect([named("0001"), named("00010001"), named("0002".repeat(16))]).toEqual([[1], [1], [2]]);
  expect([named("ee010001"), named("EE010001"), named("ee")]).toEqual([[1], [1], []]);
  expect([named("000"), named("zzzz"), named("0001.*"), named("")]).toEqual([[], [], [], []]);
});

test("an output falls under a rejection unless a version that was not rejected has it as well", () => {
  const made = { path: "m.pkl", digest: "blake-1" };
  expect(rejectionOf([version(1, { mark: REJECTED })], made)).toBe(REJECTED);
  expect(
    rejectionOf([version(1, { mark: REJECTED }), { ...version(2), files: version(1).files }], made),
  ).toBeUndefined();
  expect(rejectionOf([version(1)], made)).toBeUndefined();
  expect(rejectionOf([], made)).toBeUndefined();
  // Its metrics may well be those of another model.
  expect(rejectionOf([version(1, { mark: REJECTED })], { path: "m.json", digest: "json-1" })).toBeUndefined();
});
