/** Starts the process: hands over to the project's own installation, or serves the command line itself. */

import { dirname, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { interruption } from "./interrupt.ts";
import { localCommand } from "./local.ts";
import { nearestPipefile } from "./locate.ts";
import { main, report } from "./main.ts";
import { placeOf } from "./parse.ts";
import type { Terminal } from "./terminal.ts";

// An installation that was handed over to serves, whatever it finds; two can never hand over in turns.
const HANDED_OVER = Symbol.for("pipefile.handed-over");

/** `entry` is the URL of the command's own file. */
export async function start(entry: string): Promise<void> {
  const args = process.argv.slice(2);
  const local = HANDED_OVER in globalThis ? undefined : localCommand(projectOf(args), fileURLToPath(entry));
  if (local !== undefined) {
    Object.defineProperty(globalThis, HANDED_OVER, { value: true });
    await import(pathToFileURL(local).href);
    return;
  }
  // The reader of a pipe may leave (`pipe list | head`): what is left to say has no reader, and the work goes on.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", ignoreLostReader);
  const terminal: Terminal = {
    out: process.stdout,
    err: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    // Aborted is as good as awake: whoever waits asks for the signal next.
    sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => {}),
    interruption: () => interruption(process),
  };
  // Node would exit with 1, which says that a step failed.
  process.on("uncaughtException", (error) => process.exit(report(error, terminal)));
  process.exitCode = await main(args, terminal);
}

/** The folder where the project is, as far as can be told before anything is checked. */
function projectOf(args: readonly string[]): string {
  const { directory, pipefile } = placeOf(args);
  const cwd = resolve(directory ?? "");
  const file = pipefile === undefined ? nearestPipefile(cwd) : resolve(cwd, pipefile);
  return file === undefined ? cwd : dirname(file);
}

function ignoreLostReader(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
