/**
 * A build that dies between two renames of a publish: `node killed.js <root> <which rename>`.
 *
 * The signal comes from the process itself, at the very call; a parent could only guess the moment.
 */

import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { main } from "./entry.ts";

const [, , root = "", last = "1"] = process.argv;
const rename = fs.renameSync;
let left = Number(last);
fs.renameSync = (from, to): void => {
  const isStaged = [from, to].map((path) => String(path).includes("/.pipe/stage/"));
  if (isStaged[0] !== isStaged[1] && --left === 0) process.kill(process.pid, "SIGKILL");
  rename(from, to);
};
syncBuiltinESMExports();

process.exitCode = await main(["build", "--json", "-j1", "-C", root], {
  out: { write: () => true },
  err: process.stderr,
  env: process.env,
  cwd: root,
  sleep: async () => {},
  interruption: () => ({ signal: new AbortController().signal, begin: () => {} }),
});
