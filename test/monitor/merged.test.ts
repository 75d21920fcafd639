/** Windows add up: whatever they were cut into. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MonitoringWindow } from "../../src/core/monitoring.ts";
import { kpiOf } from "../../src/monitor/feedback.ts";
import { Gathering } from "../../src/monitor/gathering.ts";
import { labelled, NO_LABELS } from "../../src/monitor/label.ts";
import { mergedWindows, partOf } from "../../src/monitor/merged.ts";
import { addedParts, emptyPart, type Part } from "../../src/monitor/part.ts";
import { sketchOf } from "../../src/monitor/sketch.ts";
import { metricsOf } from "../../src/model/metrics.ts";
import { model, partOfRows, row, rowsLikeTraining, windowOfPart } from "./model.ts";

/** Whatever may come to a service, one after another. */
const happening = fc.oneof(
  fc.record({ row, prediction: fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.string()) }),
  fc.record({ status: fc.constantFrom(200, 400, 413, 500, 503), seconds: fc.double({ min: 0, max: 60, noNaN: true }) }),
  fc.record({ refused: fc.constantFrom(undefined, "sex", "nothing") }),
  fc.record({
    predicted: fc.integer({ min: -16, max: 16 }),
    actual: fc.integer({ min: -16, max: 16 }),
  }),
  fc.record({ kpi: fc.constantFrom("orders", "refunds"), value: fc.double({ min: -1e3, max: 1e3, noNaN: true }) }),
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

function partFrom(all: readonly Happening[]): Part {
  const gathering = new Gathering(model);
  let [labels, kpis] = [NO_LABELS, emptyPart(model)];
  for (const each of all) {
    if ("row" in each)
      gathering.predicted([each.row], [typeof each.prediction === "number" ? each.prediction + 0 : each.prediction]);
    else if ("status" in each) gathering.answered(each.status, each.seconds);
    else if ("refused" in each) gathering.refused(each.refused);
    else if ("predicted" in each) labels = labelled(labels, { ...each, lagSeconds: 60 });
    else kpis = addedParts(kpis, { ...emptyPart(model), kpis: { [each.kpi]: kpiOf(each.value) } });
  }
  return addedParts(kpis, { ...gathering.taken(), labels });
}

/** Sketches as some of their quantiles: the bytes differ by how the bins were made room for. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      if (!key.includes("sketch") || typeof each !== "string") return [key, comparable(each)];
      const sketch = sketchOf(each);
      return [key, [sketch.count, ...[0, 0.01, 0.5, 0.99, 1].map((share) => sketch.getValueAtQuantile(share))]];
    }),
  );
}

/** The same but for the last bits of sums of a thousand and its squares. */
function differences(one: unknown, other: unknown, place = ""): readonly string[] {
  if (typeof one === "number" && typeof other === "number") {
    const isNear = Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(one), Math.abs(other));
    return isNear ? [] : [`${place}: ${one}, ${other}`];
  }
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null)
    return one === other ? [] : [`${place}: ${String(one)}, ${String(other)}`];
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return keys.flatMap((key) =>
    differences((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key], `${place}.${key}`),
  );
}

test("windows of any split, merged in their order, are the window of the whole", () => {
  fc.assert(
    fc.property(fc.array(fc.array(happening, { maxLength: 10 }), { minLength: 1, maxLength: 4 }), (split) => {
      const whole = windowOfPart(partFrom(split.flat()));
      const merged = mergedWindows(split.map((each) => windowOfPart(partFrom(each))));
      const expected = split.length === 1 ? whole : { ...whole, ended: "merged" };
      // Of the last window alone, since only the service knows when an alarm is open.
      expect(differences(comparable({ ...merged, status: whole.status }), comparable(expected))).toEqual([]);
    }),
  );
});

test("a window is what it was made of", () => {
  fc.assert(
    fc.property(fc.array(happening), (all) => {
      const part = partFrom(all);
      expect(partOf(JSON.parse(JSON.stringify(windowOfPart(part))) as MonitoringWindow)).toEqual(part);
    }),
  );
});

test("labels come to the metrics that a hold-out is measured by", () => {
  const value = fc.integer({ min: -16_000, max: 16_000 }).map((whole) => whole / 16);
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value), { minLength: 1 }), (pairs) => {
      const all = pairs.map(([predicted, actual]) => ({ predicted, actual }));
      const { labels } = windowOfPart(partFrom(all)).model;
      const { rmse, mae, r2 } = metricsOf(
        pairs.map(([, actual]) => actual),
        pairs.map(([predicted]) => predicted),
      );
      expect(labels.rmse).toBeCloseTo(rmse, 6);
      expect(labels.mae).toBeCloseTo(mae, 6);
      expect(labels.r2 ?? 0).toSatisfy((found: number) => Math.abs(found - r2) <= 1e-6 * Math.max(1, Math.abs(r2)));
    }),
  );
});

describe("windows that were compared with something else", () => {
  const part = partOfRows(rowsLikeTraining(300));
  const other = { ...windowOfPart(part), model_digest: "f".repeat(64) };

  test("are no part of the sum", () => {
    const merged = mergedWindows([other, windowOfPart(part), windowOfPart(part)]);
    expect(merged?.data.rows).toBe(600);
    expect(merged?.ended).toBe("merged");
  });

  test("are none either where a line has other columns, or other bins, for all its digests say", () => {
    const line = windowOfPart(part);
    const [first, ...features] = line.data.features;
    const fewer = { ...line, data: { ...line.data, features } };
    const bins = { ...first, histogram: { counts: [1], reference: [1] } } as typeof first & object;
    const coarser = { ...line, data: { ...line.data, features: [bins, ...features] } };
    expect(mergedWindows([fewer, coarser, line])).toEqual(line);
  });

  test("that came late for an earlier model do not stand for the one in service", () => {
    expect(mergedWindows([windowOfPart(part), { ...other, judged: false }])).toEqual(windowOfPart(part));
  });

  test("none is nothing, and one is itself", () => {
    expect(mergedWindows([])).toBeUndefined();
    expect(mergedWindows([windowOfPart(part)])).toEqual(windowOfPart(part));
  });
});
