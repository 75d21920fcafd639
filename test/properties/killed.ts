/**
 * A build that dies between two renames of a publish: `node killed.js <root> <which rename>`.
 *
 * The signal comes from the process itself, at the very call; a parent could only guess the moment.
 */

import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { build, openProject } from "./entry.ts";

const [, , root = "", last = "1"] = process.argv;
const rename = fs.renameSync;
let left = Number(last);
fs.renameSync = (from, to): void => {
  const isStaged = [from, to].map((path) => String(path).includes("/.pipe/stage/"));
  if (isStaged[0] !== isStaged[1] && --left === 0) process.kill(process.pid, "SIGKILL");
  rename(from, to);
};
syncBuiltinESMExports();

const emit = (): void => {};
const project = await openProject({
  root,
  pipefile: `${root}/Pipefile.ts`,
  params: [],
  access: "write",
  wait: false,
  env: process.env,
  emit,
});
process.exitCode = await build({
  project,
  targets: [],
  jobs: 1,
  force: [],
  useCache: true,
  emit,
  signal: new AbortController().signal,
});
await project[Symbol.asyncDispose]();
