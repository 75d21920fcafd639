/** The monitor of a service, over processes and a clock made up by hand. */

import { describe, expect, test } from "vitest";
import type { MonitoringWindow } from "../../src/core/monitoring.ts";
import { monitorPolicyOf } from "../../src/core/monitored.ts";
import type { MonitorOptions } from "../../src/core/serving.ts";
import type { Row } from "../../src/model/schema.ts";
import { NOTHING_COLLECTED } from "../../src/monitor/collected.ts";
import { Gathering } from "../../src/monitor/gathering.ts";
import { lineOf } from "../../src/monitor/line.ts";
import { Monitor, type MonitorRequest } from "../../src/monitor/monitor.ts";
import type { Monitored } from "../../src/monitor/part.ts";
import { predictionId, readPredictionId } from "../../src/monitor/prediction-id.ts";
import { DIGEST, model, rowsLikeTraining } from "./model.ts";

const OTHER: Monitored = { ...model, digest: "b".repeat(64) };
const MOVED = rowsLikeTraining(300).map(([length, ...rest]): Row => [Number(length) + 4, ...rest]);
const LIKE = rowsLikeTraining(300);

/** A service whose processes count when they are told to, and whose time goes by when it is told to. */
function serviceWith(options: MonitorOptions = {}, more: Partial<MonitorRequest> = {}) {
  let [nowMs, live] = [Date.UTC(2026, 0, 1), model];
  const gatherings = new Map<string, Gathering>();
  const written: MonitoringWindow[] = [];
  const told: string[] = [];
  const of = (which: Monitored): Gathering => {
    const gathering = gatherings.get(which.digest) ?? new Gathering(which);
    gatherings.set(which.digest, gathering);
    return gathering;
  };
  const collected = () => ({
    parts: [...gatherings.values()].map((each) => ({ model: each.model, part: each.taken() })),
    usage: { rssBytes: 1e8, lagSeconds: 0.01 },
  });
  const monitor = new Monitor({
    policy: monitorPolicyOf({ rows: 300, minTime: "10s", time: "1h", alarm: [2, 2], ...options }),
    collect: async () => collected(),
    live: () => live.digest,
    write: (window) => void written.push(JSON.parse(JSON.stringify(window)) as MonitoringWindow),
    alert: ({ level, code }) => void told.push(`${level} ${code}`),
    kpis: undefined,
    last: undefined,
    now: () => nowMs,
    ...more,
  });
  const rows = (all: readonly Row[], which: Monitored = live): void => {
    of(which).predicted(
      all,
      all.map((_, at) => (at % 10) * 10 + 5),
    );
    of(which).answered(200, 0.01);
  };
  return {
    monitor,
    written,
    told,
    rows,
    of,
    now: () => nowMs,
    after: async (seconds: number): Promise<void> => {
      nowMs += seconds * 1_000;
      of(live);
      await monitor.tick();
    },
    swap: (next: Monitored): void => void (live = next),
    end: () => monitor.end(collected()),
    /** A window of these rows. */
    window: async (all: readonly Row[]): Promise<MonitoringWindow | undefined> => {
      rows(all);
      nowMs += 10_000;
      await monitor.tick();
      nowMs += 10_000;
      await monitor.tick();
      return written.at(-1);
    },
  };
}

