/** From a command line to an exit code: parse, find the project, load the command and run it; show what goes wrong. */

import { PipeError, renderError } from "../core/error.ts";
import { isRefusal, refused } from "../core/error-disk.ts";
import type { CommandName } from "./commands.ts";
import { locate, type Place } from "./locate.ts";
import { parse, type Parsed } from "./parse.ts";
import type { Terminal } from "./terminal.ts";

/** What a command is called with. */
export interface Call extends Parsed {
  readonly place: Place;
}

type Run = (call: Call, terminal: Terminal) => Promise<number>;

const COMMAND: Readonly<Record<CommandName, () => Promise<{ readonly run: Run }>>> = {
  build: () => import("./build.ts"),
  status: () => import("./status.ts"),
  why: () => import("./why.ts"),
  restore: () => import("./restore.ts"),
  accept: () => import("./accept.ts"),
  unpin: () => import("./unpin.ts"),
  models: () => import("./models.ts"),
  rollback: () => import("./rollback.ts"),
  promote: () => import("./promote.ts"),
  serve: () => import("./serve.ts"),
  monitor: () => import("./monitor.ts"),
  list: () => import("./list.ts"),
  graph: () => import("./graph.ts"),
  log: () => import("./log.ts"),
  clean: () => import("./clean.ts"),
  verify: () => import("./verify.ts"),
  gc: () => import("./gc.ts"),
};

export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const parsed = parse(args);
    if (parsed.command === undefined) {
      const { speak } = await import("./speak.ts");
      return await speak(args, parsed.problem, terminal);
    }
    const { directory, pipefile } = parsed.flags;
    const place = locate({ cwd: terminal.cwd, directory, pipefile });
    const { run } = await COMMAND[parsed.command]();
    return await run({ ...parsed, place }, terminal);
  } catch (error) {
    return report(error, terminal);
  }
}

// 1 would say that a step failed or is stale, which a bug of ours says nothing about.
const BUG_EXIT_CODE = 2;

/** Shows what was thrown; the result is the exit code. */
export function report(error: unknown, { err }: Pick<Terminal, "err">): number {
  if (error instanceof PipeError) {
    err.write(`${renderError(error)}\n`);
    return error.exitCode;
  }
  if (error instanceof Error && isRefusal(error)) return report(refused(error), { err });
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  err.write(`${text}\nThis is a bug in pipe; please report it with the lines above.\n`);
  return BUG_EXIT_CODE;
}
