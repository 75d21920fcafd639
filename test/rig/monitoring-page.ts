/** Windows as `pipe monitor` draws them. */

import type { MonitoringAlert, MonitoringWindow } from "../../src/core/monitoring.ts";
import { mergedWindows } from "../../src/monitor/merged.ts";
import { healthOf, type Health } from "../../src/ui/health.ts";
import { monitoringPage } from "../../src/ui/monitoring/page.ts";
import { hours, MODEL, type Hour } from "./windows.ts";

export function healthIn(windows: readonly MonitoringWindow[]): Health {
  const total = mergedWindows(windows);
  if (total === undefined) throw new Error("there are no windows");
  const openings = new Map<string, MonitoringAlert>();
  for (const { alerts } of windows)
    for (const alert of alerts) if (alert.state === "open") openings.set(alert.signal, alert);
  return healthOf({ windows, total, openings });
}

export const pageOf = (windows: readonly MonitoringWindow[], name = "penguins"): string =>
  monitoringPage({ health: healthIn(windows), windows, name, madeAt: "2026-11-24T10:00:00.000Z" });

/** Two days in which most happens that can: another model, drift that comes and goes, failures, labels, figures, few rows. */
export const eventfulDays = (): readonly MonitoringWindow[] =>
  hours(
    Array.from({ length: 48 }, (_, at): Hour => {
      return {
        rows: at === 20 ? 50 : 300 + ((at * 37) % 160),
        shift: at > 30 && at < 40 ? 2 : (at % 5) * 0.02,
        missing: at > 42 ? 60 : 4,
        strange: at === 25 ? 30 : 0,
        failed: at === 12 ? 60 : 0,
        revenue: 100 + 10 * Math.sin(at / 4),
        ...(at % 4 !== 0 && { error: 0.9 + (at % 7) * 0.05 + (at > 44 ? 1 : 0) }),
        ...(at < 15 && { model: { ...MODEL, digest: "b7c1".padEnd(64, "0") } }),
      };
    }),
  );
