/** What a client is told that sends something else than rows. */

import { expect, test } from "vitest";
import { DIGEST, frontOf, hosted, penguin, servedOf } from "../rig/front.ts";

const BIRD = { island: "Dream", beak_length_mm: 40.5, flipper_length_mm: 190, sex: "MALE" };
const without = (name: keyof typeof BIRD): object =>
  Object.fromEntries(Object.entries(BIRD).filter(([key]) => key !== name));
const LONG = "x".repeat(200);

test.for([
  [
    [BIRD, { ...BIRD, island: "Mars" }],
    2,
    "island",
    "row 2: island is 'Mars', which is none of Biscoe, Dream, Torgersen",
  ],
  [{ ...BIRD, island: null }, 1, "island", "row 1: island is missing, and nothing stands in for it"],
  [{ ...BIRD, island: true }, 1, "island", "row 1: island is true, which is none of Biscoe, Dream, Torgersen"],
  [
    { ...BIRD, beak_length_mm: "40" },
    1,
    "beak_length_mm",
    "row 1: beak_length_mm is '40', which is no number within ±1e100",
  ],
  [
    { ...BIRD, beak_length_mm: [1] },
    1,
    "beak_length_mm",
    "row 1: beak_length_mm is a list, which is no number within ±1e100",
  ],
  [
    { ...BIRD, flipper_length_mm: 1.5 },
    1,
    "flipper_length_mm",
    "row 1: flipper_length_mm is 1.5, which is no whole number",
  ],
  [{ ...BIRD, sex: LONG }, 1, "sex", `row 1: sex is '${"x".repeat(40)}…', which is none of FEMALE, MALE`],
  [without("sex"), 1, "sex", "row 1: the column sex is missing"],
  [{ ...without("sex"), Sex: "MALE" }, 1, "sex", "row 1: the column sex is missing; did you mean it by 'Sex'?"],
  [[BIRD, 3], 2, undefined, "row 2 is 3, which is no object"],
  ["[]", undefined, undefined, "there are no rows"],
  ["3", undefined, undefined, "the body is 3, which is no row and no list of rows"],
  ["", undefined, undefined, "the body is empty: send the rows as JSON, or as text/csv"],
  ['{"island": 1', undefined, undefined, "the body is no JSON: something is wrong at character 13"],
  [
    '{"island": NaN}',
    undefined,
    undefined,
    "the body is no JSON: 'N' is unexpected: a missing number is null there, never NaN",
  ],
  ['{"a": ', undefined, undefined, "the body is no JSON: it ends too early"],
  ["[".repeat(90_000), undefined, undefined, "the body is no JSON: it ends too early"],
  [
    JSON.stringify(BIRD).replace("40.5", "1e999"),
    1,
    "beak_length_mm",
    "row 1: beak_length_mm is Infinity, which is no number within ±1e100",
  ],
  [
    { ...BIRD, beak_length_mm: -1.5e308 },
    1,
    "beak_length_mm",
    "row 1: beak_length_mm is -1.5e+308, which is no number within ±1e100",
  ],
  [{ columns: ["island", "island"], data: [] }, undefined, undefined, "the column 'island' stands there twice"],
  [{ columns: Object.keys(BIRD), data: [[1, 2]] }, 1, undefined, "row 1 has 2 values, and there are 4 columns"],
  [{ columns: [1], data: [] }, undefined, undefined, "a column's name is 1, which is no text"],
  [{ columns: ["island"], data: [["Dream"]] }, undefined, "beak_length_mm", "the column beak_length_mm is missing"],
] as const)("%j is refused with its place", async ([body, row, column, error]) => {
  const { post } = await hosted();
  const { status, json } = await post("/predict", body);
  expect([status, json]).toEqual([400, JSON.parse(JSON.stringify({ error, row, column }))]);
});

