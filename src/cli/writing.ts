/** Opens the project for a command that records something and builds nothing, and closes it again. */

import type { Emit } from "../core/event.ts";
import { openProject, type Project } from "../project.ts";
import type { Call } from "./main.ts";
import { requestOf, targetsOf, warnings } from "./reading.ts";
import type { Terminal } from "./terminal.ts";

export interface Writing {
  readonly project: Project;
  /** The one target that the command takes. */
  readonly target: string;
  /** Warnings alone are shown. */
  readonly emit: Emit;
}

export async function writing(
  call: Call,
  terminal: Terminal,
  use: (writing: Writing) => Promise<number>,
): Promise<number> {
  const emit = warnings(terminal);
  const wait = call.flags["no-wait"] !== true;
  const project = await openProject({ ...requestOf(call, terminal), access: "write", wait, emit });
  try {
    const [target = ""] = targetsOf(call, project);
    return await use({ project, target, emit });
  } finally {
    await project[Symbol.asyncDispose]();
  }
}
