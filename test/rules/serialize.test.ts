/** What the serialize action writes beside each other: the pickle and the checksum that names it. */

import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { fileOf, runAll, runSerialize, type Ran } from "./context.ts";

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

test("the checksum of a pickle for scikit-learn is of the same form, and its bytes are the same each time", async () => {
  const { train } = await runAll();
  const [once, again] = [await asSklearn(train), await asSklearn(train)];
  const digest = createHash("sha256").update(once.bytes("pickle")).digest("hex");
  expect(once.text("checksum")).toBe(`${digest}  model/model.pkl\n`);
  expect(again.bytes("pickle")).toEqual(once.bytes("pickle"));
  const newer = await runSerialize(train.at("model"), { format: "sklearn", sklearnVersion: "1.5.0rc1" });
  expect(newer.bytes("pickle").includes("1.5.0rc1")).toBe(true);
});

const asSklearn = (train: Ran): Promise<Ran> => runSerialize(train.at("model"), { format: "sklearn" });

test("a plain pickle names nothing to import, whatever the version of scikit-learn", async () => {
  const { train, serialize } = await runAll();
  const other = await runSerialize(train.at("model"), { sklearnVersion: "no version" });
  expect(other.bytes("pickle")).toEqual(serialize.bytes("pickle"));
  expect(serialize.bytes("pickle").includes("sklearn")).toBe(false);
});

test.for([
  [{ format: "onnx" }, "format is 'onnx', which is neither plain nor sklearn"],
  [{ format: "sklearn", sklearnVersion: "" }, "sklearnVersion is '', which is no version as 1.2.1 is"],
  [{ format: "sklearn", sklearnVersion: "latest" }, "sklearnVersion is 'latest', which is no version as 1.2.1 is"],
] as const)("a param of no meaning is refused: %j", async ([params, message]) => {
  await expect(runSerialize(fileOf("never read"), params)).rejects.toThrow(message);
});

test("a file that is no model is refused", async () => {
  await expect(runSerialize(fileOf("not a model"))).rejects.toThrow("this is no model that pipe wrote");
});
