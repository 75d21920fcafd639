/** Lists of checksums, and texts that are none. */

import { expect, test } from "vitest";
import { checksumsIn } from "../../src/core/checksum.ts";

const [a, b] = ["a".repeat(64), "b".repeat(64)];

test("a list is read as sha256sum writes it: text and binary, upper case, escapes, any line ends", () => {
  const list = `${a}  model/model.pkl\n${b.toUpperCase()} *two words\r\n\\${a}  new\\nline \\\\ \\r\n`;
  expect(checksumsIn(list)).toEqual([
    { sha256: a, path: "model/model.pkl" },
    { sha256: b, path: "two words" },
    { sha256: a, path: "new\nline \\ \r" },
  ]);
  expect(checksumsIn(`${a}  a\\b`)).toEqual([{ sha256: a, path: "a\\b" }]);
});

test.each([
  "",
  "\n",
  a,
  `${a}  `,
  `${a} one space`,
  `${a.slice(1)}  short`,
  `${a}  file\nand prose`,
  `SHA256 (f) = ${a}`,
])("%j is no list", (text) => {
  expect(checksumsIn(text)).toBeUndefined();
});
