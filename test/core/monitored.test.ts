/** What a Pipefile says of how its service is monitored: what is filled in, and what is refused. */

import { describe, expect, test } from "vitest";
import { PipeError } from "../../src/core/error.ts";
import { monitorPolicyOf } from "../../src/core/monitored.ts";
import type { MonitorOptions } from "../../src/core/serving.ts";

const policyOf = (declared: unknown): ReturnType<typeof monitorPolicyOf> => monitorPolicyOf(declared as MonitorOptions);

test("what is left away has its default", () => {
  expect(policyOf({})).toEqual({
    rows: 1_000,
    minTimeMs: 60_000,
    timeMs: 3_600_000,
    level: 0.01,
    alarm: { wrong: 2, of: 3 },
    errorRate: 0.05,
    latencySeconds: undefined,
    maxBytes: 10_000_000,
    keep: 9,
    kpis: undefined,
  });
});

test("whatever can be said counts", () => {
  const kpis = (): Promise<{ default: never }> => Promise.reject(new Error("never called"));
  const said = { rows: 5, minTime: "1s", time: "2m", level: 0.05, alarm: [1, 1], errorRate: 0.5 };
  expect(policyOf({ ...said, latency: "250ms", rotate: "1MB", keep: 0, kpis })).toEqual({
    rows: 5,
    minTimeMs: 1_000,
    timeMs: 120_000,
    level: 0.05,
    alarm: { wrong: 1, of: 1 },
    errorRate: 0.5,
    latencySeconds: 0.25,
    maxBytes: 1_000_000,
    keep: 0,
    kpis,
  });
});

describe("what is refused names the option, and what it may be", () => {
  test.for([
    [{ rows: 0 }, "rows: 0: a whole number from 1 up"],
    [{ rows: "many" }, 'rows: "many": a whole number from 1 up'],
    [{ time: "1 hour" }, 'time: "1 hour": a time such as "10m"'],
    [{ minTime: "2h" }, "the minTime 2h, which is longer than the time 1h"],
    [{ level: 1 }, "level: 1: between 0 and 1"],
    [{ errorRate: Number.NaN }, "errorRate: NaN: between 0 and 1"],
    [{ alarm: [3, 2] }, "alarm: [3,2]: how many of how many windows, such as [2, 3]"],
    [{ alarm: [0, 2] }, "alarm: [0,2]: how many of how many windows, such as [2, 3]"],
    [{ alarm: 2 }, "alarm: 2: how many of how many windows, such as [2, 3]"],
    [{ latency: 5 }, 'latency: 5: a time such as "10m"'],
    [{ rotate: "1KB" }, 'rotate: "1KB": a size from "1MB" up'],
    [{ keep: -1 }, "keep: -1: a whole number from 0 up"],
    [{ kpis: "./kpis.ts" }, 'kpis that are no () => import("./rules/kpis.ts")'],
    [[], "that is no object of options"],
  ] as const)("%j", ([declared, problem]) => {
    expect(() => policyOf(declared)).toThrow(PipeError);
    expect(() => policyOf(declared)).toThrow(problem);
  });

  test("a word that is no option", () => {
    expect(() => policyOf({ window: 5 })).toThrow("'serve.monitor' with 'window', which it has not");
  });
});
