/** What a line says of what was counted. */

import { describe, expect, test } from "vitest";
import type { Row } from "../../src/model/schema.ts";
import { Gathering } from "../../src/monitor/gathering.ts";
import { DIGEST, model, partOfRows, rowsLikeTraining, windowOfPart } from "./model.ts";

const featureIn = (rows: readonly Row[], name: string) =>
  windowOfPart(partOfRows(rows)).data.features.find((feature) => feature.name === name);

describe("rows as in training", () => {
  const window = windowOfPart(partOfRows(rowsLikeTraining(1_000)));

  test("show no drift", () => {
    const [length, sex] = window.data.features;
    expect(length).toMatchObject({ n: 1_000, missing: 0, out_of_range: 0, severity: null, missing_differs: false });
    expect(length?.psi).toBeCloseTo(0, 10);
    expect(length?.psi_expected).toBeCloseTo((1 / 1_000 + 1 / 1_000) * 9, 10);
    expect(sex).toMatchObject({ n: 900, missing: 100, missing_rate: 0.1, missing_rate_reference: 0.1, severity: null });
    expect(window).toMatchObject({ status: "ok", model_digest: DIGEST, alerts: [], alarms: [] });
  });

  test("share the level among five tests", () => {
    expect(window.data).toMatchObject({ rows: 1_000, tests: 5, level: 0.01 });
  });

  test("have quantiles of predictions within one of a hundred", () => {
    const { p50, least, greatest } = window.model.prediction;
    expect([least, greatest]).toEqual([5, 95]);
    expect(Math.abs((p50 ?? 0) - 45)).toBeLessThan(0.5);
  });
});

describe("what is seen", () => {
  const rows = rowsLikeTraining(1_000);

  test("numbers that moved", () => {
    const moved = featureIn(
      rows.map(([length, ...rest]) => [Number(length) + 4, ...rest]),
      "length",
    );
    expect(moved?.severity).toBe("strong");
    expect(moved?.ks).toBeCloseTo(0.4, 10);
    expect(moved?.out_of_range).toBe(400);
  });

  test("values that are missing more often, or less often", () => {
    const lost = featureIn(
      rows.map(([length, sex, note], at) => [length ?? null, at % 5 === 0 ? null : (sex ?? null), note ?? null]),
      "sex",
    );
    expect(lost).toMatchObject({ missing_differs: true, severity: null });
    const found = featureIn(
      rows.map(([length, , note], at) => [length ?? null, at % 2 === 0 ? "F" : "M", note ?? null]),
      "sex",
    );
    expect(found).toMatchObject({ missing: 0, missing_differs: true });
  });

  test("categories that training never saw, also in requests that were refused for them", () => {
    const gathering = new Gathering(model);
    gathering.predicted(
      rows,
      rows.map(() => 50),
    );
    for (let count = 0; count < 100; count++) gathering.refused("sex");
    gathering.refused(undefined);
    const { data } = windowOfPart(gathering.taken());
    expect(data.refused_requests).toBe(101);
    expect(data.features[1]).toMatchObject({ new_categories: 100 });
    expect(data.features[1]?.severity).not.toBeNull();
  });

  test("nothing in fewer than 200 rows, however odd", () => {
    const window = windowOfPart(partOfRows(Array.from({ length: 199 }, () => [9.5, "F", null])));
    expect(window.status).toBe("insufficient");
    expect(window.data.features[0]).toMatchObject({ psi: null, psi_critical: null, ks: null, severity: null });
    expect(window.data.features[0]?.missing_differs).toBeNull();
  });

  test("of a model that does not say what training saw, counts alone", () => {
    const unknown = { ...model, features: model.features.map((each) => ({ ...each, reference: undefined })) };
    const part = partOfRows(rows, { ...unknown, prediction: undefined });
    expect(part.features.map(({ counts }) => counts)).toEqual([[], [], []]);
    expect(part.features[1]?.missing).toBe(100);
  });
});

test("requests are told by status and time", () => {
  const gathering = new Gathering(model);
  for (let at = 1; at <= 100; at++) gathering.answered(at <= 90 ? 200 : at <= 95 ? 400 : 500, at / 1_000);
  gathering.shed();
  const { system } = windowOfPart(gathering.taken());
  expect(system).toMatchObject({ requests: 100, client_errors: 5, server_errors: 5, error_rate: 0.05, shed: 1 });
  expect(Math.abs((system?.latency_seconds_p50 ?? 0) - 0.05)).toBeLessThan(0.001);
  expect(system?.latency_seconds_max).toBe(0.1);
  expect(windowOfPart(gathering.taken()).system).toMatchObject({ requests: 0, error_rate: null });
});
