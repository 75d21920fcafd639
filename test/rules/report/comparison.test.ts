/** What the page on a model takes over from the page before it. */

import { beforeEach, describe, expect, test } from "vitest";
import type { LinearModel } from "pipefile/model";
import { digestOf, METRICS, MODEL, pageOf, reported, textOf } from "./page.ts";

let page: string;
beforeEach(async () => {
  page = await pageOf();
});

describe("the change", () => {
  const worse = { rmse: 15, mae: 10, r2: 0.5, mape: null };
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
