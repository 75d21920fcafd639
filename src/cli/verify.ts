/** `pipe verify`: whether everything is as it was built. */

import { versionedJson } from "../ui/json.ts";
import { paintFor } from "../ui/paint.ts";
import { verifyText } from "../ui/verify.ts";
import { verify } from "../verify.ts";
import { holding } from "./holding.ts";
import type { Call } from "./main.ts";
import type { Terminal } from "./terminal.ts";

export function run(call: Call, terminal: Terminal): Promise<number> {
  return holding(call, terminal, async ({ project, targets }) => {
    const verified = await verify(project, targets);
    const { out, env } = terminal;
    out.write(call.flags.json === true ? versionedJson(verified) : verifyText(verified, paintFor(out, env)));
    return verified.mismatches.length === 0 ? 0 : 1;
  });
}
