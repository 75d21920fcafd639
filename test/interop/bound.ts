/** The command where the system refuses: bound by permissions, behind limits, on disks of its own. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished } from "vitest";
import type { Project } from "../rig/project.ts";

const PIPE = fileURLToPath(new URL("../../dist/pipe.js", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

// What lets root read and write whatever its permissions say.
const POWERS = "-dac_override,-dac_read_search,-fowner";

/** `pipe` as somebody whom permissions bind, root too. */
export function pipeBound(project: Project, args: readonly string[]): Promise<Ended> {
  const isRoot = process.getuid?.() === 0;
  const drop = ["setpriv", `--bounding-set=${POWERS}`, `--inh-caps=${POWERS}`, "--"];
  return run([...(isRoot ? drop : []), process.execPath, PIPE, ...args], project);
}

/** `pipe` under a shell that has done something first, such as lowering a limit. */
export const pipeAfter = (before: string, project: Project, args: readonly string[]): Promise<Ended> =>
  run(["sh", "-euc", `${before}; exec "$@"`, "sh", process.execPath, PIPE, ...args], project);

/** A script in a mount namespace of its own, in which `$pipe` is the command and `$root` the project. */
export const inNamespace = (script: string, project: Project): Promise<Ended> =>
  run(["unshare", "--user", "--map-root-user", "--mount", "sh", "-euc", script], project);

/** A command line in the project; a program that is missing fails by its name. */
async function run([program = "", ...args]: readonly string[], project: Project): Promise<Ended> {
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, NO_COLOR: "1", RUNS: `${dirname(project.root)}/runs` };
  const child = spawn(program, args, {
    cwd: project.root,
    env: { ...env, root: project.root, pipe: `${process.execPath} ${PIPE}` },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const [code] = (await once(child, "close").catch((error: Error) => {
    throw new Error(`${program} does not run: ${error.message}`);
  })) as [number | null];
  return { code, out, err };
}

/** A refusal is told for a person: never as a bug of ours, and never with a stack of Node's. */
export function expectTold({ out, err }: Pick<Ended, "out" | "err">, says: readonly string[]): void {
  const text = `${out}${err}`;
  expect(text).not.toMatch(/This is a bug|\n\s+at .*(?:node:|dist\/)/);
  for (const each of says) expect(text).toContain(each);
}
