/** The real engine on a real disk, built from the sources of this checkout and driven within the process of the test. */

import { build as bundle } from "esbuild";
import { execFileSync, spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { BuildEvent, Emit } from "../../src/core/event.ts";
import type { StepStatus } from "../../src/core/status.ts";
import type { Ground } from "./edit.ts";
import type { Files } from "./model.ts";
import { definitionOf } from "./pipefile.ts";

const CHECKOUT = fileURLToPath(new URL("../..", import.meta.url));

export interface Engine {
  build(
    root: string,
    of: { readonly jobs: number; readonly args?: readonly string[]; readonly onEvent?: Emit; readonly sleep?: Sleep },
  ): Promise<{ readonly problem: string; readonly events: readonly BuildEvent[] }>;
  status(root: string): Promise<readonly StepStatus[]>;
  /** A build in a process of its own that is killed at the given rename of a publish; true where it came so far. */
  buildKilled(root: string, rename: number): Promise<boolean>;
  /** A build in a process of its own: it, or a worker of it, is killed after so long; says whether the signal came in time. */
  buildCut(root: string, cut: { readonly afterMs: number; readonly victim: "engine" | "worker" }): Promise<boolean>;
  remove(): void;
}

type Sleep = (ms: number) => unknown;

interface Listening {
  readonly onLine: (line: string) => void;
  /** Takes the place of the clock: every wait is over at once. */
  readonly sleep?: Sleep;
}

/** Bundles the engine to a folder from which it finds its packages. */
export async function engineOf(): Promise<Engine> {
  const folder = mkdtempSync(join(CHECKOUT, "node_modules/.pipefile-oracle-"));
  await bundle({
    absWorkingDir: CHECKOUT,
    entryPoints: {
      entry: fileURLToPath(new URL("./entry.ts", import.meta.url)),
      killed: fileURLToPath(new URL("./killed.ts", import.meta.url)),
      pipe: "src/cli/pipe.ts",
      index: "src/index.ts",
      model: "src/model/index.ts",
      worker: "src/run/worker.ts",
    },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    logLevel: "error",
  });
  const { main } = (await import(pathToFileURL(`${folder}/entry.js`).href)) as typeof import("./entry.ts");
  const pipe = async (root: string, args: readonly string[], of: Listening): Promise<string> => {
    let err = "";
    try {
      const code = await main([...args, "--json", "-C", root], {
        out: { write: (text) => text.trimEnd().split("\n").forEach(of.onLine) },
        err: { write: (text) => (err += text) },
        env: process.env,
        cwd: root,
        sleep: async (ms) => void (await of.sleep?.(ms)),
        interruption: () => ({ signal: new AbortController().signal, begin: () => {} }),
      });
      return code === 0 ? "" : `exit code ${code} ${err}`;
    } finally {
      // The command works in its project, which is gone when the test ends.
      process.chdir(CHECKOUT);
    }
  };
  return {
    async build(root, { jobs, args = [], onEvent, sleep = () => {} }) {
      const events: BuildEvent[] = [];
      const onLine = (line: string): void => {
        const event = JSON.parse(line) as BuildEvent;
        events.push(event);
        onEvent?.(event);
      };
      const problem = await pipe(root, ["build", `-j${jobs}`, ...args], { onLine, sleep });
      return { problem, events };
    },
    async status(root) {
      const lines: string[] = [];
      const problem = await pipe(root, ["status"], { onLine: (line) => lines.push(line) });
      if (problem !== "") throw new Error(problem);
      return (JSON.parse(lines.join("\n")) as { readonly steps: readonly StepStatus[] }).steps;
    },
    buildKilled: (root, rename) =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [`${folder}/killed.js`, root, String(rename)], {
          stdio: ["ignore", "ignore", "inherit"],
        });
        child.on("error", reject);
        child.on("exit", (code, signal) =>
          code === 0 || signal === "SIGKILL"
            ? resolve(signal === "SIGKILL")
            : reject(new Error(`the build ended with ${code}`)),
        );
      }),
    buildCut: (root, { afterMs, victim }) =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [`${folder}/pipe.js`, "build", "--json", "-j4"], {
          cwd: root,
          stdio: ["ignore", "ignore", "ignore"],
        });
        let isCut = false;
        const timer = setTimeout(() => {
          const pid = victim === "engine" ? child.pid : childrenOf(child.pid)[0];
          isCut = pid !== undefined && signalled(pid);
        }, afterMs);
        child.on("error", reject);
        child.on("exit", () => {
          clearTimeout(timer);
          resolve(isCut);
        });
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const childrenOf = (pid = 0): readonly number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .trim()
    .split(" ")
    .flatMap((word) => (word === "" ? [] : [Number(word)]));

