/** `pipe list`: what there is to build. */

import { outlineOf } from "../inspect.ts";
import { versionedJson } from "../ui/json.ts";
import { listedRules, listText } from "../ui/list.ts";
import { paintFor } from "../ui/paint.ts";
import type { Call } from "./main.ts";
import { reading } from "./reading.ts";
import type { Terminal } from "./terminal.ts";

export function run(call: Call, shown: Terminal): Promise<number> {
  return reading(call, shown, async ({ project, terminal }) => {
    const rules = listedRules(await outlineOf(project, []));
    const { out, env } = terminal;
    out.write(call.flags.json === true ? versionedJson({ rules }) : listText(rules, paintFor(out, env)));
    return 0;
  });
}
