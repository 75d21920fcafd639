/** `pipe unpin`: ends a person's override. */

import { noteOf } from "../core/override.ts";
import { unpin } from "../override.ts";
import { versionedJson } from "../ui/json.ts";
import { unpinnedText } from "../ui/override.ts";
import { holding } from "./holding.ts";
import type { Call } from "./main.ts";
import type { Terminal } from "./terminal.ts";

export function run(call: Call, terminal: Terminal): Promise<number> {
  return holding(call, terminal, async ({ project, targets: [target = ""] }) => {
    const ended = unpin(project, target).map((override) => ({ step: override.trace.step, override: noteOf(override) }));
    terminal.out.write(call.flags.json === true ? versionedJson({ ended }) : unpinnedText(ended));
    return 0;
  });
}
