/** `pipe status`: which steps are stale, and why. */

import { statusOf } from "../inspect.ts";
import { versionedJson } from "../ui/json.ts";
import { paintFor } from "../ui/paint.ts";
import { statusText } from "../ui/status.ts";
import type { Call } from "./main.ts";
import { reading } from "./reading.ts";
import type { Terminal } from "./terminal.ts";

export function run(call: Call, shown: Terminal): Promise<number> {
  return reading(call, shown, async ({ project, targets, terminal }) => {
    const steps = await statusOf(project, targets);
    const { out, env } = terminal;
    out.write(call.flags.json === true ? versionedJson({ steps }) : statusText(steps, paintFor(out, env)));
    const isStale = steps.some((status) => status.plan !== "fresh");
    return call.flags.check === true && isStale ? 1 : 0;
  });
}
