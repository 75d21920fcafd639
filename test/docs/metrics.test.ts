/** docs/metrics.md and the text of the service: neither knows a metric, a type, a unit or a label that the other does not. */

import { expect, test } from "vitest";
import { BOUNDS, OUTCOMES } from "../../src/serve/meter.ts";
import { openMetricsText } from "../../src/serve/openmetrics.ts";
import { about, measured } from "../serve/measured.ts";
import { textOf } from "./checkout.ts";
import { codeSpansOf, tableOf } from "./markdown.ts";

const docs = textOf("docs/metrics.md");
const text = openMetricsText(measured(), about);

test("every metric is documented with its type, unit and labels, and no other", () => {
  const documented = tableOf(docs).map(([name = "", type, unit, labels = ""]) => [
    ...codeSpansOf(name),
    type,
    unit,
    codeSpansOf(labels).toSorted(),
  ]);
  expect(documented).toEqual(familiesIn(text));
});

test("every outcome of a deployment is documented, and each bucket", () => {
  const [, , , , meaning = ""] = tableOf(docs).find(([name]) => name === "`pipe_deployments_total`") ?? [];
  expect(codeSpansOf(meaning)).toEqual([...OUTCOMES]);
  const [, list = ""] = /the buckets: ([\s\S]*?) s\./.exec(docs) ?? [];
  const [ms = "", seconds = ""] = list.split(" ms");
  const numbersOf = (part: string): readonly number[] => (part.match(/[\d.]+/g) ?? []).map(Number);
  expect([...numbersOf(ms).map((bound) => bound / 1_000), ...numbersOf(seconds)]).toEqual(BOUNDS);
});

/** By the names that a query has, in the order of the text. */
function familiesIn(said: string): readonly (readonly unknown[])[] {
  return said
    .split(/^# TYPE /m)
    .slice(1)
    .map((family) => {
      const [, name = "", type = ""] = /^(\S+) (\S+)/.exec(family) ?? [];
      const [, unit = ""] = /^# UNIT \S+ (\S+)/m.exec(family) ?? [];
      const suffix = { counter: "_total", info: "_info" }[type] ?? "";
      const labels = [...family.matchAll(/[{,](\w+)="/g)].map(([, label = ""]) => label);
      return [name + suffix, type, unit, [...new Set(labels)].filter(isOurs).toSorted()];
    });
}

/** `le` is of any histogram; `x` stands within a value. */
const isOurs = (label: string): boolean => label !== "le" && label !== "x";
