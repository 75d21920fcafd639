/** A real browser makes predictions on /docs: in light and in dark, on a desk and on a phone, and axe looks for barriers. */

import { predict } from "pipefile/model";
import { expect, test } from "vitest";
import type { Front } from "../../src/serve/front.ts";
import { barriersOf, opened as openedAt, VIEWS, widthsOf, type Opened } from "../rig/browser.ts";
import { frontOf, hosted, penguin, servedOf } from "../rig/front.ts";

async function opened(front: Front, view?: Parameters<typeof openedAt>[1]): Promise<Opened> {
  const { url } = await hosted(front);
  return openedAt(url, view);
}

test.for(VIEWS)("the page is readable, also where something is wrong: %s", async ([, scheme, width]) => {
  const { page, said } = await opened(frontOf(), { scheme, width });
  await page.getByLabel("flipper_length_mm").fill("1.5");
  await page.getByRole("button", { name: "Predict" }).click();
  await page.getByText("flipper_length_mm is 1.5, which is no whole number").waitFor();
  expect(await barriersOf(page)).toEqual([]);
  const { content, window } = await widthsOf(page);
  expect(content).toBeLessThanOrEqual(window);
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
  expect(asked.map((url) => new URL(url).pathname)).toEqual(["/", "/docs", "/model", "/predict"]);
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
