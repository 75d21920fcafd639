/** `pipe status`: stale steps first with their reasons, then the fresh ones, then the counts. Pure. */

import type { StepStatus } from "../core/status.ts";
import type { Paint } from "./paint.ts";
import { planCounts, planOrder, planText } from "./plan.ts";

export function statusText(statuses: readonly StepStatus[], paint: Paint): string {
  const lines = planOrder(statuses).map((status) => planText(status, { paint, reasons: "short" }));
  return `${lines.join("")}${planCounts(statuses)}\n`;
}
