/** What the score action writes, as DuckDB reads it: a reader that shares no code with the writer. */

import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { parquetMetadata } from "hyparquet";
import { describe, expect, test } from "vitest";
import type { MonitoringWindow } from "pipefile/monitor";
import { predict, readModel, writeModel, type Feature, type LinearModel, type Schema } from "pipefile/model";
import { ParquetFile } from "../../rules/parquet.ts";
import { penguins } from "../../rules/schema.ts";
import score from "../../rules/score.ts";
import train from "../../rules/train.ts";
import { seenBy } from "../rig/model.ts";
import { fileOf, HEADER, run, SOURCE, type Ran } from "./context.ts";

const PREDICTIONS = { predictions: "reports/preds.parquet", window: "reports/score.json" };
const METRICS = { rmse: 1, mae: 1, r2: 0.5, mape: null };

const FEATURES: readonly Feature[] = [
  { name: "x", type: "number", fill: 5, imputation: "mean", range: [0, 10] },
  { name: "colour", type: "category", fill: "blue", imputation: "mode", categories: ["blue", "röd 🟥"] },
];
/** y = 1 + 2 x, and 10 more where the colour is red. */
const MODEL: LinearModel = {
  format: 3,
  kind: "linear-regression",
  target: "y",
  features: FEATURES,
  coefficients: [2, 10],
  intercept: 1,
  ridge: 0,
  inference: { standardErrors: [null, null], interceptError: null, residualError: null, degreesOfFreedom: 0 },
  leftOut: {},
  metrics: { model: METRICS, baseline: METRICS },
  rows: { train: 3, test: 1 },
  seed: 1,
  ...seenBy(FEATURES),
  libraries: {},
};
const SCHEMA: Schema = {
  columns: [
    { name: "x", type: "number" },
    { name: "名前", type: "text" },
    { name: "count", type: "integer" },
    { name: "colour", type: "category" },
  ],
};
const TABLE_HEADER = "x,名前,count,colour";

const tableOf = (rows: readonly string[]): string => fileOf([TABLE_HEADER, ...rows, ""].join("\n"));

const scored = (
  rows: string,
  { schema = SCHEMA, model = writeModel(MODEL) }: { readonly schema?: Schema; readonly model?: string } = {},
): Promise<Ran> =>
  run(score, { inputs: { rows, schema: fileOf(JSON.stringify(schema)), model: fileOf(model) }, outputs: PREDICTIONS });

/** What DuckDB says; `$1` in the query is the file. */
async function queried(ran: Ran, query: string): Promise<readonly (readonly unknown[])[]> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  try {
    return (await connection.runAndReadAll(query.replaceAll("$1", `'${ran.at("predictions")}'`))).getRowsJS();
  } finally {
    connection.closeSync();
  }
}

describe("the real penguins", () => {
  const trained = async (): Promise<string> => {
    const inputs = { rows: SOURCE, schema: fileOf(JSON.stringify(penguins)) };
    const outputs = {
      model: "model/model.bin",
      metrics: "reports/metrics.json",
      evaluation: "reports/evaluation.json",
    };
    const params = { target: "body_mass_g", seed: 7, holdout: 0.25, ridge: 0, batchRows: 65_536 };
    return (await run(train, { inputs, outputs, params })).text("model");
  };
  // Two birds of the source lack nearly everything: there is still a prediction, of what stands in for it.
  const options = async (): Promise<{ schema: Schema; model: string }> => ({
    schema: penguins,
    model: await trained(),
  });

  test("every row has its columns, and the prediction that predict() makes of it", async () => {
    const { schema, model: text } = await options();
    const ran = await scored(SOURCE, { schema, model: text });
    const described = await queried(ran, "select column_name, column_type from (describe select * from $1)");
    const types = HEADER.split(",").map((name) => [name, /_/.test(name) ? "DOUBLE" : "VARCHAR"]);
    expect(described).toEqual([...types, ["prediction", "DOUBLE"]]);
    const rows = await queried(ran, "select * from $1");
    expect(rows.length).toBe(344);
    const model = readModel(text);
    const places = model.features.map(({ name }) => HEADER.split(",").indexOf(name));
    for (const row of rows) {
      const cells = places.map((place) => row[place] as string | number | null);
      expect(row.at(-1)).toBe(predict(model, cells));
    }
    const mean = rows.reduce((sum, row) => sum + (row.at(-1) as number), 0) / rows.length;
    expect(ran.metrics).toEqual({ rows: 344, mean_prediction: expect.closeTo(mean, 6) });
    expect(ran.progress.at(-1)).toEqual([readFileSync(SOURCE).length, readFileSync(SOURCE).length]);
  });

  test("scored twice, they are the same bytes", async () => {
    const given = await options();
    const [once, again] = [await scored(SOURCE, given), await scored(SOURCE, given)];
    expect(again.bytes("predictions")).toEqual(once.bytes("predictions"));
    expect(again.text("window")).toBe(once.text("window"));
  });

  test("the rows compare with those of training: all birds do, those of one island do not", async () => {
    const given = await options();
    const windowOf = async (rows: string): Promise<MonitoringWindow> =>
      JSON.parse((await scored(rows, given)).text("window")) as MonitoringWindow;
    const all = await windowOf(SOURCE);
    expect(all).toMatchObject({ source: "batch", from: null, to: null, system: null, status: "ok", alerts: [] });
    expect(all.model_digest).toBe(createHash("sha256").update(given.model).digest("hex"));
    expect(all.data.rows).toBe(344);
    expect(all.model.prediction.n).toBe(344);
    const [head, ...birds] = readFileSync(SOURCE, "utf8").trimEnd().split("\n");
    const biscoe = birds.filter((bird) => bird.includes(",Biscoe,"));
    const some = await windowOf(fileOf([head, ...biscoe, ...biscoe, ""].join("\n")));
    expect(some.status).toBe("alert");
    expect(some.alerts.map(({ signal }) => signal)).toEqual(expect.arrayContaining(["data.island", "data.species"]));
  });

  test("the file names the model that was read, its target and its own format", async () => {
    const given = await options();
    const query = "select decode(key), decode(value) from parquet_kv_metadata($1) order by 1";
    expect(await queried(await scored(SOURCE, given), query)).toEqual([
      ["pipefile.format", "1"],
      ["pipefile.model.sha256", createHash("sha256").update(given.model).digest("hex")],
      ["pipefile.target", "body_mass_g"],
    ]);
  });
});

