/** A real browser that reads a page of ours. */

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium, type BrowserContext, type Page } from "playwright-core";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "./project.ts";

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
/** Name, colours and width in pixels. */
export const VIEWS = [
  ["light", "light", 1280],
  ["dark", "dark", 1280],
  ["phone", "light", 360],
  ["phone, dark", "dark", 360],
] as const;

export interface Opened {
  readonly page: Page;
  /** Of its console, errors of scripts and what its policy forbade among them. */
  readonly said: readonly string[];
  /** URLs. */
  readonly asked: readonly string[];
}

/** A browser that has never been used, with what it said and asked for. */
export async function opened(
  url: string,
  { scheme = "light", width = 1280 }: { readonly scheme?: "light" | "dark"; readonly width?: number } = {},
): Promise<Opened> {
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
  await page.goto(url);
  return { page, said, asked };
}

/** What axe finds against WCAG 2.2 A and AA, each with where. It is let in past the page's policy. */
export async function barriersOf(page: Page): Promise<readonly string[]> {
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

/** In pixels. */
export const widthsOf = (page: Page): Promise<{ readonly content: number; readonly window: number }> =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = (
      globalThis as unknown as { document: { scrollingElement: { scrollWidth: number; clientWidth: number } } }
    ).document.scrollingElement;
    return { content: scrollWidth, window: clientWidth };
  });
