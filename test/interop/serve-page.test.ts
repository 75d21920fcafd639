/** A real browser makes predictions on /docs: in light and in dark, on a desk and on a phone, and axe looks for barriers. */

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { predict } from "pipefile/model";
import { chromium, type Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import type { Front } from "../../src/serve/front.ts";
import { frontOf, hosted, penguin, servedOf } from "../rig/front.ts";
import { temporaryFolder } from "../rig/project.ts";

const CHROMIUM = "/usr/bin/chromium";
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const ARGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
const VIEWS = [
  ["light", "light", 1280],
  ["dark", "dark", 1280],
  ["phone", "light", 360],
  ["phone, dark", "dark", 360],
] as const;

interface Opened {
  readonly page: Page;
  readonly said: readonly string[];
  readonly asked: readonly string[];
}

async function opened(
  front: Front,
  { scheme = "light", width = 1280 }: { readonly scheme?: "light" | "dark"; readonly width?: number } = {},
): Promise<Opened> {
  if (!existsSync(CHROMIUM)) throw new Error(`there is no ${CHROMIUM}: apt-get install chromium`);
  const { url } = await hosted(front);
  const context = await chromium.launchPersistentContext(join(temporaryFolder(), "profile"), {
    executablePath: CHROMIUM,
    args: [...ARGS, "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    colorScheme: scheme,
    viewport: { width, height: 800 },
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const [said, asked]: [string[], string[]] = [[], []];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(error.message));
  page.on("request", (request) => asked.push(request.url().replace(url, "")));
  await page.goto(url);
  return { page, said, asked };
}

/** What axe finds against WCAG 2.2 A and AA, each with where. It is let in past the page's policy. */
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

test.for(VIEWS)("the page is readable, also where something is wrong: %s", async ([, scheme, width]) => {
  const { page, said } = await opened(frontOf(), { scheme, width });
  await page.getByLabel("flipper_length_mm").fill("1.5");
  await page.getByRole("button", { name: "Predict" }).click();
  await page.getByText("flipper_length_mm is 1.5, which is no whole number").waitFor();
  expect(await barriersOf(page)).toEqual([]);
  const { content, window } = await widthsOf(page);
  expect(content).toBeLessThanOrEqual(window);
  if (process.env["PICTURES"] !== undefined)
    await page.screenshot({ path: join(process.env["PICTURES"], `${scheme}-${width}.png`), fullPage: true });
  // The browser tells of each answer that is an error, and of nothing else.
  expect(said.filter((text) => !text.includes("400"))).toEqual([]);
});

test("a click on what it is filled with gives a prediction, and asks nobody else", async () => {
  const { page, said, asked } = await opened(frontOf());
  await page.getByRole("heading", { name: "penguins", level: 1 }).waitFor();
  await page.getByLabel("beak_length_mm").fill("40.5");
  await page.getByLabel("island").selectOption("Dream");
  await page.getByLabel("flipper_length_mm").fill("190");
  await page.getByLabel("sex").selectOption("(missing)");
  await page.getByRole("button", { name: "Predict" }).click();
  const expected = predict(penguin, ["Dream", 40.5, 190, null]);
  await page.getByRole("status").getByText(`body_mass_g: ${expected}`).waitFor();
  expect(await page.locator("pre").textContent()).toContain(
    `-d '{"island":"Dream","beak_length_mm":40.5,"flipper_length_mm":190,"sex":null}'`,
  );
  expect(asked).toEqual(["/", "/docs", "/model", "/predict"]);
  expect(said).toEqual([]);
});

test("what is wrong stands at the field that it is in, which gets the focus", async () => {
  const { page } = await opened(frontOf());
  const field = page.getByLabel("flipper_length_mm");
  await field.fill("1.5");
  await field.press("Enter");
  await page.getByText("which is no whole number").waitFor();
  expect(await field.getAttribute("aria-invalid")).toBe("true");
  expect(await field.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
  await field.fill("190");
  expect(await field.getAttribute("aria-invalid")).toBeNull();
  await field.press("Enter");
  await page
    .getByRole("status")
    .getByText(/^body_mass_g: /)
    .waitFor();
});

test("with a token the page shows the model, and without it nothing", async () => {
  const { page } = await opened(frontOf(servedOf(penguin), { token: "open sesame" }));
  expect(await page.getByLabel("island").count()).toBe(0);
  await page.getByLabel("What this service asks for").fill("wrong");
  await page.getByRole("button", { name: "Show the model" }).click();
  await page.getByText("send the token of this service").waitFor();
  await page.getByLabel("What this service asks for").fill("open sesame");
  await page.getByRole("button", { name: "Show the model" }).click();
  await page.getByLabel("island").waitFor();
  await page.getByRole("button", { name: "Predict" }).click();
  await page
    .getByRole("status")
    .getByText(/^body_mass_g: /)
    .waitFor();
  expect(await barriersOf(page)).toEqual([]);
});
