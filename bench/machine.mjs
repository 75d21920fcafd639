// What the figures were measured on: machine, versions, date.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, tmpdir, totalmem } from "node:os";

/** `tools` are commands that print a version, and what to call it. */
export function machineLines(tools) {
  const [first] = cpus();
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return [
    `- machine: ${first.model}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${fileSystem()}`,
    `- kernel: Linux ${release()}, ${distribution()}`,
    `- versions: ${[`pipe ${version}`, `Node ${process.version}`, ...tools.map(versionOf)].join(", ")}`,
    `- date: ${new Date().toISOString().slice(0, 10)}`,
  ];
}

function fileSystem() {
  return execFileSync("df", ["--output=fstype", tmpdir()], { encoding: "utf8" }).trim().split("\n")[1];
}

function distribution() {
  return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "unknown";
}

/** Fails by name where a program is missing, before anything is measured. */
export function requirePrograms(programs, packages = "ninja-build make perl coreutils") {
  for (const program of programs) {
    try {
      execFileSync("sh", ["-c", 'command -v "$1"', "sh", program], { stdio: "ignore" });
    } catch {
      throw new Error(`${program} is missing; on Debian: apt-get install ${packages}`);
    }
  }
}

function versionOf([name, command, ...args]) {
  const [line] = execFileSync(command, args, { encoding: "utf8" }).split("\n");
  return `${name} ${line}`.trim();
}
