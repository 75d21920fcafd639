/** What flags change about what a build would do: a forced rule would run, and what needs it may. Pure. */

import { isForced, type Force } from "../core/force.ts";
import type { Graph } from "../core/graph.ts";
import type { StepStatus } from "../core/status.ts";

export interface Wish {
  readonly force: Force;
  readonly useCache: boolean;
}

/** The statuses under the flags; `graph` and `statuses` list the same steps in the same order. */
export function planned(statuses: readonly StepStatus[], graph: Graph, wish: Wish): readonly StepStatus[] {
  const open = new Set<string>();
  return statuses.map((status, index) => {
    const step = graph.steps[index];
    const needs = (graph.needs[index] ?? []).map((need) => graph.steps[need]?.id ?? "");
    const planned = plannedStep(status, {
      isForced: step !== undefined && isForced(wish.force, step),
      useCache: wish.useCache,
      after: needs.filter((need) => open.has(need)),
    });
    if (planned.plan !== "fresh" && planned.plan !== "would-restore") open.add(status.step);
    return planned;
  });
}

/** True where a person decided on what stands there, whatever becomes of its inputs. */
const isFirm = ({ override }: StepStatus): boolean => override !== undefined && override.kind !== "accepted";

function plannedStep(
  status: StepStatus,
  under: { readonly isForced: boolean; readonly useCache: boolean; readonly after: readonly string[] },
): StepStatus {
  if (isFirm(status)) return status;
  const after = under.after.length > 0 ? under.after : status.after;
  if (under.isForced) {
    return { ...status, plan: "would-run", reasons: [{ part: "forced", name: status.step }, ...status.reasons], after };
  }
  if (status.plan === "fresh") return under.after.length === 0 ? status : { ...status, plan: "may-run", after };
  // What the cache holds is for the inputs of now, which a step that runs before may change.
  const isLost = status.plan === "would-restore" && (!under.useCache || under.after.length > 0);
  return { ...status, plan: isLost ? "would-run" : status.plan, after };
}
