/** What the serialize action writes beside each other: the pickle and the checksum that names it. */

import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { fileOf, runAll, runSerialize } from "./context.ts";

test("the checksum is of the pickle, under its declared path, in the form of sha256sum", async () => {
  const { serialize } = await runAll();
  const digest = createHash("sha256").update(serialize.bytes("pickle")).digest("hex");
  expect(serialize.text("checksum")).toBe(`${digest}  model/model.pkl\n`);
});

test("the whole pipeline, run twice, makes the same bytes", async () => {
  const [once, again] = [await runAll(), await runAll()];
  const outputs = [
    ["ingest", "raw"],
    ["clean", "rows"],
    ["clean", "report"],
    ["train", "model"],
    ["train", "metrics"],
    ["serialize", "pickle"],
    ["serialize", "checksum"],
  ] as const;
  for (const [action, output] of outputs) expect(again[action].bytes(output)).toEqual(once[action].bytes(output));
});

test("a file that is no model is refused", async () => {
  await expect(runSerialize(fileOf("not a model"))).rejects.toThrow("this is no model that pipe wrote");
});
