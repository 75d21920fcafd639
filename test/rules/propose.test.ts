/** Which schema is proposed for a table that has none. */

import { expect, test } from "vitest";
import { checkedSchema, type Schema } from "pipefile/model";
import { fileOf, runClean, runIngest, runPropose, SOURCE } from "./context.ts";

const proposed = async (raw: string, sampleRows = 10_000): Promise<Schema> =>
  checkedSchema(JSON.parse((await runPropose(raw, { sampleRows })).text("schema")));

test("the penguins are nearly what a person wrote down, and pass it", async () => {
  const schema = await proposed(SOURCE);
  const types = Object.fromEntries(schema.columns.map(({ name, type }) => [name, type]));
  expect(types).toEqual({
    species: "category",
    island: "category",
    beak_length_mm: "number",
    beak_depth_mm: "number",
    flipper_length_mm: "integer",
    body_mass_g: "integer",
    sex: "category",
  });
  expect(schema.columns[6]).toEqual({ name: "sex", type: "category", categories: ["FEMALE", "MALE"] });
  expect(schema.nullTokens).toEqual(["."]);
  const { metrics } = await runClean(SOURCE, { schema, maxRejectRate: 0 });
  expect(metrics).toMatchObject({ kept: 344, rejected: 0 });
});

test("rows that are made up by a schema pass the one that is proposed for them", async () => {
  const made = await runIngest(SOURCE, { rows: 500 });
  const { metrics } = await runClean(made.at("raw"), {
    schema: await proposed(made.at("raw")),
    maxRejectRate: 0,
  });
  expect(metrics).toMatchObject({ kept: 500, rejected: 0 });
});

test("another delimiter, quotes, keys, and columns of nothing", async () => {
  const rows = Array.from(
    { length: 60 },
    (_, at) => `${at};"n;${at}";${at % 3 === 0 ? "NA" : "x"};;${at / 4};c${at % 30}`,
  );
  const schema = await proposed(fileOf(`\uFEFFuser_id;note;flag;empty;share;code\r\n${rows.join("\r\n")}\r\n`));
  expect(schema).toEqual({
    columns: [
      { name: "user_id", type: "text" },
      { name: "note", type: "text" },
      { name: "flag", type: "category", categories: ["x"] },
      { name: "empty", type: "text" },
      { name: "share", type: "number" },
      { name: "code", type: "category" },
    ],
    nullTokens: ["NA"],
    delimiter: ";",
  });
});

test("only as many rows count as are to be looked at, and none that is ragged", async () => {
  const table = fileOf("a,b\n1,x\n2\n3,x\noops,y\n");
  expect((await proposed(table, 3)).columns[0]).toEqual({ name: "a", type: "integer" });
  expect((await proposed(table)).columns[0]).toEqual({ name: "a", type: "text" });
});

test("a header alone gives texts; nothing at all is refused", async () => {
  expect(await proposed(fileOf("a,b\n"))).toEqual({
    columns: [
      { name: "a", type: "text" },
      { name: "b", type: "text" },
    ],
  });
  await expect(runPropose(fileOf(""))).rejects.toThrow("has not even a header");
});
