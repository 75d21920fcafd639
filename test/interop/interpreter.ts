/** Runs Python; a missing python3 fails by its name. */

import { spawnSync } from "node:child_process";

/** What Python printed. */
export function python(args: readonly string[], { input = "", cwd = import.meta.dirname } = {}): string {
  // Debian's python3 is the one that has Debian's packages.
  const env = { ...process.env, PATH: `/usr/bin:${process.env["PATH"] ?? ""}` };
  const { error, status, stdout, stderr } = spawnSync("python3", args, { input, cwd, env, encoding: "utf8" });
  if (error !== undefined) throw new Error(`python3 does not run: ${error.message}`);
  if (status !== 0) throw new Error(`python3 ended with ${status}: ${stderr}`);
  return stdout.trim();
}