describe("a window ends", () => {
  test("once it has its rows and its least time", async () => {
    const { rows, after, written } = serviceWith();
    await after(1);
    rows(LIKE);
    await after(1);
    expect(written).toEqual([]);
    await after(10);
    expect(written).toMatchObject([{ ended: "rows", data: { rows: 300 }, status: "ok", model_digest: DIGEST }]);
    expect(Date.parse(written[0]?.to ?? "") - Date.parse(written[0]?.from ?? "")).toBe(11_000);
  });

  test("after its time, with what there is", async () => {
    const { rows, after, written } = serviceWith();
    rows(LIKE.slice(0, 5));
    await after(3_599);
    expect(written).toEqual([]);
    await after(1);
    expect(written).toMatchObject([{ ended: "time", data: { rows: 5 }, status: "insufficient" }]);
  });

  test("with the service, and with what was counted last", async () => {
    const { rows, after, written, end } = serviceWith();
    rows(LIKE.slice(0, 5));
    await after(1);
    rows(LIKE.slice(0, 2));
    await end();
    expect(written).toMatchObject([{ ended: "end", data: { rows: 7 } }]);
  });

  test("with its model, once nobody ends on it any more, and never holds two", async () => {
    const { rows, after, written, swap } = serviceWith();
    rows(LIKE.slice(0, 5));
    await after(1);
    swap(OTHER);
    rows(LIKE.slice(0, 3), model);
    rows(LIKE.slice(0, 2), OTHER);
    await after(1);
    expect(written).toEqual([]);
    await after(1);
    expect(written).toMatchObject([{ ended: "model", model_digest: DIGEST, data: { rows: 8 } }]);
    await after(3_600);
    expect(written[1]).toMatchObject({ ended: "time", model_digest: OTHER.digest, data: { rows: 2 } });
  });

  test("where the clock was set back, and goes on from there", async () => {
    const { rows, after, written } = serviceWith();
    rows(LIKE);
    await after(1);
    await after(-7_200);
    expect(written).toMatchObject([{ ended: "time", data: { rows: 300 } }]);
    expect(written[0]?.from).toBe(written[0]?.to);
    rows(LIKE);
    await after(1);
    await after(10);
    expect(written).toMatchObject([{}, { ended: "rows", data: { rows: 300 } }]);
  });

  test("never where nothing came", async () => {
    const { after, written, end } = serviceWith();
    await after(10_000);
    await end();
    expect(written).toEqual([]);
  });
});

describe("an alarm", () => {
  test("is told once for each episode, and its end too", async () => {
    const { window, told } = serviceWith();
    for (const rows of [MOVED, MOVED, MOVED, LIKE, LIKE]) await window(rows);
    expect(told).toEqual(["error drift", "info drift-recovered"]);
  });

  test("stands in the lines, open and closed", async () => {
    const { window } = serviceWith();
    await window(MOVED);
    const opened = await window(MOVED);
    expect(opened).toMatchObject({ status: "alert", alerts: [{ signal: "data.length", state: "open" }] });
    expect(opened?.alarms.find(({ signal }) => signal === "data.length")?.open_since).toBe(opened?.to);
    expect(await window(LIKE)).toMatchObject({ status: "alert", alerts: [] });
    expect(await window(LIKE)).toMatchObject({ status: "ok", alerts: [{ state: "recovered" }] });
  });

  test("goes on in the service that is started next", async () => {
    const first = serviceWith();
    await first.window(MOVED);
    const last = await first.window(MOVED);
    const next = serviceWith({}, { last });
    await next.window(MOVED);
    await next.window(LIKE);
    await next.window(LIKE);
    expect(next.told).toEqual(["info drift-recovered"]);
  });

  test("ends with the model that it is about", async () => {
    const { window, told, swap } = serviceWith();
    await window(MOVED);
    await window(MOVED);
    swap(OTHER);
    expect(await window(LIKE)).toMatchObject({ model_digest: OTHER.digest, status: "ok" });
    expect(told).toEqual(["error drift", "info drift-recovered"]);
  });

  test("goes on with a model whose earlier one has labels still, also after a start", async () => {
    const { monitor, window, swap, now, after, written, told } = serviceWith();
    await window(LIKE);
    swap(OTHER);
    await window(MOVED);
    await window(MOVED);
    const id = predictionId({ version: DIGEST.slice(0, 12), atMs: now(), prediction: 5 }) ?? "";
    const predicted = readPredictionId(id);
    if (predicted === undefined) throw new Error("no id");
    monitor.take({ labels: [{ id, predicted, actual: 9_000 }], kpis: [] });
    await after(3_600);
    const late = written.at(-1);
    expect(late).toMatchObject({ model_digest: DIGEST, judged: false, alerts: [], model: { labels: { n: 1 } } });
    await window(MOVED);
    expect(written.at(-1)).toMatchObject({ model_digest: OTHER.digest, judged: true, status: "alert", alerts: [] });
    expect(told).toEqual(["error drift"]);
  });

  test("of a limit that is taken away is over", async () => {
    const slow = async ({ of, window }: ReturnType<typeof serviceWith>) => {
      for (let request = 0; request < 50; request++) of(model).answered(200, 0.5);
      return window(LIKE);
    };
    const first = serviceWith({ latency: "100ms" });
    await slow(first);
    const last = await slow(first);
    const next = serviceWith({}, { last });
    expect(await slow(next)).toMatchObject({ status: "ok", alerts: [{ signal: "latency", state: "recovered" }] });
    expect(next.told).toEqual(["info latency-recovered"]);
  });

  test("is raised for requests that fail, and for slow ones", async () => {
    const { of, window, told } = serviceWith({ latency: "100ms" });
    for (let count = 0; count < 2; count++) {
      for (let request = 0; request < 50; request++) of(model).answered(request < 10 ? 500 : 200, 0.5);
      await window(LIKE);
    }
    expect(told).toEqual(["warning errors", "error latency"]);
  });
});

