/** Times, sizes, figures and colour as people read them. */

import { expect, test } from "vitest";
import { versionedJson } from "../../src/ui/json.ts";
import { formatDuration, formatMetric, formatSize, someOf } from "../../src/ui/format.ts";
import { paintFor, plain } from "../../src/ui/paint.ts";

test.each([
  [0.4, "0 ms"],
  [999, "999 ms"],
  [1_234, "1.2 s"],
  [59_960, "1 min 0 s"],
  [125_000, "2 min 5 s"],
  [3_725_000, "1 h 2 min"],
])("%d ms is %s", (durationMs, text) => expect(formatDuration(durationMs)).toBe(text));

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_000, "1.0 kB"],
  [15_240, "15 kB"],
  [999_700, "1.0 MB"],
  [2_500_000_000_000_000, "2500 TB"],
])("%d bytes are %s", (sizeBytes, text) => expect(formatSize(sizeBytes)).toBe(text));

test.each([
  [1_000_000, "1000000"],
  [0.123_456_789, "0.12346"],
  [312.4, "312.4"],
])("the figure %d is %s", (value, text) => expect(formatMetric(value)).toBe(text));

test("a list of words ends with how many more there are", () => {
  expect([[], ["a"], ["a", "b"], ["a", "b", "c", "d"]].map((words) => someOf(words, 3))).toEqual([
    "",
    "a",
    "a and b",
    "a, b, c and 1 more",
  ]);
});

test("colour is for terminals whose user has not said no", () => {
  const terminal = { isTTY: true };
  expect(paintFor({}, {})).toBe(plain);
  for (const env of [{ NO_COLOR: "1" }, { TERM: "dumb" }]) expect(paintFor(terminal, env)).toBe(plain);
  for (const env of [{}, { NO_COLOR: "" }])
    expect(paintFor(terminal, env)("bad", "failed")).toBe("\u001B[31mfailed\u001B[39m");
});

test("a line of JSON says its version first", () => {
  expect(versionedJson({ type: "step-fresh", step: "a" })).toBe('{"v":1,"type":"step-fresh","step":"a"}\n');
});
