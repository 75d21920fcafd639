// Runs a command under measure.pl: CPU seconds of the whole process tree, wall seconds, memory, what it printed.

import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const wrapper = fileURLToPath(new URL("measure.pl", import.meta.url));

/** Without NODE_EXTRA_CA_CERTS, which alone adds a tenth of a second to every start of Node 20, and npm's variables. */
const quietEnv = Object.fromEntries(
  ["PATH", "HOME", "USER", "SHELL", "TMPDIR"].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
);

/** Measures one run; throws where the command fails. The output goes to a file, so that nobody reads while it runs. */
export function measure({ command, directory }) {
  const folder = mkdtempSync(join(tmpdir(), "pipe-measure-"));
  const printedPath = join(folder, "printed.txt");
  const printed = openSync(printedPath, "w");
  try {
    const { stdout, error } = spawnPerl({ command, directory, printed });
    const output = readFileSync(printedPath, "utf8");
    if (error) throw error;
    return { ...sampleOf(stdout, { command, output }), output };
  } finally {
    closeSync(printed);
    rmSync(folder, { recursive: true });
  }
}

function spawnPerl({ command, directory, printed }) {
  const { output, error } = spawnSync("perl", [wrapper, ...command], {
    cwd: directory,
    env: quietEnv,
    stdio: ["ignore", printed, printed, "pipe"],
  });
  return { stdout: output?.[3]?.toString() ?? "", error };
}

function sampleOf(line, { command, output }) {
  const [code, wallSeconds, userSeconds, systemSeconds, memoryKib] = line.trim().split(" ").map(Number);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}:\n${output.slice(-2000)}`);
  return {
    cpuSeconds: userSeconds + systemSeconds,
    userSeconds,
    systemSeconds,
    wallSeconds,
    memoryMib: memoryKib / 1024,
  };
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
