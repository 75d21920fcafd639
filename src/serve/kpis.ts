/** Figures of the business for a window, by the module that the Pipefile names. */

import { pathToFileURL } from "node:url";
import { badKpis } from "../core/error-service.ts";
import type { MonitoringWindow } from "../core/monitoring.ts";
import { within } from "./within.ts";

type Kpis = (window: MonitoringWindow) => Promise<Readonly<Record<string, number>>>;

/** As long as the module may take for a window. */
const LIMIT_MS = 30_000;

/** `path` is that of the bundled module. Throws a PipeError where it gives no figures. */
export async function kpisFrom(path: string | undefined): Promise<Kpis | undefined> {
  if (path === undefined) return undefined;
  const module = (await import(pathToFileURL(path).href).catch((error: Error) => {
    throw badKpis({ problem: `cannot be loaded: ${error.message}` });
  })) as { readonly default?: unknown };
  const source = module.default;
  if (typeof source !== "function") throw badKpis({ problem: "exports no function by default" });
  return async (window) => checked(await within(Promise.resolve(source(window) as unknown), LIMIT_MS));
}

function checked(value: unknown): Readonly<Record<string, number>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error("the module of serve.monitor.kpis gave no object of figures");
  const odd = Object.entries(value).find(([, figure]) => !Number.isFinite(figure));
  if (odd !== undefined) throw new Error(`the module of serve.monitor.kpis gave for ${odd[0]} what is no number`);
  return value as Readonly<Record<string, number>>;
}