describe("labels", () => {
  const idOf = (atMs: number, prediction: number, version = DIGEST.slice(0, 12)): string =>
    predictionId({ version, atMs, prediction }) ?? "";
  const label = (id: string, actual: number) => {
    const predicted = readPredictionId(id);
    if (predicted === undefined) throw new Error("no id");
    return { id, predicted, actual };
  };

  test("are measured against what was predicted, with how late they came", async () => {
    const { monitor, after, written, now, end } = serviceWith();
    await after(1);
    const ids = [5, 7, 9].map((prediction) => idOf(now() - 60_000, prediction));
    const taken = monitor.take({ labels: ids.map((id) => label(id, 6)), kpis: [] });
    expect(taken).toEqual({ labels: 3, kpis: 0, repeated: 0, unknown: 0 });
    await end();
    const [{ model: of } = { model: undefined }] = written;
    expect(of?.labels).toMatchObject({ n: 3, lag_seconds_mean: 60, lag_seconds_max: 60, rmse_reference: 2 });
    expect(of?.labels.rmse).toBeCloseTo(Math.sqrt((1 + 1 + 9) / 3), 10);
    expect(of?.labels.mae).toBeCloseTo(5 / 3, 10);
  });

  test("count once, however often they are sent", async () => {
    const { monitor, after, now } = serviceWith();
    await after(1);
    const id = idOf(now(), 5);
    expect(monitor.take({ labels: [label(id, 5), label(id, 5)], kpis: [] })).toMatchObject({ labels: 1, repeated: 1 });
  });

  test("of an earlier model share a window, however they come", async () => {
    const { monitor, rows, after, written, swap, now, end } = serviceWith();
    rows(LIKE);
    await after(1);
    swap(OTHER);
    await after(10);
    expect(written).toHaveLength(1);
    for (let count = 1; count <= 5; count++) {
      monitor.take({ labels: [label(idOf(now() - count, 5), 6)], kpis: [] });
      await after(1);
    }
    expect(written).toHaveLength(1);
    await end();
    expect(written).toMatchObject([{}, { model_digest: DIGEST, model: { labels: { n: 5 } } }]);
  });

  test("that are no measure of anything leave figures that can be written and read", async () => {
    const { monitor, after, written, now, end } = serviceWith();
    await after(1);
    const labels = [1e308, -1e308, 5].map((prediction) => label(idOf(now(), prediction), 1e70));
    monitor.take({ labels, kpis: [] });
    await end();
    expect(lineOf(Buffer.from(JSON.stringify(written[0])))).toEqual({ window: written[0] });
    expect(written[0]?.model.labels.rmse).toBeGreaterThan(1e69);
  });

  test("of a model that nobody knows any more are told so", async () => {
    const { monitor, after, now } = serviceWith();
    await after(1);
    const taken = monitor.take({ labels: [label(idOf(now(), 5, "0".repeat(12)), 5)], kpis: [] });
    expect(taken).toMatchObject({ labels: 0, unknown: 1 });
  });

  test("that are further off than the hold-out was raise an alarm, and near ones none", async () => {
    for (const [error, expected] of [
      [5, ["error labels"]],
      [2, []],
    ] as const) {
      const { monitor, window, told, after, now } = serviceWith();
      await after(1);
      for (let count = 0; count < 2; count++) {
        const labels = Array.from({ length: 100 }, (_, at) =>
          label(idOf(now(), 50), 50 + (at % 2 === 0 ? error : -error) * (1 + (at % 10) / 100 - 0.05)),
        );
        monitor.take({ labels, kpis: [] });
        await window(LIKE);
      }
      expect(told).toEqual(expected);
    }
  });
});

