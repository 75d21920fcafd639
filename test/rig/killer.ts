/** Ends the command itself, not what it starts, before its n-th call that changes a file. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./project.ts";

const text = (calls: readonly string[]): string => `
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
let left = process.argv[1]?.endsWith("pipe.js") === true ? Number(process.env.TEST_KILL_AT) : 0;
for (const name of ${JSON.stringify(calls)}) {
  const call = fs[name];
  fs[name] = (...args) => {
    if (--left === 0) process.kill(process.pid, "SIGKILL");
    return call(...args);
  };
}
syncBuiltinESMExports();
`;

const CALLS = ["renameSync", "writeSync", "writeFileSync", "copyFileSync", "cpSync", "linkSync", "rmSync", "fsyncSync"];

/** The environment that has a command end before a call of this number; 1 for the first. */
export function killing(): (at: number) => Readonly<Record<string, string>> {
  const file = join(temporaryFolder(), "killer.mjs");
  writeFileSync(file, text(CALLS));
  return (at) => ({ NODE_OPTIONS: `--import=${file}`, TEST_KILL_AT: String(at) });
}
