/** A log that is read while it grows: nothing twice, nothing lost, and from its start when a build starts it afresh. */

import { appendFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { LogTail } from "../../src/store/log-tail.ts";
import { temporaryFolder } from "../rig/project.ts";

let file = "";
let tail: LogTail;
beforeEach(() => {
  file = join(temporaryFolder(), "step.log");
  tail = new LogTail(file);
});

const added = (): string => [...tail.added()].join("");

test("each look gives what was added since, and nothing before the log is there", () => {
  expect(added()).toBe("");
  writeFileSync(file, "");
  expect(added()).toBe("");
  appendFileSync(file, "one\n");
  expect([added(), added()]).toEqual(["one\n", ""]);
  appendFileSync(file, "two\nthr");
  appendFileSync(file, "ee\n");
  expect(added()).toBe("two\nthree\n");
});

test("a log that was started afresh is read from its start: shorter, longer than before, or another file", () => {
  writeFileSync(file, "# first\none\n");
  expect(added()).toBe("# first\none\n");
  writeFileSync(file, "# second\n");
  expect(added()).toBe("# second\n");
  writeFileSync(file, "# third\nand longer than it was\n");
  expect(added()).toBe("# third\nand longer than it was\n");
  const long = "x".repeat(1000);
  writeFileSync(file, long);
  expect(added()).toBe(long);
  writeFileSync(file, long.slice(0, 600));
  expect(added()).toBe(long.slice(0, 600));
  writeFileSync(file, "# third\nand longer than it was\n");
  expect(added()).toBe("# third\nand longer than it was\n");
  writeFileSync(`${file}.new`, "# third\nand longer than it was\nbut another\n");
  renameSync(`${file}.new`, file);
  expect(added()).toBe("# third\nand longer than it was\nbut another\n");
});

test("a log that is longer than a piece comes whole, and a character that is cut in two is put together", () => {
  const long = "é".repeat(100_000);
  writeFileSync(file, `x${long}`);
  expect(added()).toBe(`x${long}`);
  const [first = 0, second = 0] = Buffer.from("é");
  appendFileSync(file, Buffer.from([first]));
  expect(added()).toBe("");
  appendFileSync(file, Buffer.from([second]));
  expect(added()).toBe("é");
});
