/** Texts and numbers on their way into a page. */

import { expect, test } from "vitest";
import { html, jsonScript, scriptValue } from "../../../rules/report/html.ts";
import { numberText, textWithin, tickFormat } from "../../../rules/report/number.ts";

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
