/** The command under strace, which ends a process at one of its system calls: before it, so every state between is met. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { onTestFinished } from "vitest";

/** A system call, by its name and how many of that name came before: `when` is 1 for the first. */
export interface Moment {
  readonly call: string;
  readonly when: number;
}

/** The arguments that make strace end its tracee at this moment. It traces one thread, so nothing that the tracee starts. */
export const killingAt = ({ call, when }: Moment, voice: "quiet" | "noisy" = "quiet"): readonly string[] => [
  ...(voice === "quiet" ? ["-qq"] : []),
  "--output=/dev/null",
  `--trace=${call}`,
  `--inject=${call}:signal=KILL:when=${when}`,
];

/** A missing strace fails by its name. */
export function strace(
  args: readonly string[],
  of: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): ChildProcess {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn("strace", args, {
    cwd: of.cwd,
    env: { PATH, HOME, NO_COLOR: "1", ...of.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

export interface Traced {
  /** True where the signal came. */
  readonly isKilled: boolean;
  readonly out: string;
  readonly err: string;
}

export async function ended(child: ChildProcess): Promise<Traced> {
  let [out, err] = ["", ""];
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (err += text));
  const [, signal] = (await once(child, "close").catch((error: Error) => {
    throw new Error(`strace does not run: ${error.message}`);
  })) as [number | null, string | null];
  return { isKilled: signal === "SIGKILL", out, err };
}

const LONGEST_END_MS = 2000;
const POLL_MS = 10;

/** Resolves when no process is left whose environment has this variable; throws where one is left after 2 s. */
export async function noneLeftOf(variable: string): Promise<void> {
  const endMs = Date.now() + LONGEST_END_MS;
  for (let left = processesWith(variable); left.length > 0; left = processesWith(variable)) {
    if (Date.now() > endMs) throw new Error(`still there: ${left.join(", ")}`);
    await delay(POLL_MS);
  }
}

function processesWith(variable: string): readonly string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name) && environmentOf(name).includes(variable));
}

function environmentOf(pid: string): readonly string[] {
  try {
    return existsSync(`/proc/${pid}/environ`) ? readFileSync(`/proc/${pid}/environ`, "utf8").split("\0") : [];
  } catch {
    // It ended just now.
    return [];
  }
}
