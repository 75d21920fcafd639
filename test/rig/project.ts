/**
 * A project in a temporary folder, driven through the real command.
 *
 * Actions append their names to a file outside of the project ($RUNS, which reaches them by `passEnv`): what ran is
 * counted without asking the tool.
 */

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { BuildEvent } from "../../src/core/event.ts";
import { pipefileOf } from "./pipefile.ts";

const PIPE = fileURLToPath(new URL("../../dist/pipe.js", import.meta.url));

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What `--json` printed, a value a line. */
  readonly events: readonly BuildEvent[];
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Called while the command still runs; `end` sends it a signal. */
  readonly onEvent?: (event: BuildEvent, end: (signal: NodeJS.Signals) => void) => void;
}

export interface Project {
  readonly root: string;
  /** Absolute path of a project file. */
  at(path: string): string;
  write(path: string, text: string): void;
  read(path: string): string;
  has(path: string): boolean;
  remove(path: string): void;
  /** Writes the Pipefile: an object of rules, and the options of the pipeline, as source text. */
  pipefile(rules: string, options?: string): void;
  /** Runs `pipe` in the project with `--json`, whatever comes of it. */
  pipe(args: readonly string[], options?: RunOptions): Promise<Run>;
  /** Runs `pipe build … --json`, which has to end with exit code 0. */
  build(...args: readonly string[]): Promise<Run>;
  /** The lines that actions wrote to $RUNS since the last call. */
  runs(): readonly string[];
}

/** An empty folder that is gone when the test ends. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "pipe-test-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A new project with these files. */
export function projectOf(files: Readonly<Record<string, string>> = {}): Project {
  const folder = temporaryFolder();
  const root = join(folder, "project");
  const counted = join(folder, "runs");
  let seen = 0;
  mkdirSync(root);
  const project: Project = {
    root,
    at: (path) => join(root, path),
    write(path, text) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    read: (path) => readFileSync(join(root, path), "utf8"),
    has: (path) => existsSync(join(root, path)),
    remove: (path) => rmSync(join(root, path), { recursive: true }),
    pipefile: (rules, options) => project.write("Pipefile.ts", pipefileOf(rules, options)),
    pipe: ([command = "", ...rest], options = {}) =>
      pipe(root, [command, ...(command === "graph" ? ["--format=json"] : ["--json"]), ...rest], {
        ...options,
        env: { RUNS: counted, ...options.env },
      }),
    async build(...args) {
      const run = await project.pipe(["build", ...args]);
      if (run.code !== 0)
        throw new Error(`pipe build ${args.join(" ")}: exit code ${run.code}\n${run.stdout}${run.stderr}`);
      return run;
    },
    runs() {
      const lines = existsSync(counted) ? readFileSync(counted, "utf8").split("\n").slice(0, -1) : [];
      const fresh = lines.slice(seen);
      seen = lines.length;
      return fresh;
    },
  };
  for (const [path, text] of Object.entries(files)) project.write(path, text);
  return project;
}

function pipe(cwd: string, args: readonly string[], { env, onEvent }: RunOptions): Promise<Run> {
  return new Promise((resolve, reject) => {
    const { PATH = "", HOME = "" } = process.env;
    const child = spawn(process.execPath, [PIPE, ...args], {
      cwd,
      env: { PATH, HOME, NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    // One that hangs ends with its test, and with it the test's folder can go.
    onTestFinished(() => void child.kill("SIGKILL"));
    const events: BuildEvent[] = [];
    const lines = linesOf((line) => {
      if (!line.startsWith("{")) return;
      const event = JSON.parse(line) as BuildEvent;
      events.push(event);
      onEvent?.(event, (signal) => void child.kill(signal));
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      lines(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr, events }));
  });
}

function linesOf(onLine: (line: string) => void): (text: string) => void {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  };
}
