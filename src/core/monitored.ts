/** What a Pipefile says of how its service is monitored, checked. Pure. */

import { durationMs } from "./duration.ts";
import { badOption } from "./error.ts";
import type { MonitorOptions } from "./serving.ts";
import { shown } from "./shown.ts";
import { sizeBytes } from "./tokens.ts";

/** The options of a Pipefile's `serve.monitor`, with all that it leaves away. */
export interface MonitorPolicy {
  readonly rows: number;
  readonly minTimeMs: number;
  readonly timeMs: number;
  readonly level: number;
  readonly alarm: { readonly wrong: number; readonly of: number };
  readonly errorRate: number;
  /** Undefined where any time is right. */
  readonly latencySeconds: number | undefined;
  readonly maxBytes: number;
  readonly keep: number;
  readonly kpis: (() => Promise<unknown>) | undefined;
}

const FIELDS = ["rows", "minTime", "time", "level", "alarm", "errorRate", "latency", "rotate", "keep", "kpis"];

export function monitorPolicyOf(declared: MonitorOptions): MonitorPolicy {
  if (typeof declared !== "object" || declared === null || Array.isArray(declared))
    throw refused("that is no object of options");
  const unknown = Object.keys(declared).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined)
    throw badOption({ problem: `'serve.monitor' with '${unknown}', which it has not`, known: FIELDS });
  const { rows = 1_000, minTime = "1m", time = "1h", level = 0.01, errorRate = 0.05, latency } = declared;
  const { alarm = [2, 3], rotate = "10MB", keep = 9, kpis } = declared;
  const [minTimeMs, timeMs] = [timeOf("minTime", minTime), timeOf("time", time)];
  if (minTimeMs > timeMs) throw refused(`the minTime ${minTime}, which is longer than the time ${time}`);
  const maxBytes = sizeBytes(rotate) ?? 0;
  if (maxBytes < LEAST_BYTES) throw refused(`rotate: ${show(rotate)}: a size from "1MB" up`);
  if (kpis !== undefined && typeof kpis !== "function")
    throw refused('kpis that are no () => import("./rules/kpis.ts")');
  return {
    rows: wholeOf("rows", rows, 1),
    minTimeMs,
    timeMs,
    level: shareOf("level", level),
    alarm: alarmOf(alarm),
    errorRate: shareOf("errorRate", errorRate),
    latencySeconds: latency === undefined ? undefined : timeOf("latency", latency) / 1_000,
    maxBytes,
    keep: wholeOf("keep", keep, 0),
    kpis,
  };
}

/** A line of many features is some hundred kilobytes long. */
const LEAST_BYTES = 1_000_000;

const refused = (problem: string): Error => badOption({ problem: `'serve.monitor' with ${problem}` });
const show = (value: unknown): string => (typeof value === "string" ? JSON.stringify(value) : shown(value));

function timeOf(name: string, given: unknown): number {
  const ms = durationMs(given);
  if (ms === undefined) throw refused(`${name}: ${show(given)}: a time such as "10m"`);
  return ms;
}

function shareOf(name: string, given: unknown): number {
  if (typeof given !== "number" || !(given > 0 && given < 1)) throw refused(`${name}: ${show(given)}: between 0 and 1`);
  return given;
}

function wholeOf(name: string, given: unknown, least: number): number {
  if (!Number.isSafeInteger(given) || (given as number) < least)
    throw refused(`${name}: ${show(given)}: a whole number from ${least} up`);
  return given as number;
}

const MOST_WINDOWS = 100;

function alarmOf(given: unknown): MonitorPolicy["alarm"] {
  const [wrong, of] = (Array.isArray(given) && given.length === 2 ? given : []) as unknown[];
  const isRule = [wrong, of].every(Number.isSafeInteger) && 1 <= (wrong as number) && (of as number) <= MOST_WINDOWS;
  if (!isRule || (wrong as number) > (of as number))
    throw refused(`alarm: ${show(given)}: how many of how many windows, such as [2, 3]`);
  return { wrong: wrong as number, of: of as number };
}