describe("figures of the business", () => {
  test("that are sent have a mean in the window", async () => {
    const { monitor, after, written, end } = serviceWith();
    await after(1);
    expect(
      monitor.take({
        labels: [],
        kpis: [
          ["orders", 2],
          ["orders", 4],
        ],
      }),
    ).toMatchObject({ kpis: 2 });
    await end();
    expect(written[0]?.business.kpis).toEqual({ orders: { n: 2, sum: 6, mean: 3, least: 2, greatest: 4 } });
  });

  test("may be named as what every object has", async () => {
    const { monitor, after, written, end } = serviceWith();
    await after(1);
    for (const value of [2, 4]) monitor.take({ labels: [], kpis: [["constructor", value]] });
    await end();
    expect(written[0]?.business.kpis).toEqual({ constructor: { n: 2, sum: 6, mean: 3, least: 2, greatest: 4 } });
  });

  test("of a window have a hundred names at most", async () => {
    const { monitor, after } = serviceWith();
    await after(1);
    const kpis = Array.from({ length: 150 }, (_, at) => [`kpi${at}`, 1] as const);
    expect(monitor.take({ labels: [], kpis })).toMatchObject({ kpis: 100 });
  });

  test("are asked of the Pipefile's module at the end of each window", async () => {
    const { window } = serviceWith({}, { kpis: async ({ data }) => ({ revenue: data.rows * 2 }) });
    expect((await window(LIKE))?.business.kpis).toMatchObject({ revenue: { n: 1, sum: 600 } });
  });

  test("that cannot be had are told once, and the window is written without them", async () => {
    const kpis = async (): Promise<never> => {
      throw new Error("no such table");
    };
    const { window, told, written } = serviceWith({}, { kpis });
    await window(LIKE);
    await window(LIKE);
    expect(told).toEqual(["error kpis-failed"]);
    expect(written).toHaveLength(2);
  });
});

test("to end is told to whoever makes figures for the last window", async () => {
  const hanging: AbortSignal[] = [];
  const kpis = (_: MonitoringWindow, ending: AbortSignal): Promise<never> => {
    hanging.push(ending);
    return new Promise((_, reject) => ending.addEventListener("abort", () => reject(new Error("too late"))));
  };
  const { monitor, rows, after, written, end, told } = serviceWith({}, { kpis });
  rows(LIKE);
  await after(1);
  const waiting = after(10);
  await expect.poll(() => hanging.length).toBe(1);
  await end();
  await waiting;
  expect({ told, rows: written.map(({ data }) => data.rows) }).toEqual({ told: ["error kpis-failed"], rows: [300] });
  await monitor.end(NOTHING_COLLECTED);
});

test("a window that cannot be written is told once, and the alarms go on", async () => {
  const write = (): never => {
    throw new Error("no space left on device");
  };
  const { window, told } = serviceWith({}, { write });
  for (let count = 0; count < 3; count++) await window(MOVED);
  expect(told).toEqual(["error monitoring-not-written", "error drift"]);
});

test("what is shown now is the open window where it can tell, else the last one", async () => {
  const { monitor, window, rows, after } = serviceWith();
  expect(monitor.current().window).toBeUndefined();
  await window(LIKE);
  rows(LIKE.slice(0, 5));
  await after(1);
  expect(monitor.current().window?.data.rows).toBe(300);
  rows(MOVED);
  await after(1);
  expect(monitor.current().window?.data.rows).toBe(305);
  await monitor.end(NOTHING_COLLECTED);
});
