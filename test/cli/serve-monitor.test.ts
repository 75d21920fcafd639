/** A service that is monitored: what it writes, what it says, and what a kill costs. */

import { appendFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import type { MonitoringWindow } from "../../src/core/monitoring.ts";
import type { LinearModel } from "../../src/model/index.ts";
import { digestWith, hosted, modelWith, sha256, type Hosted } from "../rig/hosted.ts";
import { endServices, serve, type Running } from "../rig/service.ts";
import { pickleOf } from "../../src/model/index.ts";

afterEach(endServices);

const bins = (edges: readonly number[], least: number, greatest: number) => ({
  type: "number" as const,
  rows: 1_000,
  missing: 0,
  edges,
  counts: Array.from({ length: 10 }, () => 100),
  least,
  greatest,
  mean: (least + greatest) / 2,
});
const steps = (from: number, step: number): readonly number[] =>
  Array.from({ length: 9 }, (_, at) => from + step * (at + 1));

/** Lengths from 30 to 60, and as many of either sex. */
const seen: Partial<LinearModel> = {
  reference: {
    features: [
      bins(steps(30, 3), 30, 60),
      { type: "category", rows: 1_000, missing: 0, categories: ["FEMALE", "MALE"], counts: [500, 500] },
    ],
    prediction: bins(steps(1_300, 60), 1_300, 1_900),
  },
};
const DIGEST = sha256(pickleOf(modelWith(1_000, seen)));

const MONITOR = `monitor: { rows: 300, minTime: "1ms", time: "1h", alarm: [1, 1] }`;
const LENGTHS = Array.from({ length: 300 }, (_, at) => 30.5 + (at % 30));
const rowsOf = (shift: number): readonly object[] =>
  LENGTHS.map((length, at) => ({ length: length + shift, sex: at % 2 === 0 ? "FEMALE" : "MALE" }));

const windowsIn = (project: Hosted): readonly MonitoringWindow[] =>
  !project.has("reports/monitoring.jsonl")
    ? []
    : project
        .read("reports/monitoring.jsonl")
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as MonitoringWindow);

async function projectWith(monitor = MONITOR, files: Readonly<Record<string, string>> = {}): Promise<Hosted> {
  const project = hosted(monitor);
  for (const [path, text] of Object.entries(files)) project.write(path, text);
  await project.putModel(1_000, seen);
  return project;
}

/** One more window of these rows. */
async function window(project: Hosted, service: Running, shift: number): Promise<MonitoringWindow> {
  const { length } = windowsIn(project);
  await service.post("/predict", rowsOf(shift));
  await service.until(() => windowsIn(project).length > length);
  return windowsIn(project).at(-1) as MonitoringWindow;
}

