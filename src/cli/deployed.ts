/** Has the project's service look at the model that a command left in its place. */

import { existsSync } from "node:fs";
import type { Emit } from "../core/event.ts";

const SOCKET = ".pipe/service.sock";

/** Whether it is worth asking: loading what asks takes as long as a build in which nothing changed. */
export const isServed = (root: string): boolean => existsSync(`${root}/${SOCKET}`);

/** Tells what came of what was left there since a time. Returns the exit code: 1 where the service refused the model. */
export async function deployed(root: string, sinceMs: number, emit: Emit): Promise<number> {
  const { announce } = await import("../serve/announce.ts");
  const verdict = await announce(root, sinceMs);
  if (verdict === undefined || verdict.outcome === "unchanged") return 0;
  const { outcome, digest, reason, live, files } = verdict;
  emit({
    type: "model-deployed",
    outcome,
    ...(digest !== undefined && { digest }),
    reason,
    live,
    ...(files !== undefined && { files }),
  });
  return outcome === "refused" ? 1 : 0;
}
