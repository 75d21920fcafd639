/** A real browser reads the page on a model: in light and in dark, on a desk and on a phone, and axe looks for barriers. */

import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type BrowserContext, type Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { checkedSchema } from "pipefile/model";
import clean from "../../rules/clean.ts";
import { generatedRows } from "../../rules/generate.ts";
import report from "../../rules/report.ts";
import { penguins } from "../../rules/schema.ts";
import train from "../../rules/train.ts";
import { temporaryFolder } from "../rig/project.ts";
import { fileOf, run, SOURCE } from "../rules/context.ts";

const CHROMIUM = "/usr/bin/chromium";
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const VIEWS = [
  ["light", "light", 1280],
  ["dark", "dark", 1280],
  ["phone", "light", 360],
  ["phone, dark", "dark", 360],
] as const;

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

/** A browser that has never been used, with what it said and asked for. */
async function opened(
  path: string,
  { scheme, width }: { readonly scheme: "light" | "dark"; readonly width: number },
): Promise<{ readonly page: Page; readonly said: readonly string[]; readonly asked: readonly string[] }> {
  if (!existsSync(CHROMIUM)) throw new Error(`there is no ${CHROMIUM}: apt-get install chromium`);
  const context: BrowserContext = await chromium.launchPersistentContext(join(temporaryFolder(), "profile"), {
    executablePath: CHROMIUM,
    args: ARGS,
    colorScheme: scheme,
    viewport: { width, height: 800 },
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const [said, asked]: [string[], string[]] = [[], []];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(error.message));
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(pathToFileURL(path).href);
  return { page, said, asked };
}

/** What axe finds against WCAG 2.2 A and AA, each with where. */
async function barriersOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run({
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
  });
}

const widthsOf = (page: Page): Promise<{ readonly content: number; readonly window: number }> =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = (
      globalThis as unknown as { document: { scrollingElement: { scrollWidth: number; clientWidth: number } } }
    ).document.scrollingElement;
    return { content: scrollWidth, window: clientWidth };
  });

async function expectReadable(path: string, [name, scheme, width]: (typeof VIEWS)[number]): Promise<void> {
  const { page, said, asked } = await opened(path, { scheme, width });
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
      const { page } = await opened(path, { scheme, width: 1280 });
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
