/** Placeholder: the page of monitoring. Pure. */

import type { MonitoringWindow } from "../core/monitoring.ts";

export function monitoringPage(of: {
  readonly windows: readonly MonitoringWindow[];
  readonly name: string;
  readonly madeAt: string;
}): string {
  return `<!doctype html><title>Monitoring</title><p>${of.windows.length} windows, ${of.madeAt}</p>\n`;
}
