/** What the page on a model says: of names that look like markup, of what is not known, and of the page before it. */

import { createHash } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { writeModel, type LinearModel } from "pipefile/model";
import type { CleanReport } from "../../rules/clean.ts";
import type { EvaluationReport } from "../../rules/evaluation.ts";
import report from "../../rules/report.ts";
import { reachOf } from "../../rules/report/estimate.ts";
import { html, jsonScript, scriptValue } from "../../rules/report/html.ts";
import { numberText, textWithin, tickFormat } from "../../rules/report/number.ts";
import type { MetricsReport } from "../../rules/train.ts";
import { fileOf, run, type Ran } from "./context.ts";

const METRICS = { rmse: 12.5, mae: 10, r2: 0.75, mape: 0.1 };

const MODEL: LinearModel = {
  format: 2,
  kind: "linear-regression",
  target: "mass",
  features: [
    { name: "length", type: "number", fill: 5, imputation: "mean", range: [0, 10] },
    { name: "kind", type: "category", fill: null, imputation: "none", categories: ["a", "b", "c"] },
  ],
  coefficients: [2.5, -10, 0],
  intercept: 1,
  ridge: 0,
  inference: { standardErrors: [0.5, 20, null], interceptError: 0.25, residualError: 3, degreesOfFreedom: 30 },
  leftOut: { "kind=c": "constant" },
  metrics: { model: METRICS, baseline: METRICS },
  rows: { train: 34, test: 12 },
  seed: 7,
  holdout: 0.25,
  libraries: { "ml-regression": "6.3.0" },
};

const EVALUATION: EvaluationReport = {
  target: "mass",
  rows: 3,
  points: [
    [10, 11],
    [20, 19],
    [30, 30],
  ],
  step: 1,
  errors: { start: -2, width: 1, counts: [0, 1, 1, 1] },
};

const DATA: CleanReport = {
  schema: "",
  rows: 50,
  kept: 46,
  dropped: 3,
  rejected: 1,
  nulls: { length: 3, kind: 0, mass: 0, note: 49 },
  columns: {
    length: { type: "number", known: 44, missing: 2, least: 0, greatest: 10, mean: 5, deviation: 2 },
    kind: { type: "category", known: 46, missing: 0, counts: { a: 23, b: 20, c: 3 } },
    mass: { type: "integer", known: 46, missing: 0, least: 7, greatest: 7, mean: 7, deviation: 0 },
    note: { type: "text", known: 0, missing: 46, counts: {} },
  },
};

interface Given {
  readonly model?: LinearModel;
  readonly metrics?: Partial<MetricsReport>;
  readonly evaluation?: EvaluationReport;
  readonly data?: CleanReport;
  /** The text of the page of before. */
  readonly before?: string;
}

const digestOf = (model: LinearModel): string => createHash("sha256").update(writeModel(model)).digest("hex");

function reported({ model = MODEL, metrics, evaluation = EVALUATION, data = DATA, before }: Given = {}): Promise<Ran> {
  const measured = { target: model.target, rows: model.rows, model: METRICS, baseline: METRICS, training: METRICS };
  const inputs = {
    model: fileOf(writeModel(model)),
    metrics: fileOf(JSON.stringify({ ...measured, ...metrics })),
    evaluation: fileOf(JSON.stringify(evaluation)),
    data: fileOf(JSON.stringify(data)),
  };
  const previous = { page: before === undefined ? undefined : fileOf(before) };
  const action: typeof report = (context) => report({ ...context, previous });
  return run(action, { inputs, outputs: { page: "reports/model.html" } });
}

const pageOf = async (given?: Given): Promise<string> => (await reported(given)).text("page");

/** What a reader sees of a page, on one line. */
const textOf = (page: string): string =>
  page
    .replaceAll(/<(style|script).*?<\/\1>/gs, "")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll("&#39;", "'")
    .replaceAll(/\s+/g, " ");

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

