/** The part of `pipe build` that opens the project and builds. */

import { build, type BuildRequest } from "../build.ts";
import { openProject } from "../project.ts";
import { forceFrom, usesCache } from "./flags.ts";
import type { Call } from "./main.ts";
import { requestOf, targetsOf } from "./reading.ts";
import { noteFrom } from "./note.ts";
import type { Terminal } from "./terminal.ts";

export async function run(
  call: Call,
  terminal: Terminal,
  settled: Pick<BuildRequest, "jobs" | "emit" | "asked">,
): Promise<number> {
  const interruption = terminal.interruption();
  const project = await openProject({
    ...requestOf(call, terminal),
    access: "write",
    wait: call.flags["no-wait"] !== true,
    emit: settled.emit,
  });
  try {
    const force = forceFrom(call.flags.force, project);
    const targets = targetsOf(call, project);
    interruption.begin();
    const [{ signal }, { flags }] = [interruption, call];
    const [keepGoing, isOffline] = [flags["keep-going"] === true, flags.offline === true];
    const sleep = (ms: number, until: AbortSignal): Promise<void> => terminal.sleep(ms, until);
    const accepts = flags.accept === true ? noteFrom("accepted", flags.reason, terminal.env) : undefined;
    const wishes = { accepts, targets, force, keepGoing, isOffline, useCache: usesCache(flags) };
    return await build({ ...settled, ...wishes, project, signal, sleep });
  } finally {
    await project[Symbol.asyncDispose]();
  }
}
