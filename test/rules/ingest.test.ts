/** What the ingest action makes of a source. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fileOf, HEADER, runIngest, SOURCE } from "./context.ts";

test("the real source has 344 rows, under the header that the schema declares", async () => {
  const { text, metrics } = await runIngest(SOURCE);
  const lines = text("raw").split("\n");
  expect(lines[0]).toBe(HEADER);
  expect(lines.length).toBe(1 + 344 + 1);
  expect(metrics).toEqual({ rows: 344 });
});

test("line ends, a byte order mark, blank lines and a missing last line end make no difference", async () => {
  const { text, metrics } = await runIngest(fileOf("\uFEFFa,b\r\n1,2\r\n\r\n3,4"));
  expect(text("raw")).toBe("a,b\n1,2\n3,4\n");
  expect(metrics).toEqual({ rows: 2 });
});

test.for(["a,b\r\n1,2\n3,4\r\n", "a,b\n1,2\r\n3,4", "a,b\r1,2\r3,4\r"])(
  "line ends are evened out, whatever the first one is: %j",
  async (source) => {
    expect((await runIngest(fileOf(source))).text("raw")).toBe("a,b\n1,2\n3,4\n");
  },
);

test("the real source, with a byte order mark and other line ends, gives the same bytes", async () => {
  const source = readFileSync(SOURCE, "utf8");
  const once = await runIngest(SOURCE);
  // Larger than what is read at once, so that a line end falls between two reads.
  const long = source + source.slice(HEADER.length + 1).repeat(20);
  const [unix, windows] = [await runIngest(fileOf(long)), await runIngest(fileOf(withWindowsEnds(long)))];
  expect((await runIngest(fileOf(withWindowsEnds(source)))).bytes("raw")).toEqual(once.bytes("raw"));
  expect(windows.bytes("raw")).toEqual(unix.bytes("raw"));
});

test("a value keeps its comma, quote and line end", async () => {
  const source = 'a,b\n"x,y","say ""hi""\nthere"\n';
  expect((await runIngest(fileOf(source))).text("raw")).toBe(source);
});

test("an empty source is refused", async () => {
  await expect(runIngest(fileOf(""))).rejects.toThrow("has not even a header");
});

test("a source that cannot be read fails the action", async () => {
  await expect(runIngest("/nowhere/table.csv")).rejects.toThrow("ENOENT");
});

const withWindowsEnds = (text: string): string => `\uFEFF${text.replaceAll("\n", "\r\n")}`;
