/** A real browser reads the page of monitoring: in light and in dark, on a desk and on a phone, and axe looks for barriers. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { barriersOf, opened, VIEWS, widthsOf } from "../rig/browser.ts";
import { eventfulDays, pageOf } from "../rig/monitoring-page.ts";
import { temporaryFolder } from "../rig/project.ts";
import { hours } from "../rig/windows.ts";

/** Where a browser finds it. */
function written(page: string): string {
  const path = join(temporaryFolder(), "monitoring.html");
  writeFileSync(path, page);
  return pathToFileURL(path).href;
}

test.for(VIEWS)("two days in which much happened are readable: %s", async ([, scheme, width]) => {
  const url = written(pageOf(eventfulDays()));
  const { page, said, asked } = await opened(url, { scheme, width });
  const { content, window } = await widthsOf(page);
  expect(content).toBeLessThanOrEqual(window);
  expect(await page.locator("h1").allTextContents()).toEqual(["penguins"]);
  const headings = [
    "2 open alarms",
    "What happened",
    "Features",
    "Predictions",
    "What came true",
    "Service",
    "Business",
  ];
  expect(await page.locator("h2").allTextContents()).toEqual([...headings, "Windows"]);
  // Of each feature its values and its drift; the predictions' three; labels 2, the service 5, one figure of the business.
  expect(await page.getByRole("img").count()).toBe(3 + 3 + 2 + 5 + 1);
  expect(await page.getByRole("table").count()).toBe(3);
  for (const box of await page.getByRole("img").all()) expect((await box.boundingBox())?.height).toBeGreaterThan(60);
  expect(asked).toEqual([url]);
  expect(await barriersOf(page)).toEqual([]);
  expect(said).toEqual([]);
});

test.for(VIEWS)("so is the first window of a service, and a model of many features: %s", async ([, scheme, width]) => {
  const [window] = hours([{}]);
  const [feature] = window?.data.features ?? [];
  if (window === undefined || feature === undefined) throw new Error("unreachable");
  const features = Array.from({ length: 30 }, (_, at) => ({
    ...feature,
    name: `${"a_very_long_name_of_a_column_".repeat(3)}${at}`,
  }));
  const { page, said } = await opened(written(pageOf([{ ...window, data: { ...window.data, features } }])), {
    scheme,
    width,
  });
  await page.getByText("22 more features, nearer to training").click();
  expect(await page.getByRole("article").count()).toBe(30);
  const { content, window: viewport } = await widthsOf(page);
  expect(content).toBeLessThanOrEqual(viewport);
  expect(await barriersOf(page)).toEqual([]);
  expect(said).toEqual([]);
});

test("what a mark in a picture means is told where it is pointed at", async () => {
  const { page } = await opened(written(pageOf(eventfulDays())));
  const titles = await page.locator("path.open title").allTextContents();
  expect(titles).toContainEqual(expect.stringMatching(/^2026-11-23 19:00 UTC: bill_length_mm: another distribution/));
  expect(await page.locator("path.change title").first().textContent()).toContain("is in service instead of");
});