describe("coefficients", () => {
  test("have the interval of Student's t", () => {
    // 2.5 ± 2.0423 × 0.5, with as many decimals as the error has digits that count.
    expect(textOf(page)).toContain("length 2.50 1.48 to 3.52");
    expect(textOf(page)).toContain("kind=b −10 −51 to 31");
    expect(textOf(page)).toContain("intercept 1.00 0.49 to 1.51");
  });

  test("are drawn hollow where the interval holds 0, per standard deviation of a number", () => {
    expect(page.match(/class="dot hollow"/g)?.length).toBe(1);
    expect(page.match(/class="dot"/g)?.length).toBe(1);
    expect(page).toContain("Effects on the prediction: length 5, kind=b −10.");
  });

  test("that were left out are said with why, and not drawn", async () => {
    expect(textOf(page)).toContain("kind=c left out: the same in all training rows");
    const collinear: LinearModel = {
      ...MODEL,
      leftOut: { "kind=b": "collinear", "kind=c": "constant", length: "constant" },
    };
    const all = await pageOf({ model: collinear });
    expect(textOf(all)).toContain("kind=b left out: the numbers before it say the same");
    expect(all).not.toContain("Effects on the prediction");
  });

  test("without a standard error have no interval", async () => {
    const inference = {
      standardErrors: [null, null, null],
      interceptError: null,
      residualError: null,
      degreesOfFreedom: 0,
    };
    const text = textOf(await pageOf({ model: { ...MODEL, inference } }));
    expect(text).toContain("length 2.500 no interval");
    expect(text).toContain("intercept 1 no interval");
    expect(text).toContain("There are no intervals");
    expect(text).not.toContain("what normal errors would show");
  });

  test("of which there are very many are drawn in part, and folded in the table", async () => {
    const categories = Array.from({ length: 101 }, (_, at) => `c${at}`);
    const model: LinearModel = {
      ...MODEL,
      features: [{ name: "kind", type: "category", fill: null, imputation: "none", categories }],
      coefficients: categories.slice(1).map((_, at) => at),
      inference: { ...MODEL.inference, standardErrors: categories.slice(1).map(() => 1) },
      leftOut: {},
    };
    const many = await pageOf({ model });
    expect(many.match(/<circle/g)?.length).toBe(40);
    expect(textOf(many)).toContain("The 40 largest of 100; the table has all.");
    expect(many).toMatch(/<details>\s*<summary>All 100 coefficients/);
  });
});

test.for([
  [1, 12.706204736],
  [5, 2.570581836],
  [30, 2.042272456],
  [248, 1.969575651],
  [1e6, 1.959966356],
  [1e9, 1.959963985],
] as const)("the 97.5 %% quantile of Student's t with %d degrees of freedom", ([degrees, quantile]) => {
  // Reference: qt(0.975, df) of R.
  expect(reachOf(degrees)).toBeCloseTo(quantile, 5);
});

