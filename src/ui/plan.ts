/** What a build would do with each step, as lines: for `status` and for a dry run. Pure. */

import type { Plan, StepStatus } from "../core/status.ts";
import { someOf } from "./format.ts";
import type { Paint } from "./paint.ts";
import { reasonText, shortReasons } from "./reason.ts";

const WORDS = {
  "would-run": { word: "would run", style: "strong" },
  "would-restore": { word: "would restore", style: "strong" },
  "may-run": { word: "may run", style: "warn" },
  fresh: { word: "fresh", style: "good" },
} as const;

const WIDTH = 15;

export interface PlanOptions {
  readonly paint: Paint;
  /** `full` writes each reason on a line of its own. */
  readonly reasons: "short" | "full";
}

export function planText(
  status: Pick<StepStatus, "step" | "plan" | "reasons" | "after" | "isFallback">,
  options: PlanOptions,
): string {
  const { word, style } = WORDS[status.plan];
  const condition =
    status.plan === "may-run" ? `, if ${someOf(status.after, 3).replace(/ and (?!\d+ more$)/, " or ")} changes` : "";
  const note = status.isFallback === true ? ", built with its fallback" : "";
  const isShort = options.reasons === "short";
  const why = isShort && status.reasons.length > 0 ? `: ${shortReasons(status.reasons)}` : "";
  const full = isShort ? [] : status.reasons.map((reason) => `${" ".repeat(WIDTH)}because ${reasonText(reason)}\n`);
  return `${options.paint(style, word.padEnd(WIDTH))}${status.step}${note}${condition}${why}\n${full.join("")}`;
}

const ORDER: readonly Plan[] = ["would-run", "would-restore", "may-run", "fresh"];

/** `1 would run, 2 may run, 3 fresh`; the plans that no step has are left out. */
export function planCounts(statuses: readonly Pick<StepStatus, "plan">[]): string {
  if (statuses.every((status) => status.plan === "fresh")) return "up to date";
  const countOf = (plan: Plan): number => statuses.filter((status) => status.plan === plan).length;
  return ORDER.flatMap((plan) => (countOf(plan) === 0 ? [] : [`${countOf(plan)} ${WORDS[plan].word}`])).join(", ");
}

/** Stale steps first, each kind in the order of the graph. */
export function planOrder(statuses: readonly StepStatus[]): readonly StepStatus[] {
  return ORDER.flatMap((plan) => statuses.filter((status) => status.plan === plan));
}
