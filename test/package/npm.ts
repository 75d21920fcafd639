/** npm in folders of their own, as a stranger would run it. */

import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");

export type Ended = SpawnSyncReturns<string>;

export function run(cwd: string, command: string, ...args: readonly string[]): Ended {
  return spawnSync(command, args, { cwd, encoding: "utf8", env: strangersEnv(), timeout: 120_000 });
}

/** The standard output of a command that has to succeed. */
export function output(cwd: string, command: string, ...args: readonly string[]): string {
  const { status, error, stdout, stderr } = run(cwd, command, ...args);
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error ?? status}\n${stdout}${stderr}`);
  return stdout;
}

/** A new folder with these files. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "package-")));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

// `npm test` tells its children about the project it runs in; a stranger's shell knows nothing of it.
function strangersEnv(): NodeJS.ProcessEnv {
  const ours = /^(npm_(package|lifecycle|config_local_prefix|config_prefix|command|execpath)|INIT_CWD|NODE_ENV|VITEST)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
