/** MLflow's scoring protocol over a socket. */

import { predict, type Row } from "pipefile/model";
import { expect, test } from "vitest";
import { frontOf, hosted, penguin, servedOf } from "../rig/front.ts";

const of = (...row: Row): number => predict(penguin, row);
const BIRD = { island: "Dream", beak_length_mm: 40.5, flipper_length_mm: 190, sex: "MALE" };
const OTHER = { island: "Biscoe", beak_length_mm: null, flipper_length_mm: 200, sex: null };
const predictions = [of("Dream", 40.5, 190, "MALE"), of("Biscoe", null, 200, null)];
const LISTS = Object.fromEntries(
  (Object.keys(BIRD) as (keyof typeof BIRD)[]).map((name) => [name, [BIRD[name], OTHER[name]]]),
);

test.for([
  { dataframe_records: [BIRD, OTHER] },
  { dataframe_split: { index: [0, 1], columns: Object.keys(BIRD), data: [BIRD, OTHER].map(Object.values) } },
  { instances: [BIRD, OTHER] },
  { instances: [BIRD, OTHER].map(Object.values) },
  { inputs: LISTS, params: {} },
  { inputs: Object.fromEntries(Object.entries(LISTS).map(([name, list]) => [name, list.map((each) => [each])])) },
  { inputs: [BIRD, OTHER].map(Object.values), params: null },
])("%j is answered", async (body) => {
  const { post } = await hosted();
  expect((await post("/invocations", body)).text).toBe(JSON.stringify({ predictions }));
});

test("a CSV is answered", async () => {
  const { post } = await hosted();
  const csv = `${Object.keys(BIRD).join(",")}\nDream,40.5,190,MALE\nBiscoe,,200,\n`;
  expect((await post("/invocations", csv, { "content-type": "text/csv; charset=utf-8" })).json).toEqual({
    predictions,
  });
});

test("a model of one column takes its values", async () => {
  const schema = {
    inputs: [{ name: "a", type: "number" as const, isNullable: true }],
    output: { name: "y", type: "text" as const },
  };
  const { post } = await hosted(frontOf(servedOf(penguin, { schema, predict: (rows) => rows.map(String) })));
  expect((await post("/invocations", { instances: [1, null, 3] })).json).toEqual({ predictions: ["1", "", "3"] });
});

test.for([
  [{}, "the body is an object with exactly one of dataframe_split, dataframe_records, instances, inputs; it has none"],
  [[], "the body is an object with exactly one of dataframe_split, dataframe_records, instances, inputs; it is a list"],
  [
    { inputs: [], instances: [] },
    "the body is an object with exactly one of dataframe_split, dataframe_records, instances, inputs; it has instances and inputs",
  ],
  [{ inputs: LISTS, params: { a: 1 } }, "this model takes no params: leave them away"],
  [{ inputs: 3 }, "the rows are 3, which is no list"],
  [{ inputs: { ...LISTS, sex: ["MALE"] } }, "sex has 1 values, and island has 2"],
  [{ dataframe_records: {} }, "dataframe_records is an object, which is no list of rows"],
  [
    { dataframe_split: { data: [] } },
    "a table has two lists: columns with the names, and data with a list of values for each row",
  ],
  [{ instances: [[1, 2]] }, "row 1 has 2 values, and there are 4 columns"],
  [{ instances: [1] }, "row 1 is 1, which is no list of values"],
] as const)("%j is refused in the words of the protocol", async ([body, error]) => {
  const { post } = await hosted();
  const { status, json } = await post("/invocations", body);
  expect([status, json]).toMatchObject([400, { error, message: error, error_code: "BAD_REQUEST" }]);
});

test("a health check and the version are texts", async () => {
  const { get } = await hosted();
  expect(await get("/ping")).toMatchObject({ status: 200, text: "\n" });
  expect(await get("/version")).toMatchObject({ status: 200, text: "0.1.0" });
});
