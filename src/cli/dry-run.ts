/** `pipe build --dry-run`: what a build would do, told as events; nothing runs and nothing is written. */

import { statusOf } from "../inspect.ts";
import { refuseForced } from "../hold.ts";
import { planCounts } from "../ui/plan.ts";
import { forceFrom, usesCache } from "./flags.ts";
import type { Call } from "./main.ts";
import { planned } from "./plan.ts";
import { reading } from "./reading.ts";
import { reporterFor } from "./reporter.ts";
import type { Terminal } from "./terminal.ts";

export function run(call: Call, shown: Terminal): Promise<number> {
  return reading(call, shown, async ({ project, targets, terminal }) => {
    const { flags } = call;
    const emit = reporterFor(flags, terminal);
    const wish = { force: forceFrom(flags.force, project), useCache: usesCache(flags) };
    refuseForced(project, project.graph(targets).steps, wish.force);
    const statuses = planned(await statusOf(project, targets), wish);
    for (const { step, plan, reasons, after, override } of statuses) {
      const event = { step, ...(override && { override }) };
      emit(
        plan === "fresh" ? { type: "step-fresh", ...event } : { type: "step-planned", plan, reasons, after, ...event },
      );
    }
    if (flags.json !== true && flags.quiet !== true) terminal.out.write(`${planCounts(statuses)}\n`);
    return 0;
  });
}
