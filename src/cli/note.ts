/** Who decides something, when and why, as it is recorded with an override. */

import { hostname, userInfo } from "node:os";
import type { OverrideKind, OverrideNote } from "../core/override.ts";
import type { Environment } from "../run/invocation.ts";

export function noteFrom(kind: OverrideKind, reason: string | undefined, env: Environment): OverrideNote {
  return { kind, reason: (reason ?? "").trim(), who: `${userName(env)}@${hostname()}`, atMs: Date.now() };
}

function userName(env: Environment): string {
  try {
    return userInfo().username;
  } catch {
    // In a container the user id may belong to no name.
    return env["USER"] ?? env["LOGNAME"] ?? `user ${process.getuid?.() ?? ""}`.trim();
  }
}
