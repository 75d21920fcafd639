/** The built command as a child process, with its plain output. */

import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

export const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));

export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once the text stands in what was printed to stdout. */
  printed(text: string): Promise<void>;
}

export function start(args: readonly string[], cwd: string, program = `${DIST}pipe.js`): Running {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { PATH, HOME },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
  const printed = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => (out.includes(text) ? resolve() : undefined);
      child.stdout.on("data", look);
      look();
      void ended.then(() => reject(new Error(`it ended without printing ${text}: ${out}${err}`)));
    });
  return { child, ended, printed };
}

export const command = (args: readonly string[], cwd: string): Promise<Ended> => start(args, cwd).ended;

/** Times differ from run to run. */
export const masked = (text: string): string => text.replaceAll(/\d+(?:\.\d)? (?:ms|s)\b/g, "TIME");
