/** Each reason reads as a sentence that names what changed. */

import { expect, test } from "vitest";
import type { Reason } from "../../src/core/staleness.ts";
import { reasonText, shortReasons } from "../../src/ui/reason.ts";
import { A, B } from "./states.ts";

const SENTENCES: readonly (readonly [Reason, string])[] = [
  [{ part: "record", name: "" }, "never built here"],
  [{ part: "forced", name: "train" }, "--force"],
  [{ part: "code", name: "rules/a.ts", was: "1", now: "2" }, "code of rules/a.ts changed"],
  [{ part: "code", name: "rules/a.ts", now: "2" }, "runs rules/a.ts now"],
  [{ part: "code", name: "rules/a.ts", was: "1" }, "runs rules/a.ts no longer"],
  [{ part: "command", name: "", was: "a", now: "b" }, "command changed"],
  [{ part: "command", name: "", now: "b" }, "runs a command now"],
  [{ part: "shell", name: "", was: "sh", now: "bash" }, "shell sh → bash"],
  [{ part: "package", name: "csv", was: "1.0.0 sha512-x", now: "2.0.0 sha512-y" }, "package csv 1.0.0 → 2.0.0"],
  [
    { part: "package", name: "csv", was: "1.0.0 sha512-x", now: "1.0.0 sha512-y" },
    "package csv 1.0.0 has other content",
  ],
  [{ part: "package", name: "csv", now: "1.0.0, 2.0.0 sha512-y" }, "package csv is new (1.0.0, 2.0.0)"],
  [{ part: "platform", name: "", was: "node 20", now: "node 22" }, "platform node 20 → node 22"],
  [{ part: "param", name: "seed", was: "7", now: "8" }, "param seed 7 → 8"],
  [{ part: "param", name: "seed", now: "8" }, "param seed is new (8)"],
  [{ part: "param", name: "seed", was: "8" }, "param seed is gone (was 8)"],
  [{ part: "param", name: "text", was: "a\n  b", now: "x".repeat(99) }, `param text a b → ${"x".repeat(39)}…`],
  [{ part: "env", name: "LOCALE", was: A, now: B }, "environment variable LOCALE changed"],
  [{ part: "env", name: "LOCALE", now: B }, "environment variable LOCALE counts now"],
  [{ part: "tool", name: "python", was: "3.11", now: "3.12" }, "tool python 3.11 → 3.12"],
  [{ part: "input", name: "data/raw.csv", was: A, now: B }, "data/raw.csv changed"],
  [{ part: "input", name: "data/raw.csv", was: A, now: "absent" }, "data/raw.csv is missing"],
  [{ part: "input", name: "data/raw.csv", was: "absent", now: A }, "data/raw.csv is there now"],
  [{ part: "input", name: "data/raw/", was: `tree-${A}`, now: `tree-${B}` }, "data/raw/ changed"],
  [{ part: "input", name: "b.csv", now: B }, "b.csv is a new input"],
  [{ part: "input", name: "b.csv", was: B }, "b.csv is an input no longer"],
  [{ part: "input", name: "tables", was: "a, b", now: "b, a" }, "input tables a, b → b, a"],
  [{ part: "input", name: "tables", now: "list" }, "input tables is a list now"],
  [{ part: "discovered", name: "x.h", was: A, now: B }, "x.h, found while running, changed"],
  [{ part: "discovered", name: "x.h", was: A, now: "absent" }, "x.h, found while running, is missing"],
  [{ part: "discovered", name: "x.h", was: "absent", now: B }, "x.h, looked for while running, is there now"],
  [{ part: "output", name: "model/model.pkl", was: A, now: "absent" }, "output model/model.pkl is missing"],
  [{ part: "output", name: "model/model.pkl", was: A, now: B }, "output model/model.pkl was edited"],
  [{ part: "output", name: "report", was: "a.txt", now: "b.txt" }, "output report a.txt → b.txt"],
];

test.each(SENTENCES)("%j reads: %s", (reason, sentence) => {
  expect(reasonText(reason)).toBe(sentence);
});

test("a line has the first two reasons and how many more there are", () => {
  const reasons = ["a", "b", "c", "d"].map((name): Reason => ({ part: "input", name, was: A, now: B }));
  expect(shortReasons(reasons.slice(0, 2))).toBe("a changed, b changed");
  expect(shortReasons(reasons)).toBe("a changed, b changed, +2 more");
});
