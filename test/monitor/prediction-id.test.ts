/** Ids of predictions hold what a label is compared with. */

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { predictionId, readPredictionId } from "../../src/monitor/prediction-id.ts";

const predicted = fc.record({
  version: fc.stringMatching(/^[0-9a-f]{12}$/),
  atMs: fc.integer({ min: 0, max: 8.64e15 }),
  prediction: fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    fc.string({ unit: "binary" }).map((text) => text.toWellFormed()),
  ),
});

test("an id says what was predicted, when and by which model", () => {
  fc.assert(
    fc.property(predicted, (each) => {
      expect(readPredictionId(predictionId(each) ?? "")).toEqual(each);
    }),
  );
});

test("equal predictions of one moment have an id each", () => {
  const each = { version: "0123456789ab", atMs: 1, prediction: 4_012.5 };
  expect(new Set(Array.from({ length: 1_000 }, () => predictionId(each))).size).toBe(1_000);
});

test("the longest text that has an id has one that is read again, and a longer one has none", () => {
  const of = (prediction: string) => predictionId({ version: "0123456789ab", atMs: 8.64e15, prediction });
  const longest = "語".repeat(200);
  expect(readPredictionId(of(longest) ?? "")).toMatchObject({ prediction: longest });
  expect(of(`${longest}a`)).toBeUndefined();
});

test("a text without end is none, and is not kept to be compared", () => {
  expect(readPredictionId(`0123456789ab.1.1.${"1".repeat(1_000)}`)).toBeUndefined();
});

test("any other text is none", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(readPredictionId(text)).toBeUndefined();
    }),
  );
  for (const said of ["NaN", "[1]", "1e999", "", "-", "1.2.3", "~*", "Infinity"])
    expect(readPredictionId(`0123456789ab.1.1.${said}`)).toBeUndefined();
  expect(readPredictionId("0123456789ab.1.1.-7e-3")).toEqual({ version: "0123456789ab", atMs: 1, prediction: -7e-3 });
  expect(readPredictionId("0123456789ab.1.1.~")).toEqual({ version: "0123456789ab", atMs: 1, prediction: "" });
});

test("it may stand in a URL, and in quotes, as it is", () => {
  fc.assert(
    fc.property(predicted, (each) => {
      const id = predictionId(each) ?? "";
      expect(encodeURIComponent(id).replaceAll("%2B", "+")).toBe(id);
    }),
  );
});
