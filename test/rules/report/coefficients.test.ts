/** How sure the page on a model says that its coefficients are. */

import { beforeEach, describe, expect, test } from "vitest";
import type { LinearModel } from "pipefile/model";
import { reachOf } from "../../../rules/report/estimate.ts";
import { seenBy } from "../../rig/model.ts";
import { MODEL, pageOf, textOf } from "./page.ts";

let page: string;
beforeEach(async () => {
  page = await pageOf();
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
    const features: LinearModel["features"] = [
      { name: "kind", type: "category", fill: null, imputation: "none", categories },
    ];
    const model: LinearModel = {
      ...MODEL,
      ...seenBy(features),
      features,
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
] as const)("a 95-percent interval with %d degrees of freedom is as wide as R says", ([degrees, quantile]) => {
  // Reference: qt(0.975, df) of R.
  expect(reachOf(degrees)).toBeCloseTo(quantile, 5);
});
