/** What the events of a run say, for assertions. Pure. */

import type { BuildEvent } from "../../src/core/event.ts";
import type { Reason } from "../../src/core/staleness.ts";
import type { Plan, StepStatus } from "../../src/core/status.ts";
import type { Run } from "./project.ts";

type Of<T extends BuildEvent["type"]> = Extract<BuildEvent, { readonly type: T }>;

export const eventsOf = <T extends BuildEvent["type"]>({ events }: Run, type: T): readonly Of<T>[] =>
  events.filter((event): event is Of<T> => event.type === type);

const stepsOf = (
  run: Run,
  type: "step-built" | "step-fresh" | "step-restored" | "step-failed" | "step-skipped",
): readonly string[] =>
  eventsOf(run, type)
    .map((event) => event.step)
    .toSorted();

/** The ids of the steps that ran and succeeded, sorted; likewise below. */
export const ran = (run: Run): readonly string[] => stepsOf(run, "step-built");
export const fresh = (run: Run): readonly string[] => stepsOf(run, "step-fresh");
export const restored = (run: Run): readonly string[] => stepsOf(run, "step-restored");
export const failed = (run: Run): readonly string[] => stepsOf(run, "step-failed");
export const skipped = (run: Run): readonly string[] => stepsOf(run, "step-skipped");

/** Why a step was stale; none where it was fresh. */
export function reasonsOf(run: Run, step: string): readonly Reason[] {
  for (const event of run.events.toReversed()) if ("reasons" in event && event.step === step) return event.reasons;
  return [];
}

/** The reasons as `part name`, without states. */
export const partsOf = (run: Run, step: string): readonly string[] =>
  reasonsOf(run, step).map(({ part, name }) => `${part} ${name}`.trim());

export const warningsOf = (run: Run): readonly string[] => eventsOf(run, "warning").map((warning) => warning.code);

/** What `status` or `why` says of each step, or a dry run. */
export function plansOf(run: Run): Readonly<Record<string, Plan>> {
  const [answer] = run.events as readonly unknown[] as readonly {
    readonly steps?: readonly StepStatus[];
    readonly chain?: readonly StepStatus[];
  }[];
  const statuses = answer?.steps ?? answer?.chain;
  if (Array.isArray(statuses)) return Object.fromEntries(statuses.map(({ step, plan }) => [step, plan]));
  const planned = eventsOf(run, "step-planned").map(({ step, plan }) => [step, plan] as const);
  return Object.fromEntries([...planned, ...fresh(run).map((step) => [step, "fresh"] as const)]);
}
