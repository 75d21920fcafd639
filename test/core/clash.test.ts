/** Paths that differ in case alone are refused where the file system would take them for one. */

import { expect, test } from "vitest";
import type { Step } from "../../src/core/catalog.ts";
import { refuseClash } from "../../src/core/clash.ts";

const stepOf = (id: string, inputs: readonly string[], outputs: readonly string[]): Step =>
  ({ id, inputs: [{ name: "in", paths: inputs }], outputs: [{ name: "out", paths: outputs }] }) as unknown as Step;

const CLASHES: Readonly<Record<string, readonly Step[]>> = {
  "two outputs": [stepOf("one", [], ["out/a.txt"]), stepOf("two", [], ["out/A.txt"])],
  "two outputs of one step": [stepOf("one", [], ["a.txt", "A.TXT"])],
  "a folder and a file": [stepOf("one", [], ["out/"]), stepOf("two", [], ["Out"])],
  "a folder and a file of one spelling": [stepOf("one", [], ["out/"]), stepOf("two", ["out"], [])],
  "an output and a source": [stepOf("one", ["Data.csv"], ["data.csv"])],
  "two spellings of an accent": [stepOf("one", [], ["\u00e9.txt"]), stepOf("two", [], ["e\u0301.txt"])],
};

test.each(Object.entries(CLASHES))("%s", (_, steps) => {
  expect(() => refuseClash(steps, () => true)).toThrow(expect.objectContaining({ code: "case-clash" }));
  expect(() => refuseClash(steps, () => false)).not.toThrow();
});

test("the file system is not asked where no two paths are alike", () => {
  const steps = [stepOf("one", ["in.txt"], ["a.txt", "b/"]), stepOf("two", ["a.txt", "b/"], ["c.txt"])];
  expect(() =>
    refuseClash(steps, () => {
      throw new Error("asked");
    }),
  ).not.toThrow();
});
