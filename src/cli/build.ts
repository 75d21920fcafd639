/** `pipe build`: brings the targets up to date, or says what that would take. */

import { build } from "../build.ts";
import { openProject } from "../project.ts";
import { isUnchanged } from "../unchanged.ts";
import { forceFrom, jobsFrom, usesCache } from "./flags.ts";
import type { Call } from "./main.ts";
import { requestOf, targetsOf } from "./reading.ts";
import { reporterFor } from "./reporter.ts";
import type { Terminal } from "./terminal.ts";

export async function run(call: Call, terminal: Terminal): Promise<number> {
  const jobs = jobsFrom(call.flags.jobs);
  if (call.flags["dry-run"] === true) return (await import("./dry-run.ts")).run(call, terminal);
  const emit = reporterFor(call.flags, terminal);
  const asked = askedOf(call);
  const { root } = call.place;
  // Every path that the engine looks at is relative to the root: short paths are found quicker.
  process.chdir(root);
  if (asked !== undefined && isUnchanged({ root, env: terminal.env, asked, jobs, emit })) return 0;
  const interruption = terminal.interruption();
  const project = await openProject({
    ...requestOf(call, terminal),
    access: "write",
    wait: call.flags["no-wait"] !== true,
    emit,
  });
  try {
    const force = forceFrom(call.flags.force, project);
    const targets = targetsOf(call, project);
    interruption.begin();
    return await build({
      project,
      targets,
      jobs,
      force,
      useCache: usesCache(call.flags),
      asked,
      emit,
      signal: interruption.signal,
    });
  } finally {
    await project[Symbol.asyncDispose]();
  }
}

/** What was typed, where 'nothing has changed' may be the answer. */
const askedOf = ({ words, flags, place }: Call): string | undefined =>
  flags.force === undefined ? JSON.stringify([words, place, flags.param ?? []]) : undefined;
