/** What a build would do with each step, as lines: for `status` and for a dry run. Pure. */

import { noteText } from "../core/override.ts";
import type { Plan, StepStatus } from "../core/status.ts";
import { plural, someOf } from "./format.ts";
import type { Paint } from "./paint.ts";
import { reasonText, shortReasons } from "./reason.ts";

const WORDS = {
  "would-run": { word: "would run", style: "strong" },
  "would-restore": { word: "would restore", style: "strong" },
  "would-fail": { word: "would fail", style: "bad" },
  "may-run": { word: "may run", style: "warn" },
  held: { word: "held", style: "bad" },
  fresh: { word: "fresh", style: "good" },
} as const;

const WIDTH = 15;

export interface PlanOptions {
  readonly paint: Paint;
  /** `full` writes each reason on a line of its own. */
  readonly reasons: "short" | "full";
}

export function planText(
  status: Pick<StepStatus, "step" | "plan" | "reasons" | "after" | "isFallback" | "override" | "ended">,
  options: PlanOptions,
): string {
  const { word, style } = WORDS[status.plan];
  const condition =
    status.plan === "may-run" ? `, if ${someOf(status.after, 3).replace(/ and (?!\d+ more$)/, " or ")} changes` : "";
  const note = status.isFallback === true ? ", built with its fallback" : "";
  const isShort = options.reasons === "short";
  const why = isShort && status.reasons.length > 0 ? `: ${shortReasons(status.reasons)}` : "";
  const full = isShort ? [] : status.reasons.map((reason) => `${" ".repeat(WIDTH)}because ${reasonText(reason)}\n`);
  return `${options.paint(style, word.padEnd(WIDTH))}${status.step}${note}${noteOn(status)}${condition}${why}\n${full.join("")}`;
}

function noteOn({ override, ended }: Pick<StepStatus, "override" | "ended">): string {
  if (override !== undefined) return `, ${noteText(override)}`;
  return ended === undefined ? "" : `, no longer ${noteText(ended)}`;
}

/** How many steps a person's overrides hold, as the end of a line. */
export const heldText = (count: number): string =>
  count === 0 ? "" : `; ${plural(count, "step")} held by ${count === 1 ? "an override" : "overrides"}`;

const ORDER: readonly Plan[] = ["would-fail", "would-run", "would-restore", "may-run", "held", "fresh"];

/** `1 would run, 2 may run, 3 fresh`; the plans that no step has are left out. */
export function planCounts(statuses: readonly Pick<StepStatus, "plan" | "override">[]): string {
  const held = heldText(statuses.filter(({ plan, override }) => plan !== "held" && override !== undefined).length);
  if (statuses.every((status) => status.plan === "fresh")) return `up to date${held}`;
  const countOf = (plan: Plan): number => statuses.filter((status) => status.plan === plan).length;
  const counts = ORDER.flatMap((plan) => (countOf(plan) === 0 ? [] : [`${countOf(plan)} ${WORDS[plan].word}`]));
  return counts.join(", ") + held;
}

/** Stale steps first, each kind in the order of the graph. */
export function planOrder(statuses: readonly StepStatus[]): readonly StepStatus[] {
  return ORDER.flatMap((plan) => statuses.filter((status) => status.plan === plan));
}
