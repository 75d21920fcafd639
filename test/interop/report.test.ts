/** A real browser reads the page on a model: in light and in dark, on a desk and on a phone, and axe looks for barriers. */

import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { checkedSchema } from "pipefile/model";
import clean from "../../rules/clean.ts";
import { generatedRows } from "../../rules/generate.ts";
import report from "../../rules/report.ts";
import { penguins } from "../../rules/schema.ts";
import train from "../../rules/train.ts";
import { barriersOf, opened, VIEWS, widthsOf } from "../rig/browser.ts";
import { temporaryFolder } from "../rig/project.ts";
import { fileOf, run, SOURCE } from "../rules/context.ts";

/** The page on a model of a table, from the pipeline's own actions; with a page of before where one is given. */
async function pageOf(
  raw: string,
  options: { readonly seed?: number; readonly before?: string } = {},
): Promise<string> {
  const cleaned = await run(clean, {
    inputs: { raw },
    outputs: { rows: "data/clean.csv", schema: "data/schema.json", rejects: "rejects.csv", report: "clean.json" },
    params: { schema: penguins, maxRejectRate: 0, maxNullRate: 0.5 },
  });
  const trained = await run(train, {
    inputs: { rows: cleaned.at("rows"), schema: cleaned.at("schema") },
    outputs: { model: "model.bin", metrics: "metrics.json", evaluation: "evaluation.json" },
    params: { target: "body_mass_g", seed: options.seed ?? 7, holdout: 0.25, ridge: 0, batchRows: 65_536 },
  });
  const inputs = {
    model: trained.at("model"),
    metrics: trained.at("metrics"),
    evaluation: trained.at("evaluation"),
    data: cleaned.at("report"),
  };
  const action: typeof report = (context) => report({ ...context, previous: { page: options.before } });
  return (await run(action, { inputs, outputs: { page: "model.html" } })).at("page");
}

async function expectReadable(path: string, [name, scheme, width]: (typeof VIEWS)[number]): Promise<void> {
  const { page, said, asked } = await opened(pathToFileURL(path).href, { scheme, width });
  const { content, window } = await widthsOf(page);
  expect(content).toBeLessThanOrEqual(window);
  expect(await page.locator("h1").allTextContents()).toEqual(["body_mass_g"]);
  expect(await page.locator("h2").count()).toBe(5);
  expect(await page.locator("svg").count()).toBe(4 + 4);
  expect(await page.getByRole("table").count()).toBe(2 + 3);
  expect(await page.getByRole("columnheader").count()).toBe(4 + 3 + 3 * 3);
  const folder = temporaryFolder();
  const picture = join(folder, `${name}.png`);
  writeFileSync(picture, await page.screenshot({ fullPage: true }));
  expect(statSync(picture).size).toBeGreaterThan(50_000);
  expect(asked).toEqual([pathToFileURL(path).href]);
  expect(await barriersOf(page)).toEqual([]);
  expect(said).toEqual([]);
}

test.for(VIEWS)("the page on the penguins is readable: %s", async (view) => {
  const first = await pageOf(SOURCE);
  // Another seed is another model, so that there are changes to be seen, for the better and for the worse.
  await expectReadable(await pageOf(SOURCE, { seed: 8, before: first }), view);
});

test.for(VIEWS)("so is one on many rows: %s", async (view) => {
  const rows = generatedRows({ rows: 50_000, seed: 1, schema: checkedSchema(penguins), onRows: () => undefined });
  await expectReadable(await pageOf(fileOf([...rows].join(""))), view);
});

test("dark is dark", async () => {
  const path = await pageOf(SOURCE);
  const colours = await Promise.all(
    (["light", "dark"] as const).map(async (scheme) => {
      const { page } = await opened(pathToFileURL(path).href, { scheme, width: 1280 });
      return page.evaluate(() => {
        const { document, getComputedStyle } = globalThis as unknown as {
          document: { body: unknown };
          getComputedStyle: (element: unknown) => { color: string; backgroundColor: string };
        };
        const { color, backgroundColor } = getComputedStyle(document.body);
        return [color, backgroundColor].map((colour) => Number(/\d+/.exec(colour)?.[0]));
      });
    }),
  );
  const [[ink = 255, ground = 0] = [], [darkInk = 0, darkGround = 255] = []] = colours;
  expect(ink).toBeLessThan(60);
  expect(ground).toBeGreaterThan(230);
  expect(darkInk).toBeGreaterThan(200);
  expect(darkGround).toBeLessThan(40);
});