test("missing values, texts of any script and whole numbers come back as they were", async () => {
  const ran = await scored(tableOf(["1.5,Zoë 🐧,9007199254740991,röd 🟥", ",,,", '-2e-3," a, ""b""\n",-3,blue']));
  const described = await queried(ran, "select column_name, column_type from (describe select * from $1)");
  expect(described).toEqual([
    ["x", "DOUBLE"],
    ["名前", "VARCHAR"],
    ["count", "BIGINT"],
    ["colour", "VARCHAR"],
    ["prediction", "DOUBLE"],
  ]);
  expect(await queried(ran, "select * from $1")).toEqual([
    [1.5, "Zoë 🐧", 9007199254740991n, "röd 🟥", 14],
    [null, null, null, null, 11],
    [-0.002, 'a, "b"', -3n, "blue", 0.996],
  ]);
});

test("what is held of a file is one group: the others are on disk before it is closed", () => {
  const path = fileOf("");
  const file = new ParquetFile(path, [{ name: "x", type: "number" }], {});
  for (let at = 0; at < 400_000; at++) file.add([Math.sin(at)]);
  expect(statSync(path).size).toBeGreaterThan(2_000_000);
  file.close();
  expect(statSync(path).size).toBeGreaterThan(3_200_000);
});

test("the columns of each group stay side by side", async () => {
  const rows = Array.from({ length: 140_000 }, (_, at) => `${at},row ${at},${at},${at % 2 ? "blue" : ""}`);
  const ran = await scored(tableOf(rows));
  const bytes = ran.bytes("predictions");
  const groups = parquetMetadata(new Uint8Array(bytes).buffer).row_groups.map(({ num_rows }) => Number(num_rows));
  expect(groups).toEqual([65_536, 65_536, 8_928]);
  const query = `select count(*), count(distinct "名前"), count(colour), sum(prediction - 2 * x), min(x), max(count) from $1`;
  expect(await queried(ran, query)).toEqual([[140_000n, 140_000n, 70_000n, 140_000, 0, 139_999n]]);
  // Each row is where it was: the columns of a group do not shift against each other.
  expect(await queried(ran, `select count(*) from $1 where "名前" <> 'row ' || count`)).toEqual([[0n]]);
});

test("a table without rows is a file without rows, which says what its columns are", async () => {
  const ran = await scored(tableOf([]));
  expect(await queried(ran, "select * from $1")).toEqual([]);
  expect(await queried(ran, "select column_type from (describe select prediction from $1)")).toEqual([["DOUBLE"]]);
  expect(await queried(ran, "select count(*) from parquet_kv_metadata($1)")).toEqual([[3n]]);
  expect(ran.metrics).toEqual({ rows: 0 });
});

describe("refused is", () => {
  const withColumns = (...columns: Schema["columns"]): { readonly schema: Schema } => ({ schema: { columns } });
  const [x, , , colour] = SCHEMA.columns as [Schema["columns"][0], unknown, unknown, Schema["columns"][0]];

  test("a table that has a prediction already", async () => {
    const given = withColumns(x, colour, { name: "prediction", type: "number" });
    const table = fileOf("x,colour,prediction\n");
    await expect(scored(table, given)).rejects.toThrow("the table has a column 'prediction', which is what");
  });

  test("a table that lacks what the model needs", async () => {
    await expect(scored(fileOf("x\n1\n"), withColumns(x))).rejects.toThrow(
      "the table lacks colour, which the model needs; it has x",
    );
  });

  test("a column that is of another type for the model", async () => {
    const given = withColumns({ name: "x", type: "text" }, colour);
    await expect(scored(fileOf("x,colour\n1,blue\n"), given)).rejects.toThrow(
      "the column 'x' is of the type text, and of the type number for the model",
    );
  });

  test("a category that training never saw, by its row", async () => {
    await expect(scored(tableOf(["1,,,blue", "1,,,green"]))).rejects.toThrow(
      /table\.csv, row 2: colour is 'green', which training never saw; it knows blue, röd 🟥/,
    );
  });

  test("a row that lacks a value for which nothing stands in", async () => {
    const features = MODEL.features.map((feature) => ({ ...feature, fill: null, imputation: "none" as const }));
    const model = writeModel({ ...MODEL, features });
    await expect(scored(tableOf([",,,blue"]), { model })).rejects.toThrow("row 1: x is missing, and nothing stands in");
  });

  test("an integer that is not exact any more", async () => {
    await expect(scored(tableOf(["1,,9007199254740993,blue"]))).rejects.toThrow(
      "the integer 9007199254740992 of count is too large to be exact: declare it as number, or as text",
    );
  });

  test("a row that is not as the schema says, by its line", async () => {
    await expect(scored(tableOf(["1,,,blue", "one,,,blue"]))).rejects.toThrow(
      /table\.csv, line 3: column x: 'one' is no number/,
    );
  });

  test("a file that is no model", async () => {
    await expect(scored(tableOf([]), { model: "{}" })).rejects.toThrow("this is no model that pipe wrote");
  });
});
