/** `POST /predict` over a socket. */

import { predict as predictRow, type Row } from "pipefile/model";
import { expect, test } from "vitest";
import { DIGEST, frontOf, hosted, penguin, servedOf } from "../rig/front.ts";

const BIRD = { island: "Dream", beak_length_mm: 40.5, flipper_length_mm: 190, sex: "MALE" };
const OTHER = { island: "Biscoe", beak_length_mm: null, flipper_length_mm: 200, sex: null };
const of = (...row: Row): number => predictRow(penguin, row);
const FIRST = of("Dream", 40.5, 190, "MALE");
const SECOND = of("Biscoe", null, 200, null);

test("an object is a row, and gets a prediction with the model it is of", async () => {
  const { post } = await hosted();
  const { status, json, headers } = await post("/predict", BIRD);
  expect([status, json]).toEqual([200, { prediction: FIRST, id: expect.any(String), model: DIGEST }]);
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("x-model-digest")).toBe(DIGEST.slice(0, 12));
  expect(headers.get("content-type")).toBe("application/json");
});

test("a list, a table and a CSV get a prediction for each row, in their order", async () => {
  const { post } = await hosted();
  const table = {
    columns: ["id", "sex", "flipper_length_mm", "island", "beak_length_mm"],
    data: [
      [1, "MALE", 190, "Dream", 40.5],
      [2, null, 200, "Biscoe", null],
    ],
  };
  const csv = "sex,island,beak_length_mm,flipper_length_mm\r\nMALE,Dream,40.5,190\r\n,Biscoe,, 200 \r\n";
  const expected = { predictions: [FIRST, SECOND], ids: [expect.any(String), expect.any(String)], model: DIGEST };
  expect((await post("/predict", [BIRD, OTHER])).json).toEqual(expected);
  expect((await post("/predict", table)).json).toEqual(expected);
  expect((await post("/predict", csv, { "content-type": "text/csv; charset=utf-8" })).json).toEqual(expected);
});

test("a request asks once for the model that answers", async () => {
  let asked = 0;
  const front = frontOf();
  const live = (): ReturnType<typeof front.live> => {
    asked += 1;
    return front.live();
  };
  const { post } = await hosted({ ...front, live });
  await post("/predict", [BIRD, OTHER]);
  expect(asked).toBe(1);
});

test("a model may take its time, and predict labels or lists", async () => {
  const { post } = await hosted(frontOf(servedOf(penguin, { predict: async () => ["Adelie", [1, 2]] })));
  expect((await post("/predict", [BIRD, OTHER])).json).toEqual({ predictions: ["Adelie", [1, 2]], model: DIGEST });
});

test.for([
  [
    "throws",
    () => {
      throw new Error("secret 42");
    },
  ],
  ["rejects", () => Promise.reject(new Error("secret 42"))],
  ["says nothing", () => undefined as never],
  ["says too much", () => [1, 2]],
  ["says NaN", () => [Number.NaN]],
  ["says a list with infinity", () => [[1, Infinity]]],
] as const)("a model that %s fails without telling of what", async ([, predict]) => {
  const { post } = await hosted(frontOf(servedOf(penguin, { predict })));
  const { status, text } = await post("/predict", BIRD);
  expect([status, text]).toEqual([500, '{"error":"the model failed"}']);
});
