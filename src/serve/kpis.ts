/** Figures of the business for a window, by the module that the Pipefile names. */

import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { badKpis } from "../core/error-service.ts";
import type { MonitoringWindow } from "../core/monitoring.ts";
import { isKpiName, isMeasure } from "../monitor/feedback.ts";
import type { KpisOf } from "../monitor/monitor.ts";
import { TooLate } from "./within.ts";

/** As long as the module may take for a window, and once the service is told to end. */
const [LIMIT_MS, LAST_LIMIT_MS] = [30_000, 2_000];

/** `path` is that of the bundled module. Throws a PipeError where it gives no figures. */
export async function kpisFrom(path: string | undefined): Promise<KpisOf | undefined> {
  if (path === undefined) return undefined;
  const module = (await import(pathToFileURL(path).href).catch((error: Error) => {
    throw badKpis({ problem: `cannot be loaded: ${error.message}` });
  })) as { readonly default?: unknown };
  const source = module.default;
  if (typeof source !== "function") throw badKpis({ problem: "exports no function by default" });
  const figures = async (window: MonitoringWindow): Promise<unknown> => source(window);
  return async (window, ending) => checked(await inTime(figures(window), ending));
}

/** The same, or a {@link TooLate}: after the limit, or a moment after the service is told to end. */
async function inTime<T>(awaited: Promise<T>, ending: AbortSignal): Promise<T> {
  const over = new AbortController();
  const late = async (limitMs: number): Promise<never> => {
    await setTimeout(limitMs, undefined, over);
    throw new TooLate(limitMs);
  };
  const ended = ending.aborted ? Promise.resolve() : once(ending, "abort", over);
  return Promise.race([awaited, late(LIMIT_MS), ended.then(() => late(LAST_LIMIT_MS))]).finally(() => over.abort());
}

function checked(value: unknown): Readonly<Record<string, number>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error("the module of serve.monitor.kpis gave no object of figures");
  const odd = Object.entries(value).find(([name, figure]) => !isKpiName(name) || !isMeasure(figure));
  if (odd !== undefined)
    throw new Error(
      `the module of serve.monitor.kpis gave '${odd[0].slice(0, 64)}', which is no number by a name of letters, digits, _ . - alone`,
    );
  return value as Readonly<Record<string, number>>;
}
