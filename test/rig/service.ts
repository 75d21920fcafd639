/** A service of a test's project: started as a person would, asked over HTTP, and ended with the test. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const COMMAND = fileURLToPath(new URL("../../dist/pipe.js", import.meta.url));

export interface Running {
  readonly url: string;
  readonly pid: number;
  /** SHA-256 of the model that it started with. */
  readonly live: string;
  /** All that it has written to stderr so far. */
  said(): string;
  /** What it did, as it says with --json, the last one last. */
  deeds(): readonly { readonly type: string; readonly digest?: string; readonly from?: string }[];
  get(path: string): Promise<{ readonly status: number; readonly body: string; readonly headers: Headers }>;
  post(
    path: string,
    body: unknown,
  ): Promise<{ readonly status: number; readonly body: never; readonly headers: Headers }>;
  signal(name: NodeJS.Signals): void;
  /** Ends it; gives its exit code. */
  end(name?: NodeJS.Signals): Promise<number | null>;
  /** Resolves once the condition holds; it is tried again after each answer, or when there is none to be had. */
  until(holds: () => Promise<boolean> | boolean): Promise<void>;
}

export interface NotStarted {
  readonly exitCode: number | null;
  readonly said: string;
}

const running = new Set<ChildProcess>();

export function endServices(): void {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
}

/** Resolves once it takes requests, or has ended. */
export async function serve(root: string, ...args: readonly string[]): Promise<Running | NotStarted> {
  const child = spawn(process.execPath, [COMMAND, "serve", "--port", "0", "--json", "-C", root, ...args], {
    env: { ...process.env, OWNER: "ada" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let [out, err] = ["", ""];
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const exited = once(child, "exit").then(([code]) => code as number | null);
  void exited.then(() => running.delete(child));
  const told = new Promise<string>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
      const line = out.split("\n").find((each) => each.includes('"serving"'));
      if (line !== undefined && out.endsWith("\n")) resolve(line);
    });
  });
  const first = await Promise.race([told, once(child, "close").then(() => undefined)]);
  if (first === undefined) return { exitCode: child.exitCode, said: err };
  const { url, pid, live } = JSON.parse(first) as { url: string; pid: number; live: string };
  const get: Running["get"] = async (path) => {
    const response = await fetch(`${url}${path}`, { redirect: "manual" });
    return { status: response.status, body: await response.text(), headers: response.headers };
  };
  return {
    url,
    pid,
    live,
    said: () => err,
    deeds: () =>
      out
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as { type: string }),
    get,
    async post(path, body) {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      const response = await fetch(`${url}${path}`, {
        method: "POST",
        body: text,
        headers: { "content-type": "application/json" },
      });
      return { status: response.status, body: (await response.json()) as never, headers: response.headers };
    },
    signal: (name) => void child.kill(name),
    async end(name = "SIGTERM") {
      child.kill(name);
      return exited;
    },
    async until(holds) {
      while (!(await holds())) await get("/health").catch(() => {});
    },
  };
}

/** The same, where it has to start. */
export async function served(root: string, ...args: readonly string[]): Promise<Running> {
  const found = await serve(root, ...args);
  if ("url" in found) return found;
  throw new Error(`the service did not start (${found.exitCode}): ${found.said}`);
}
