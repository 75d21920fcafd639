// The servers that are compared: how each is started on a core, asked, loaded and ended.

import { execFile, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./pipeline.mjs";

// Debian's, which has Debian's packages; another may come first in the PATH.
export const PYTHON = "/usr/bin/python3";
const SERVER_CORE = "0";
const CLIENT_CORE = "1";
export const CONNECTIONS = 32;

/** Keeps connections open through a whole run; its other defaults are gunicorn's own. */
const GUNICORN = ["--workers", "1", "--worker-class", "gthread", "--threads", "1", "--keep-alive", "75"];
const UVICORN = ["--workers", "1", "--no-access-log"];
const local = { host: "127.0.0.1", port: "0" };

const node = (script) => ({
  commandIn: ({ modelPath, digest }) => [process.execPath, join(root, "bench", script), modelPath, digest],
});

export const servers = [
  { name: "bare node:http", ...node("serve-bare.mjs") },
  {
    name: "pipe serve",
    commandIn: ({ project }) => [process.execPath, join(root, "dist/pipe.js"), "serve", "-C", project, "--port", "0"],
  },
  { name: "h3", ...node("serve-h3.mjs") },
  {
    name: "Flask, gunicorn",
    commandIn: () => [
      PYTHON,
      "-m",
      "gunicorn",
      ...GUNICORN,
      "--bind",
      `${local.host}:${local.port}`,
      "serve_flask:app",
    ],
  },
  {
    name: "FastAPI, uvicorn",
    commandIn: () => [
      PYTHON,
      "-m",
      "uvicorn",
      ...UVICORN,
      "--host",
      local.host,
      "--port",
      local.port,
      "serve_fastapi:app",
    ],
  },
];

/** Starts it and waits for the address that it prints. `model` tells where the model is. */
export async function started({ name, commandIn }, model) {
  const child = spawn("taskset", ["-c", SERVER_CORE, ...commandIn(model)], {
    cwd: join(root, "bench"),
    env: {
      PATH: process.env.PATH,
      PYTHONDONTWRITEBYTECODE: "1",
      PYTHONPATH: ".",
      MODEL_PATH: model.modelPath,
      MODEL_DIGEST: model.digest,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const end = () => (child.kill("SIGTERM"), ended);
  try {
    return { name, child, end, url: await addressOf(child, name) };
  } catch (error) {
    await end();
    throw error;
  }
}

const START_LIMIT_MS = 20_000;

function addressOf(child, name) {
  return new Promise((resolve, reject) => {
    let said = "";
    const failed = () => reject(new Error(`${name} told no address:\n${said.slice(-2000)}`));
    const timer = setTimeout(failed, START_LIMIT_MS);
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        said += chunk;
        const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
        if (address === undefined) return;
        clearTimeout(timer);
        resolve(`${address}/predict`);
      });
    child.once("error", failed).once("close", failed);
  });
}

export async function answerOf({ name, url }, row) {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(row) });
  if (response.status !== 200) throw new Error(`${name} answers ${response.status}: ${await response.text()}`);
  return response.json();
}

const run = promisify(execFile);

/** As many requests as it answers in these seconds, how long they took, and the CPU time that they cost the server. */
export async function loaded({ name, url, child }, row, seconds) {
  const before = cpuSecondsOf(child.pid);
  const script = join(root, "bench/serve.lua");
  const wrk = ["wrk", "-t", "1", "-c", `${CONNECTIONS}`, "-d", `${seconds}s`, "-s", script, url];
  const env = { PATH: process.env.PATH, ROW: JSON.stringify(row) };
  const { stdout } = await run("taskset", ["-c", CLIENT_CORE, ...wrk], { env });
  const { requests, microseconds, failed, p50, p99 } = JSON.parse(stdout.trimEnd().split("\n").at(-1));
  if (failed > 0) throw new Error(`${name} left ${failed} of ${requests} requests without an answer`);
  const cpuSeconds = cpuSecondsOf(child.pid) - before;
  return {
    rate: (requests / microseconds) * 1e6,
    p50Ms: p50 / 1_000,
    p99Ms: p99 / 1_000,
    cpuMicroseconds: (cpuSeconds / requests) * 1e6,
    busyShare: cpuSeconds / (microseconds / 1e6),
  };
}

/** What Linux counts in, on every machine of today. */
const TICKS_A_SECOND = 100;

/** User and system time of a process and of its children, which end with it. */
function cpuSecondsOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  const children = readdirSync(`/proc/${pid}/task`)
    .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" "))
    .filter((each) => each !== "");
  const ownSeconds = (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
  return children.reduce((sum, child) => sum + cpuSecondsOf(child), ownSeconds);
}
