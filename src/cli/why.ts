/** `pipe why`: the chain from a target down to what changed. */

import { statusOf } from "../inspect.ts";
import { versionedJson } from "../ui/json.ts";
import { paintFor } from "../ui/paint.ts";
import { chainFrom, statusesOfTarget, whyText } from "../ui/why.ts";
import type { Call } from "./main.ts";
import { reading } from "./reading.ts";
import type { Terminal } from "./terminal.ts";

export function run(call: Call, shown: Terminal): Promise<number> {
  return reading(call, shown, async ({ project, targets: [target = ""], terminal }) => {
    const statuses = await statusOf(project, [target]);
    const links = chainFrom(statuses, statusesOfTarget(statuses, target));
    const { out, env } = terminal;
    const chain = links.filter((link) => !link.isRepeated).map(({ status, depth }) => ({ ...status, depth }));
    out.write(call.flags.json === true ? versionedJson({ target, chain }) : whyText(links, paintFor(out, env)));
    return 0;
  });
}
