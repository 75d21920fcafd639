/** A model made up by hand, as it is monitored, and rows for it. */

import * as fc from "fast-check";
import type { Cell, Row } from "../../src/model/schema.ts";
import { Gathering } from "../../src/monitor/gathering.ts";
import type { Monitored, Part } from "../../src/monitor/part.ts";
import { shapeOf } from "../../src/monitor/shape.ts";
import { windowOf, type WindowContext } from "../../src/monitor/window.ts";
import type { MonitoringWindow } from "../../src/core/monitoring.ts";

export const DIGEST = "5e1f".padEnd(64, "0a");

const deciles = { type: "number" as const, rows: 1_000, missing: 0, counts: Array.from({ length: 10 }, () => 100) };

/** A number from 0 to 10 in ten equal bins of which none was missing, a category, and a text of which nothing is known. */
export const model: Monitored = {
  digest: DIGEST,
  features: [
    {
      name: "length",
      type: "number",
      reference: { ...deciles, edges: [1, 2, 3, 4, 5, 6, 7, 8, 9], least: 0, greatest: 10, mean: 5 },
    },
    {
      name: "sex",
      type: "category",
      reference: { type: "category", rows: 1_000, missing: 100, categories: ["F", "M"], counts: [450, 450] },
    },
    { name: "note", type: "text", reference: undefined },
  ],
  prediction: { ...deciles, edges: [10, 20, 30, 40, 50, 60, 70, 80, 90], least: 0, greatest: 100, mean: 50 },
  rmse: 2,
};

export const row: fc.Arbitrary<Row> = fc.tuple<[Cell, Cell, Cell]>(
  fc.option(fc.double({ min: -5, max: 15, noNaN: true })),
  fc.option(fc.constantFrom("F", "M", "X")),
  fc.option(fc.string()),
);

/** `count` rows as in training, in turn. */
export const rowsLikeTraining = (count: number): readonly Row[] =>
  Array.from({ length: count }, (_, at) => [(at % 10) + 0.5, at % 10 === 9 ? null : at % 2 === 0 ? "F" : "M", "a"]);

export function partOfRows(rows: readonly Row[], of: Monitored = model): Part {
  const gathering = new Gathering(of);
  for (const each of rows) {
    gathering.predicted([each], [Number(each[0] ?? 0) * 10]);
    gathering.answered(200, 0.002);
  }
  return gathering.taken();
}

export const context: WindowContext = {
  source: "service",
  from: "2026-01-01T00:00:00.000Z",
  to: "2026-01-01T01:00:00.000Z",
  ended: "time",
  level: 0.01,
  usage: { rssBytes: 1e8, lagSeconds: 0.01 },
};

export const windowOfPart = (part: Part, more: Partial<WindowContext> = {}): MonitoringWindow =>
  windowOf(part, shapeOf(model), { ...context, ...more });
