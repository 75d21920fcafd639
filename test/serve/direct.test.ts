/** Predictions are answered past the framework: to a client it makes no difference. */

import { expect, onTestFinished, test, vi } from "vitest";
import { frontOf, hosted, penguin, servedOf } from "../rig/front.ts";

const ROW = { island: "Dream", beak_length_mm: 40, flipper_length_mm: 190, sex: "MALE" };

test.for([
  ["a row", "/predict", ROW, {}],
  ["a list of rows", "/predict", [ROW, ROW], {}],
  ["no row", "/predict", [], {}],
  ["no JSON", "/predict", "{", {}],
  ["no text", "/predict", new Uint8Array([0xff]), {}],
  ["a text with more than ASCII", "/predict", { ...ROW, island: "Île" }, {}],
  ["another type", "/predict", "a", { "content-type": "text/plain" }],
  ["too much", "/predict", " ".repeat(100_001), {}],
  ["rows of MLflow", "/invocations", { dataframe_records: [ROW] }, {}],
  ["no rows of MLflow", "/invocations", {}, {}],
] as const)("%s to %s is answered as with a query, which the framework reads", async ([, path, body, headers]) => {
  const { post } = await hosted();
  const [direct, framed] = [await post(path, body, headers), await post(`${path}?a=b`, body, headers)];
  expect(told(direct)).toEqual(told(framed));
});

test.for(["/predict", "/invocations"])("%s asks for the token in the same words", async (path) => {
  const { post } = await hosted(frontOf(servedOf(penguin), { token: "secret" }));
  const direct = await post(path, ROW);
  expect(direct.status).toBe(401);
  expect(told(direct)).toEqual(told(await post(`${path}?a=b`, ROW)));
});

test.for(["/predict", "/invocations"])("a service that is not ready says so on %s in the same words", async (path) => {
  const { post } = await hosted(frontOf(servedOf(penguin), { isReady: () => false }));
  const direct = await post(path, ROW);
  expect(direct.status).toBe(503);
  expect(told(direct)).toEqual(told(await post(`${path}?a=b`, ROW)));
});

test.for([
  ["before the body is read", { isReady: fails }],
  ["after the body was read", { live: fails }],
] as const)("a bug %s is told on stderr, and the client knows no more than that", async ([, broken]) => {
  const said = vi.spyOn(console, "error").mockImplementation(() => {});
  onTestFinished(() => void vi.restoreAllMocks());
  const { post } = await hosted(frontOf(servedOf(penguin), broken));
  const direct = await post("/predict", ROW);
  expect(direct).toMatchObject({ status: 500, json: { error: "the service failed" } });
  expect(said).toHaveBeenCalledOnce();
  expect(String(said.mock.calls[0]?.[0])).toContain("a bug");
  expect(told(direct)).toEqual(told(await post("/predict?a=b", ROW)));
});

function fails(): never {
  throw new Error("a bug");
}

const told = ({ status, headers, text }: Awaited<ReturnType<Awaited<ReturnType<typeof hosted>>["post"]>>): unknown => {
  const { date: _, ...rest } = Object.fromEntries(headers);
  // No two predictions have the same id, which is not always as long.
  const { "content-length": __, ...same } = rest;
  const isPredicted = /"ids?":/.test(text);
  return { status, text: text.replace(/"id":"[^"]*"|"ids":\[[^\]]*\]/, '"id"'), headers: isPredicted ? same : rest };
};
