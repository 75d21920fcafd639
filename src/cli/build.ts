/** `pipe build`: brings the targets up to date, or says what that would take. */

import { isUnchanged } from "../unchanged.ts";
import { deployed, isServed } from "./deployed.ts";
import { jobsFrom } from "./flags.ts";
import type { Call } from "./main.ts";
import { reporterFor } from "./reporter.ts";
import type { Terminal } from "./terminal.ts";

export async function run(call: Call, terminal: Terminal): Promise<number> {
  const startedMs = Date.now();
  const jobs = jobsFrom(call.flags.jobs);
  if (call.flags["dry-run"] === true) return (await import("./dry-run.ts")).run(call, terminal);
  const emit = reporterFor(call.flags, terminal);
  const asked = askedOf(call);
  const { root } = call.place;
  // Every path that the engine looks at is relative to the root: short paths are found quicker.
  process.chdir(root);
  if (asked !== undefined && isUnchanged({ root, env: terminal.env, asked, jobs, emit })) return 0;
  // The engine is loaded only where there is something to judge.
  const exitCode = await (await import("./engine.ts")).run(call, terminal, { jobs, emit, asked });
  // The project is free again: who refuses a model puts the one before back.
  return exitCode > INTERRUPTED || !isServed(root)
    ? exitCode
    : Math.max(exitCode, await deployed(root, startedMs, emit));
}

/** Greater are the exit codes of a build that was interrupted. */
const INTERRUPTED = 128;

/** What was typed, where 'nothing has changed' may be the answer. */
const askedOf = ({ words, flags, place }: Call): string | undefined =>
  flags.force === undefined ? JSON.stringify([words, place, flags.param ?? []]) : undefined;