/** False where the process has ended just before. */
function signalled(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
}

export interface DiskGround extends Ground {
  readonly root: string;
  /** The texts of all files that were saved from being overwritten. */
  rescued(): readonly string[];
  /** How often the cache remembered a run. */
  remembered(): number;
  clear(): void;
}

/** Puts the times back to the nanosecond, which Node's own call cannot. */
function keepingTimes(file: string, write: () => void): void {
  const reference = join(tmpdir(), `pipe-times-${process.pid}`);
  execFileSync("touch", ["-r", file, reference]);
  write();
  execFileSync("touch", ["-r", reference, file]);
  rmSync(reference);
}

const DEFINING = /^(?:Pipefile\.ts$|rules\/|\.pipe\/|logs\/|reports\/)/;

export function diskGround(): DiskGround {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "pipe-oracle-")));
  const at = (path: string): string => join(root, path);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  };
  return {
    root,
    read: (path) => (existsSync(at(path)) ? readFileSync(at(path), "utf8") : undefined),
    write(path, text, mtime) {
      if (mtime === "kept" && existsSync(at(path))) keepingTimes(at(path), () => write(path, text));
      else write(path, text);
      if (mtime === "old") utimesSync(at(path), 978_307_200, 978_307_200);
    },
    rename: (from, to) => renameSync(at(from), at(to)),
    remove: (path) => rmSync(at(path), { recursive: true, force: true }),
    touch: (path) => utimesSync(at(path), new Date(), new Date()),
    files: () => filesBelow(root, (path) => !DEFINING.test(path)),
    define(sketches) {
      for (const [path, text] of definitionOf(sketches))
        if (!existsSync(at(path)) || readFileSync(at(path), "utf8") !== text) write(path, text);
    },
    forget(what, way) {
      if (what === "everything") rmSync(at(".pipe"), { recursive: true, force: true });
      if (what === "everything") return "all";
      return what === "state" ? damageState(at(".pipe/state.log"), way) : damageObject(at(".pipe/cache/objects"), way);
    },
    rescued: () => [...filesBelow(at(".pipe/rescued"), () => true).values()],
    remembered: () => [...filesBelow(at(".pipe/cache/entries"), () => true).values()].join("").split("\n").length,
    clear: () => rmSync(root, { recursive: true, force: true }),
  };
}

function filesBelow(root: string, isAsked: (path: string) => boolean): Files {
  const found = new Map<string, string>();
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    if (!existsSync(join(root, folder))) continue;
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder + entry.name;
      if (!isAsked(entry.isDirectory() ? `${path}/` : path)) continue;
      if (entry.isDirectory()) folders.push(`${path}/`);
      else found.set(path, readFileSync(join(root, path), "utf8"));
    }
  }
  return found;
}

function damageState(file: string, way: number): "records" | "some-records" {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (way % 5 === 0) rmSync(file, { force: true });
  if (way % 5 === 0) return "records";
  if (size === 0) return "some-records";
  if (way % 5 < 3) truncateSync(file, Math.floor((size * (way % 89)) / 89));
  else scribble(file, (size * (way % 89)) / 89);
  return "some-records";
}

/** All of them, or one. */
function damageObject(folder: string, way: number): "some-objects" {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const chosen = way % 2 === 0 ? names : names.filter((_, at) => at === way % names.length);
  for (const name of chosen) {
    const file = join(folder, name);
    if (way % 3 === 0) rmSync(file);
    else if (way % 3 === 1) writeFileSync(file, "garbage");
    else scribble(file, 0);
  }
  return "some-objects";
}

/** Writes over some bytes, and leaves the size as it is. */
function scribble(file: string, from: number): void {
  const at = Math.max(0, Math.floor(Math.min(from, statSync(file).size - 1)));
  const descriptor = openSync(file, "r+");
  writeSync(
    descriptor,
    Buffer.alloc(Math.max(1, Math.min(7, statSync(file).size - at)), "#"),
    0,
    undefined,
    Math.max(0, at),
  );
  closeSync(descriptor);
}