describe("the change", () => {
  const worse = { model: { rmse: 15, mae: 10, r2: 0.5, mape: null } };
  const other: LinearModel = { ...MODEL, intercept: 2 };

  test("is nothing without a page of before", async () => {
    const { text, log } = await reported();
    expect(textOf(text("page"))).toContain("There is no earlier model to compare with.");
    expect(log).toEqual(["no earlier model to compare with"]);
  });

  test("is against the page of before, if that was of another model", async () => {
    const after = textOf(await pageOf({ model: other, metrics: worse, before: page }));
    expect(after).toContain(`Changes are against model ${digestOf(MODEL).slice(0, 12)}`);
    expect(after).toContain("15 ▲ 2.500 worse");
    expect(after).toContain("0.5000 ▼ 0.2500 worse");
    expect(after).toContain("10 unchanged");
    expect(after).toContain("undefined");
    const back = textOf(await pageOf({ before: await pageOf({ model: other, metrics: worse }) }));
    expect(back).toContain("12.50 ▼ 2.500 better");
    expect(back).toContain("0.7500 ▲ 0.2500 better");
  });

  test("is judged of the model alone", async () => {
    const after = textOf(
      await pageOf({ model: other, metrics: { baseline: { ...METRICS, mape: 0.15 } }, before: page }),
    );
    expect(after).toContain("15.00 % ▲ 5.00 points 10.00 % unchanged");
  });

  test("stays as it was, if the page of before was of the same model", async () => {
    const after = await pageOf({ model: other, metrics: worse, before: page });
    expect(await pageOf({ model: other, metrics: worse, before: after })).toBe(after);
    expect(await pageOf({ before: page })).toBe(page);
  });

  test("is none against a model of another target", async () => {
    const after = textOf(await pageOf({ model: { ...MODEL, target: "height" }, before: page }));
    expect(after).toMatch(/The model before, model [0-9a-f]{12} , predicts mass: there is nothing to compare/);
    expect(after).not.toMatch(/▲|▼|unchanged/);
  });

  test.for([
    ["cut short", (text: string) => text.slice(0, -120)],
    ["without its figures", (text: string) => text.replace(/<script.*<\/script>/s, "")],
    ["of another format", (text: string) => text.replace('"format":1', '"format":0')],
    ["empty", () => ""],
    ["no page at all", () => "\0\u{1F427}"],
  ] as const)("is nothing against a page that is %s", async ([, damaged]) => {
    const { text, log } = await reported({ model: other, before: damaged(page) });
    expect(textOf(text("page"))).toContain("There is no earlier model to compare with.");
    expect(log[0]).toContain("the page of before is not compared with: ");
  });
});

test("names that look like markup are text, and come back as they were", async () => {
  const evil = `<script>alert("1")</script>'&amp;`;
  const [length] = MODEL.features;
  const model: LinearModel = {
    ...MODEL,
    target: evil,
    features: [
      { ...length, name: evil } as LinearModel["features"][0],
      { name: "k", type: "category", fill: null, imputation: "none", categories: ["a", evil, "c"] },
    ],
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
  const model: LinearModel = { ...MODEL, features: [], coefficients: [], leftOut: {}, libraries: {}, inference };
  const data: CleanReport = { ...DATA, rows: 0, kept: 0, dropped: 0, rejected: 0, nulls: {}, columns: {} };
  expect(textOf(await pageOf({ model, data }))).toContain("Features none");
});

test("a file that is no model is refused", async () => {
  await expect(reported({ model: {} as LinearModel })).rejects.toThrow("this is no model that pipe wrote");
});

test("numbers are as long as they need to be", () => {
  expect([0, 1, 0.25, 12.3456, 999.96, 4201.75, 1234567.8].map(numberText)).toEqual([
    "0",
    "1",
    "0.2500",
    "12.35",
    "1,000",
    "4,202",
    "1,234,568",
  ]);
  expect([1.5e-9, -2e21].map(numberText)).toEqual(["1.5e-9", "−2e+21"]);
  expect([textWithin(4201.7531, 0.02), textWithin(4201.7531, 350), textWithin(0.25, 0), textWithin(3, 1e-12)]).toEqual([
    "4,201.753",
    "4,202",
    "0.2500",
    "3",
  ]);
  expect([tickFormat([0, 0.2])(0.4), tickFormat([0, 5000])(5000), tickFormat([0, 2e6])(2e6)]).toEqual([
    "0.4",
    "5,000",
    "2e+6",
  ]);
});

test("a template escapes texts, in lists too, and leaves markup and nothing as they are", () => {
  expect(html`<i title="${'"'}">${["<", html`<b>${1}</b>`]}${undefined}${null}</i>`.markup).toBe(
    '<i title="&quot;">&lt;<b>1</b></i>',
  );
  expect(scriptValue(`<p>${jsonScript("id", { text: "</script>" }).markup}`, "id")).toEqual({ text: "</script>" });
});
