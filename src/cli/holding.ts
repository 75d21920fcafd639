/** Opens the project for a command that changes it, under its lock, and closes it again. */

import type { Emit } from "../core/event.ts";
import { openProject } from "../project.ts";
import type { Call } from "./main.ts";
import { requestOf, targetsOf, warnings, type Reading } from "./reading.ts";
import type { Terminal } from "./terminal.ts";

/** Waits for a build that holds the project unless `--no-wait` was given; warnings go to stderr. */
export async function holding(
  call: Call,
  terminal: Terminal,
  use: (held: Reading & { readonly emit: Emit }) => Promise<number>,
): Promise<number> {
  const emit = warnings(terminal);
  const wait = call.flags["no-wait"] !== true;
  const project = await openProject({ ...requestOf(call, terminal), access: "write", wait, emit });
  try {
    return await use({ project, targets: targetsOf(call, project), terminal, emit });
  } finally {
    await project[Symbol.asyncDispose]();
  }
}
