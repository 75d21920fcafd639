/** What the ingest action makes of a source. */

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