test.for([
  ["", "the CSV is empty: its first line names the columns"],
  ["a,a\n1,2\n", "the column 'a' stands there twice"],
  [
    "island,beak_length_mm,flipper_length_mm,Sex\nDream,1,1,MALE\n",
    "the column sex is missing; did you mean it by 'Sex'?",
  ],
  ["island,beak_length_mm,flipper_length_mm,sex\nDream,1,1\n", "row 1 has 3 values, and there are 4 columns"],
  [
    "island,beak_length_mm,flipper_length_mm,sex\nDream,,1,\nDream,one,1,MALE\n",
    "row 2: beak_length_mm is 'one', which is no number within ±1e100",
  ],
  [
    "island,beak_length_mm,flipper_length_mm,sex\nDream,1e300,1,MALE\n",
    "row 1: beak_length_mm is '1e300', which is no number within ±1e100",
  ],
  [
    "island,beak_length_mm,flipper_length_mm,sex\n,1,1,MALE\n",
    "row 1: island is missing, and nothing stands in for it",
  ],
  ["island,beak_length_mm,flipper_length_mm,sex\n", "there are no rows"],
  [
    'island,beak_length_mm,flipper_length_mm,sex\n"Dream,1,1,MALE\n',
    "the CSV is wrong at line 2: a quote is not closed",
  ],
] as const)("the CSV %j is refused with its place", async ([body, error]) => {
  const { post } = await hosted();
  const { status, json } = await post("/predict", body, { "content-type": "text/csv" });
  expect([status, json]).toMatchObject([400, { error }]);
});

test("a category of many is told in part", async () => {
  const categories = Array.from({ length: 30 }, (_, at) => `c${at}`);
  const schema = {
    inputs: [{ name: "c", type: "category" as const, categories, isNullable: true }],
    output: { name: "y", type: "number" as const },
  };
  const { post } = await hosted(frontOf(servedOf(penguin, { schema })));
  const { json } = await post("/predict", { c: "d" });
  expect(json).toMatchObject({
    error: "row 1: c is 'd', which is none of c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 20 more",
  });
});

test("names of JavaScript's own are no columns, and change nothing", async () => {
  const { post } = await hosted();
  const body = `{"__proto__": {"island": "Dream", "beak_length_mm": 1, "flipper_length_mm": 1, "sex": "MALE"}, "constructor": 1}`;
  expect((await post("/predict", body)).status).toBe(400);
  const own = `${JSON.stringify(BIRD).slice(0, -1)}, "__proto__": {"polluted": 1}, "constructor": {"prototype": 1}}`;
  expect((await post("/predict", own)).status).toBe(200);
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
});

test("what every object inherits is no value of a column", async () => {
  const schema = {
    inputs: [{ name: "constructor", type: "number" as const, isNullable: true }],
    output: { name: "y", type: "number" as const },
  };
  const { post } = await hosted(frontOf(servedOf(penguin, { schema })));
  const error = "row 1: the column constructor is missing";
  expect((await post("/predict", {})).json).toEqual({ error, row: 1, column: "constructor" });
});

test("a column may be called __proto__", async () => {
  const schema = {
    inputs: [{ name: "__proto__", type: "number" as const, isNullable: false }],
    output: { name: "y", type: "number" as const },
  };
  const front = frontOf(servedOf(penguin, { schema, predict: (rows) => rows.map(([cell]) => cell as number) }));
  const { post, get } = await hosted(front);
  expect((await post("/predict", `{"__proto__": 7}`)).json).toMatchObject({ prediction: 7 });
  expect((await post("/predict", `{"a": 7}`)).status).toBe(400);
  expect((await get("/openapi.json")).status).toBe(200);
});

test.for([
  ["application/x-www-form-urlencoded", 415],
  ["text/plain", 415],
  ["application/json; charset=latin1", 415],
  ["application/json; charset=UTF-8", 200],
] as const)("the content type %s gives %i", async ([type, expected]) => {
  const { post } = await hosted();
  expect((await post("/predict", BIRD, { "content-type": type })).status).toBe(expected);
});

test("a body without a content type is taken for JSON", async () => {
  const { get } = await hosted();
  const body = new TextEncoder().encode(JSON.stringify(BIRD));
  expect((await get("/predict", { method: "POST", body })).status).toBe(200);
});

