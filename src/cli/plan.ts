/** What flags change about what a build would do: a forced rule would run, and what needs it may. Pure. */

import { isForced, type Force } from "../core/force.ts";
import { isFirm } from "../core/override.ts";
import { isSettled, type StepStatus } from "../core/status.ts";

export interface Wish {
  readonly force: Force;
  readonly useCache: boolean;
}

/** The statuses under the flags. */
export function planned(statuses: readonly StepStatus[], wish: Wish): readonly StepStatus[] {
  const open = new Set<string>();
  return statuses.map((status) => {
    const planned = plannedStep(status, {
      isForced: isForced(wish.force, { id: status.step, rule: { name: status.rule } }),
      useCache: wish.useCache,
      after: status.needs.filter((need) => open.has(need)),
    });
    if (!isSettled(planned.plan) && planned.plan !== "would-restore") open.add(status.step);
    return planned;
  });
}

function plannedStep(
  status: StepStatus,
  under: { readonly isForced: boolean; readonly useCache: boolean; readonly after: readonly string[] },
): StepStatus {
  if (isFirm(status.override)) return status;
  const after = under.after.length > 0 ? under.after : status.after;
  if (under.isForced) {
    return { ...status, plan: "would-run", reasons: [{ part: "forced", name: status.step }, ...status.reasons], after };
  }
  if (isSettled(status.plan)) return under.after.length === 0 ? status : { ...status, plan: "may-run", after };
  // What the cache holds is for the inputs of now, which a step that runs before may change.
  const isLost = status.plan === "would-restore" && (!under.useCache || under.after.length > 0);
  return { ...status, plan: isLost ? "would-run" : status.plan, after };
}
