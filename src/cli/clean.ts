/** `pipe clean`: removes what was built. */

import { clean } from "../clean.ts";
import { deadTakesNoTarget } from "../core/usage.ts";
import { cleanText } from "../ui/clean.ts";
import { versionedJson } from "../ui/json.ts";
import { paintFor } from "../ui/paint.ts";
import { holding } from "./holding.ts";
import type { Call } from "./main.ts";
import type { Terminal } from "./terminal.ts";

export async function run(call: Call, terminal: Terminal): Promise<number> {
  const { flags, words } = call;
  const [isDead, isDry] = [flags.dead === true, flags["dry-run"] === true];
  if (isDead && words.length > 0) throw deadTakesNoTarget();
  return holding(call, terminal, async ({ project, targets }) => {
    const cleaned = clean(project, { targets, isDead, isDry });
    const { out, env } = terminal;
    out.write(flags.json === true ? versionedJson(cleaned) : cleanText(cleaned, paintFor(out, env)));
    return 0;
  });
}