test("a compressed body, and one that is no UTF-8, are refused", async () => {
  const { post } = await hosted();
  const packed = await post("/predict", BIRD, { "content-encoding": "gzip" });
  expect([packed.status, packed.headers.get("accept-encoding")]).toEqual([415, "identity"]);
  const broken = await post("/predict", Buffer.from([0x22, 0xff, 0x22]));
  expect([broken.status, broken.json]).toEqual([400, { error: "the body is no text in UTF-8" }]);
});

test("more rows than there may be are refused with the limit", async () => {
  const { post } = await hosted(frontOf(servedOf(penguin), { mostRows: 2 }));
  const error = "a request may have 2 rows at most: send them in several";
  const bodies = [[BIRD, BIRD, BIRD], { columns: Object.keys(BIRD), data: [1, 2, 3].map(() => Object.values(BIRD)) }];
  for (const body of bodies) expect(await post("/predict", body)).toMatchObject({ status: 413, json: { error } });
  const line = `${Object.values(BIRD).join(",")}\n`;
  const csv = `${Object.keys(BIRD).join(",")}\n${line.repeat(3)}`;
  expect(await post("/predict", csv, { "content-type": "text/csv" })).toMatchObject({ status: 413, json: { error } });
  expect((await post("/predict", [BIRD, BIRD])).status).toBe(200);
});

test("a service that is not ready predicts nothing, and lives", async () => {
  const { post, get } = await hosted(frontOf(servedOf(penguin), { isReady: () => false }));
  for (const path of ["/predict", "/invocations", "/v2/models/penguins/infer"]) {
    const { status, headers } = await post(path, BIRD);
    expect([status, headers.get("retry-after")]).toEqual([503, "1"]);
  }
  const statuses = ["/health", "/ping", "/v2/health/live", "/ready", "/v2/health/ready", "/v2/models/penguins/ready"];
  const answers = await Promise.all(statuses.map((path) => get(path)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 503, 503, 503]);
});

test("where a token is asked for, it opens what is closed", async () => {
  const { post, get } = await hosted(frontOf(servedOf(penguin), { token: "open sesame" }));
  const closed = await post("/predict", BIRD, { authorization: "Bearer wrong token" });
  expect([closed.status, closed.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
  expect(closed.text).not.toContain("wrong");
  expect((await get("/nowhere")).status).toBe(401);
  for (const path of ["/model", "/metrics", "/openapi.json", "/v2", "/v2/models/penguins", "/version"]) {
    expect((await get(path)).status).toBe(401);
    expect((await get(path, { headers: { authorization: "bearer open sesame" } })).status).toBe(200);
  }
  for (const path of ["/health", "/ready", "/v2/health/live", "/v2/health/ready", "/ping"])
    expect((await get(path)).status).toBe(200);
  const page = await get("/docs");
  expect(page.status).toBe(200);
  expect(page.text).not.toMatch(new RegExp(`island|penguins|${DIGEST.slice(0, 12)}`));
});

test("another path gets a hint, and another method what is allowed", async () => {
  const { get } = await hosted();
  expect(await get("/predcit")).toMatchObject({
    status: 404,
    json: { error: "there is nothing at '/predcit': did you mean /predict?" },
  });
  const wrong = await get("/predict");
  expect([wrong.status, wrong.headers.get("allow"), wrong.json]).toEqual([
    405,
    "POST, OPTIONS",
    { error: "/predict takes POST" },
  ]);
  const asked = await get("/model", { method: "OPTIONS" });
  expect([asked.status, asked.headers.get("allow")]).toEqual([204, "GET, HEAD, OPTIONS"]);
  const head = await get("/health", { method: "HEAD" });
  expect([head.status, head.text]).toEqual([200, ""]);
  expect((await get("/%zz")).status).toBe(400);
  expect((await get("/predict/")).status).toBe(405);
});

test("nothing names the framework", async () => {
  const { get } = await hosted();
  const answers = await Promise.all(["/", "/docs", "/nowhere", "/health"].map((path) => get(path)));
  for (const { headers, text } of answers) {
    expect(headers.get("server") ?? headers.get("x-powered-by")).toBeNull();
    expect(text).not.toMatch(/\bh3\b|srvx/);
  }
});