describe("a service", () => {
  test("writes a line for each window, with what came, and how that compares with training", async () => {
    const project = await projectWith();
    const service = await project.served();
    const { ids } = (await service.post("/predict", rowsOf(0))).body as { ids: readonly string[] };
    await service.post("/predict", { length: 40, sex: "OTHER" });
    const labels = ids.slice(0, 50).map((id, at) => ({ id, actual: 1_500 + at }));
    expect((await service.post("/feedback", [...labels, { kpi: { orders: 7 } }])).body).toEqual({
      labels: 50,
      kpis: 1,
      repeated: 0,
      unknown: 0,
    });
    expect(await service.end()).toBe(0);
    const [first, ...rest] = windowsIn(project);
    expect(rest.filter(({ data }) => data.rows > 0)).toEqual([]);
    expect(first).toMatchObject({
      v: 1,
      source: "service",
      model_digest: DIGEST,
      reference_digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      data: { rows: 300, features: [{ name: "length", n: 300, severity: null }, { name: "sex" }] },
    });
    const all = windowsIn(project);
    const sum = (of: (window: MonitoringWindow) => number): number => all.reduce((total, each) => total + of(each), 0);
    expect(sum(({ system }) => system?.requests ?? 0)).toBe(2);
    expect(sum(({ system }) => system?.client_errors ?? 0)).toBe(1);
    expect(sum(({ data }) => data.refused_requests)).toBe(1);
    expect(sum(({ data }) => data.features[1]?.new_categories ?? 0)).toBe(1);
    expect(sum(({ model }) => model.labels.n)).toBe(50);
    expect(sum(({ business }) => business.kpis["orders"]?.sum ?? 0)).toBe(7);
  });

  test("tells of drift once, of its end once, and shows both on /metrics", async () => {
    const project = await projectWith();
    const service = await project.served();
    expect(await window(project, service, 0)).toMatchObject({ status: "ok" });
    expect(await window(project, service, 9)).toMatchObject({ status: "alert" });
    await window(project, service, 9);
    expect((await service.get("/metrics")).body).toContain('pipe_alarm_open{signal="data.length"} 1');
    expect(await window(project, service, 0)).toMatchObject({ status: "ok" });
    expect(project.alerts()).toEqual(["drift", "drift-recovered"]);
    expect(service.said()).toContain("alert[drift]: ");
    expect(service.said()).toContain("length: another distribution than in training (PSI ");
    expect((await service.get("/metrics")).body).toContain('pipe_alarm_open{signal="data.length"} 0');
  });

  test("that is started again knows which alarms are open", async () => {
    const project = await projectWith();
    const first = await project.served();
    await window(project, first, 9);
    expect(await first.end()).toBe(0);
    const again = await project.served();
    await window(project, again, 9);
    await window(project, again, 0);
    expect(project.alerts()).toEqual(["drift", "drift-recovered"]);
  });

  test("never has two models in one window", async () => {
    const project = await projectWith();
    const service = await project.served();
    await service.post("/predict", rowsOf(0).slice(0, 10));
    await project.putModel(1_100);
    await service.post("/predict", rowsOf(0).slice(0, 20));
    expect(await service.end()).toBe(0);
    expect(windowsIn(project).map(({ model_digest, data, ended }) => [model_digest, data.rows, ended])).toEqual([
      [DIGEST, 10, expect.stringMatching(/^(model|end)$/)],
      [digestWith(1_100), 20, "end"],
    ]);
  });

  test("of several processes has one window of all of them, and takes feedback in each", async () => {
    const project = await projectWith(MONITOR.replace("rows: 300", "rows: 1000000"));
    const service = await project.served("--workers", "2");
    for (let count = 0; count < 20; count++) {
      const { ids } = (await service.post("/predict", rowsOf(0).slice(0, 10))).body as { ids: readonly string[] };
      const given = await service.post(
        "/feedback",
        ids.map((id) => ({ id, actual: 1_500 })),
      );
      expect(given.body).toMatchObject({ labels: 10, unknown: 0 });
    }
    expect(await service.end()).toBe(0);
    const all = windowsIn(project);
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({
      ended: "end",
      data: { rows: 200 },
      model: { labels: { n: 200 } },
      system: { requests: 20 },
    });
  });
});

describe("a kill", () => {
  test("costs the open window, and no line that was written", async () => {
    const project = await projectWith();
    const service = await project.served();
    await window(project, service, 0);
    await window(project, service, 0);
    const before = windowsIn(project);
    await service.post("/predict", rowsOf(0).slice(0, 5));
    await service.end("SIGKILL");
    const again = await project.served();
    await window(project, again, 0);
    const after = windowsIn(project);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length).map(({ data }) => data.rows)).toEqual([300]);
  });

  test("in the middle of a line costs that line alone", async () => {
    const project = await projectWith();
    const first = await project.served();
    await window(project, first, 0);
    await first.end("SIGKILL");
    const [line = ""] = project.read("reports/monitoring.jsonl").split("\n");
    appendFileSync(project.at("reports/monitoring.jsonl"), line.slice(0, 700));
    const again = await project.served();
    await again.post("/predict", rowsOf(0));
    await again.until(() => project.read("reports/monitoring.jsonl").split("\n").length > 3);
    const [whole, torn, next] = project.read("reports/monitoring.jsonl").split("\n");
    expect([whole, torn]).toEqual([line, line.slice(0, 700)]);
    expect(JSON.parse(next ?? "")).toMatchObject({ data: { rows: 300 } });
  });
});

describe("figures of the business", () => {
  const asked = MONITOR.replace("{ rows", `{ kpis: () => import("./rules/kpis.ts"), rows`);

  test("come from the module that the Pipefile names, for each window", async () => {
    const module = "export default (window) => ({ revenue: window.data.rows * 2 });";
    const project = await projectWith(asked, { "rules/kpis.ts": module });
    const service = await project.served();
    expect((await window(project, service, 0)).business.kpis).toMatchObject({ revenue: { n: 1, sum: 600 } });
  });

  test("that no module gives keep the service from starting, and say what is wanted", async () => {
    const project = await projectWith(asked, { "rules/kpis.ts": "export const revenue = 5;" });
    const found = await serve(project.root);
    expect(found).toMatchObject({ exitCode: 4, said: expect.stringContaining("error[bad-kpis]") });
  });
});

test("a file that cannot be written is told, and predictions are answered all the same", async () => {
  const project = await projectWith();
  const service = await project.served();
  project.write("reports/monitoring.jsonl/is-a-folder", "");
  await service.post("/predict", rowsOf(0));
  await service.until(() => project.alerts().length > 0);
  expect(project.alerts()).toEqual(["monitoring-not-written"]);
  expect((await service.post("/predict", rowsOf(0))).status).toBe(200);
  expect(await service.end()).toBe(0);
});
