/** `POST /feedback` over a socket, and the ids that `/predict` gives. */

import { expect, test } from "vitest";
import type { Feedback } from "../../src/monitor/feedback.ts";
import { predictionId, readPredictionId } from "../../src/monitor/prediction-id.ts";
import { DIGEST, frontOf, hosted, penguin, servedOf } from "../rig/front.ts";

const ROW = { island: "Dream", beak_length_mm: 40, flipper_length_mm: 190, sex: "MALE" };
const NONE = { labels: 0, kpis: 0, repeated: 0, unknown: 0 };

/** A service that keeps what it was told. */
async function listening(more: Parameters<typeof frontOf>[1] = {}) {
  const given: Feedback[] = [];
  const feedback = async (each: Feedback) => {
    given.push(each);
    return { ...NONE, labels: each.labels.length, kpis: each.kpis.length };
  };
  return { given, ...(await hosted(frontOf(servedOf(penguin), { feedback, ...more }))) };
}

test("an id that /predict gave takes what came true back to what was predicted", async () => {
  const { given, post } = await listening();
  const before = Date.now();
  const { id, prediction } = (await post("/predict", ROW)).json as { id: string; prediction: number };
  expect(await post("/feedback", { id, actual: 4_050 })).toMatchObject({ status: 200, json: { ...NONE, labels: 1 } });
  const label = given[0]?.labels[0];
  expect(label).toMatchObject({ id, actual: 4_050, predicted: { version: DIGEST.slice(0, 12), prediction } });
  expect(label?.predicted.atMs).toBeGreaterThanOrEqual(before);
});

test("a list of rows has an id each, and a list of feedback is taken whole", async () => {
  const { given, post } = await listening();
  const { ids, predictions } = (await post("/predict", [ROW, { ...ROW, island: "Biscoe" }])).json as {
    ids: string[];
    predictions: number[];
  };
  expect(ids.map((id) => readPredictionId(id)?.prediction)).toEqual(predictions);
  await post("/feedback", [...ids.map((id) => ({ id, actual: 1 })), { kpi: { orders: 3, "net.revenue": -1.5 } }]);
  expect(given[0]?.labels).toHaveLength(2);
  expect(given[0]?.kpis).toEqual([
    ["orders", 3],
    ["net.revenue", -1.5],
  ]);
});

const id = predictionId({ version: DIGEST.slice(0, 12), atMs: 1, prediction: 7 }) ?? "";
const textId = predictionId({ version: DIGEST.slice(0, 12), atMs: 1, prediction: "Adelie" }) ?? "";

test.for([
  ["no object", 5, "row 1 is 5, which is no feedback"],
  ["nothing", {}, "row 1 has no feedback"],
  ["what is none", { id, actul: 5 }, "row 1 has 'actul', which is no feedback"],
  ["an id of another kind", { id: "abc", actual: 5 }, "row 1: the id 'abc' is none that /predict gave"],
  ["no id", { actual: 5 }, "row 1: the id undefined is none that /predict gave"],
  ["a text for a number", { id, actual: "5" }, "row 1: actual is '5', and a number was predicted"],
  ["no actual value", { id }, "row 1: actual is undefined, and a number was predicted"],
  ["a number for a text", { id: textId, actual: 5 }, "row 1: actual is 5, and a text was predicted"],
  [
    "a figure that is none",
    [{ kpi: { a: 1 } }, { kpi: { orders: "3" } }],
    "row 2: the kpi orders is '3', which is no number",
  ],
  ["a figure of no name", { kpi: { "a b": 3 } }, "row 1: the kpi 'a b' needs a name of letters, digits, _ . - alone"],
  ["a list of figures", { kpi: [3] }, "row 1: kpi is a list, which is no object"],
] as const)("%s is a 400 that names the row, and nothing of the request is taken", async ([, body, problem]) => {
  const { given, post } = await listening();
  const { status, json } = await post("/feedback", body);
  expect(status).toBe(400);
  expect((json as { error: string }).error).toContain(problem);
  expect(given).toEqual([]);
});

test("a CSV is refused, and so are more rows than a request may have", async () => {
  const { post } = await listening({ mostRows: 2 });
  expect((await post("/feedback", "id,actual\n1,2\n", { "content-type": "text/csv" })).status).toBe(415);
  const three = Array.from({ length: 3 }, () => ({ kpi: { orders: 1 } }));
  expect((await post("/feedback", three)).status).toBe(413);
});

test("feedback needs the token where the service has one", async () => {
  const { given, post } = await listening({ token: "secret" });
  expect((await post("/feedback", { id, actual: 5 })).status).toBe(401);
  expect(given).toEqual([]);
});

test("a row that is refused for a category that training never saw is told to the monitor as that", async () => {
  const told: (string | undefined)[] = [];
  const onRefusedRow = ({ column, isNewCategory }: { column: string | undefined; isNewCategory: boolean }): void =>
    void told.push(isNewCategory ? column : undefined);
  const { post } = await listening({ onRefusedRow });
  await post("/predict", { ...ROW, island: "Atlantis" });
  await post("/predict", { ...ROW, island: null });
  await post("/predict", "island,beak_length_mm,flipper_length_mm,sex\nAtlantis,1,2,MALE\n", {
    "content-type": "text/csv",
  });
  await post("/invocations", { dataframe_records: [{ ...ROW, island: 5 }] });
  await post("/predict", "{");
  expect(told).toEqual(["island", undefined, "island", undefined]);
});
