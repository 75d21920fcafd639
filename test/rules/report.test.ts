/** What the page on a model says of it and of its data, whatever their names are; and what it draws. */

import { beforeEach, describe, expect, test } from "vitest";
import type { LinearModel } from "pipefile/model";
import type { CleanReport } from "../../rules/clean.ts";
import { scriptValue } from "../../rules/report/html.ts";
import { seenBy } from "../rig/model.ts";
import { DATA, digestOf, EVALUATION, MODEL, pageOf, reported, textOf } from "./report/page.ts";

let page: string;
beforeEach(async () => {
  page = await pageOf();
});

test("it says how the model was made, and the same inputs make the same page", async () => {
  const text = textOf(page);
  expect(text).toContain("Target mass");
  expect(text).toContain("34 to train on, 12 held out");
  expect(text).toContain("25.0 %, chosen by the seed 7");
  expect(text).toContain("0: plain least squares");
  expect(text).toContain("3 with 30 degrees of freedom");
  expect(text).toContain("ml-regression 6.3.0");
  expect(text).toContain(digestOf(MODEL));
  expect(await pageOf()).toBe(page);
});

test("it needs nothing beside itself", () => {
  expect(page).not.toMatch(/<link|<img|<iframe|@import|url\(|\ssrc=|\shref=|https?:/);
  expect(page.match(/<script/g)).toEqual(["<script"]);
});

test("it says of each column what it holds", () => {
  const text = textOf(page);
  expect(text).toContain("read 50 kept 46 dropped 3 rejected 1");
  expect(text).toMatch(/length number, feature Missing 3 of 49 \(6\.1 %\), 2 in rows kept Filled in with the mean, 5 /);
  expect(text).toContain("Range 0 to 10 Mean 5 Std. deviation 2");
  expect(text).toMatch(/kind category, feature Missing none Category Rows Share a 23 50\.0 % b 20 43\.5 % c 3 6\.5 %/);
  expect(text).toMatch(/note text, not learnt from Missing 49 of 49 \(100\.0 %\), 46 in rows kept No value is known/);
});

test("names that look like markup are text, and come back as they were", async () => {
  const evil = `<script>alert("1")</script>'&amp;`;
  const [length] = MODEL.features;
  const features: LinearModel["features"] = [
    { ...length, name: evil } as LinearModel["features"][0],
    { name: "k", type: "category", fill: null, imputation: "none", categories: ["a", evil, "c"] },
  ];
  const model: LinearModel = {
    ...MODEL,
    ...seenBy(features),
    target: evil,
    features,
    leftOut: {},
    libraries: { [evil]: evil },
  };
  const data: CleanReport = {
    ...DATA,
    columns: { [evil]: { type: "text", known: 1, missing: 0, counts: { [evil]: 1 } } },
  };
  const evaluation = { ...EVALUATION, target: evil };
  const shown = await pageOf({ model, data, evaluation, before: page });
  expect(shown).not.toContain("<script>");
  expect(shown.match(/<script/g)?.length).toBe(1);
  expect(shown.match(/<\/script>/g)?.length).toBe(1);
  expect(shown).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;amp;");
  expect(scriptValue(shown, "pipefile-report")).toMatchObject({ measured: { target: evil } });
  expect(await pageOf({ model, data, evaluation, before: shown })).toBe(shown);
});

describe("pictures", () => {
  test("of many points are drawn see-through, and said to be a part", async () => {
    const points = Array.from({ length: 1952 }, (_, at) => [at, at + (at % 7)] as const);
    const many = await pageOf({ evaluation: { ...EVALUATION, points, rows: 249_738, step: 128 } });
    expect(many).toContain('class="dots many"');
    expect(textOf(many)).toContain("1,952 of the 249,738 rows: one of every 128");
    expect(many.length).toBeLessThan(120_000);
    expect(page).toContain('class="dots"');
  });

  test.for([
    ["no point", { points: [], rows: 0, errors: { start: -1, width: 0.5, counts: [0, 0, 0, 0] } }],
    ["one point", { points: [[5, 5]], rows: 1, errors: { start: -1, width: 0.5, counts: [0, 0, 1, 0] } }],
    [
      "points that are all 0",
      {
        points: [
          [0, 0],
          [0, 0],
        ],
        rows: 2,
        errors: { start: 0, width: 0, counts: [2] },
      },
    ],
    [
      "points that are very large",
      {
        points: [
          [1e12, 2e12],
          [3e300, 1],
        ],
        rows: 2,
        errors: { start: -1e300, width: 1e300, counts: [2] },
      },
    ],
  ] as const)("of %s have numbers for places", async ([, some]) => {
    const shown = await pageOf({ evaluation: { ...EVALUATION, ...some } });
    expect(shown).not.toMatch(/NaN|Infinity|undefined"/);
  });

  test("each say what they show", () => {
    const drawn = page.match(/<svg[^>]*>/gs) ?? [];
    expect(drawn.length).toBe(5);
    for (const svg of drawn) expect(svg).toMatch(/role="img"[^>]*aria-label="[^"]{20,}"/s);
  });
});

test("a model of nothing but its intercept, from an empty table, has a page", async () => {
  const inference = { standardErrors: [], interceptError: null, residualError: null, degreesOfFreedom: 0 };
  const nothing = { ...seenBy([]), features: [], coefficients: [], leftOut: {}, libraries: {}, inference };
  const model: LinearModel = { ...MODEL, ...nothing };
  const data: CleanReport = { ...DATA, rows: 0, kept: 0, dropped: 0, rejected: 0, nulls: {}, columns: {} };
  expect(textOf(await pageOf({ model, data }))).toContain("Features none");
});

test("a file that is no model is refused", async () => {
  await expect(reported({ model: {} as LinearModel })).rejects.toThrow("this is no model that pipe wrote");
});
