/** The monitor of a service, over processes and a clock made up by hand. */

import { describe, expect, test } from "vitest";
import type { MonitoringWindow } from "../../src/core/monitoring.ts";
import { monitorPolicyOf } from "../../src/core/monitored.ts";
import type { MonitorOptions } from "../../src/core/serving.ts";
import type { Row } from "../../src/model/schema.ts";
import { NOTHING_COLLECTED } from "../../src/monitor/collected.ts";
import { Gathering } from "../../src/monitor/gathering.ts";
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
    predictionId({ version, atMs, prediction });
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
