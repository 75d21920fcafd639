// Asks a service for predictions until it could have lost its memory, had it kept anything of each.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectIn, root } from "../bench/pipeline.mjs";

const CONNECTIONS = 16;
/** So much more than at a tenth of the requests may the service take at their end. */
const MOST_GROWTH = 1.1;
/** Until the engine has compiled what it will, and its heap has the size that it keeps. */
const WARM_UP = 20_000;
const MEASUREMENTS = 15;
const pipe = join(root, "dist/pipe.js");

/**
 * Throws where memory grew, or where monitoring has an alarm, of rows as in training. After every seventh prediction comes
 * what came true, so that each row has its turn.
 */
export async function soakByServing(requests) {
  const folder = mkdtempSync(join(tmpdir(), "pipe-soak-serve-"));
  const project = projectIn(join(folder, "project"));
  const pipefile = join(project, "Pipefile.ts");
  const windows = 'name: "penguins", monitor: { rows: 1_000, minTime: "1s", rotate: "1MB", keep: 3 } }';
  writeFileSync(pipefile, readFileSync(pipefile, "utf8").replace('name: "penguins" }', windows));
  execFileSync(process.execPath, [pipe, "build"], { cwd: project, stdio: "ignore" });
  const service = await served(project);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  try {
    const startMs = performance.now();
    const rows = rowsIn(project);
    await asked({ service, agent, rows, from: 0, to: WARM_UP });
    await asked({ service, agent, rows, from: 0, to: requests / 10 });
    const earlyMb = await memoryMb(service);
    await asked({ service, agent, rows, from: requests / 10, to: requests });
    const lateMb = await memoryMb(service);
    const seconds = (performance.now() - startMs) / 1000;
    service.child.kill("SIGTERM");
    const exitCode = await service.ended;
    const counted = JSON.parse(execFileSync(process.execPath, [pipe, "monitor", "--json", "--no-page"], READ(project)));
    const found = { requests, seconds, earlyMb, lateMb, exitCode, status: counted.status };
    console.log(JSON.stringify(found));
    if (exitCode !== 0) throw new Error(`the service ended with ${exitCode}`);
    if (!(lateMb <= MOST_GROWTH * earlyMb)) throw new Error(`memory grew from ${earlyMb} MB to ${lateMb} MB`);
    return found;
  } finally {
    agent.destroy();
    service.child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

const READ = (project) => ({ cwd: project, encoding: "utf8", maxBuffer: 1e9 });

/** Rows as training had them, so that no alarm is right. */
function rowsIn(project) {
  const [head, ...lines] = readFileSync(join(project, "data/clean.csv"), "utf8").trimEnd().split("\n");
  const names = head.split(",");
  return lines.map((line) => {
    const row = Object.fromEntries(line.split(",").map((cell, at) => [names[at], valueOf(cell)]));
    return { body: JSON.stringify(row), actual: row.body_mass_g };
  });
}

const valueOf = (cell) => (cell === "" ? null : Number.isNaN(Number(cell)) ? cell : Number(cell));

function served(project) {
  const child = spawn(process.execPath, [pipe, "serve", "--port", "0", "--json"], {
    cwd: project,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  return new Promise((resolve, reject) => {
    child.stdout.once("data", (line) => resolve({ child, ended, url: JSON.parse(line).url }));
    void ended.then((code) => reject(new Error(`the service did not start: ${code}`)));
  });
}

/** Each connection asks one thing after another. */
async function asked({ service, agent, rows, from, to }) {
  let next = from;
  const client = async () => {
    for (let at = next++; at < to; at = next++) {
      // In an order that no window sees half of.
      const { body, actual } = rows[(at * 7919) % rows.length];
      const { id } = await posted(agent, `${service.url}/predict`, body);
      if (at % 7 === 0) await posted(agent, `${service.url}/feedback`, JSON.stringify({ id, actual }));
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
}

function posted(agent, url, body) {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const asking = request(url, { agent, method: "POST", headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => (text += chunk));
      response.on("end", () =>
        response.statusCode === 200 ? resolve(JSON.parse(text)) : reject(new Error(`${response.statusCode}: ${text}`)),
      );
    });
    asking.once("error", reject).end(body);
  });
}

/** The least of some measurements: what the collector has not come to yet is nothing that is kept. */
async function memoryMb({ url }) {
  const found = [];
  for (let count = 0; count < MEASUREMENTS; count++) {
    const text = await (await fetch(`${url}/metrics`)).text();
    found.push(Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)[1]) / 1e6);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return Math.min(...found);
}

export const servingReport = ({ requests, seconds, earlyMb, lateMb, status }) => `## Serving

${requests.toLocaleString("en")} predictions over ${CONNECTIONS} connections, and a label for every seventh, of a service that writes a window a second and
rotates them. At the end it may take ${MOST_GROWTH} times the memory that it took after a tenth of them, ${WARM_UP.toLocaleString("en")} more having come before.

${earlyMb.toFixed(0)} MB after a tenth, ${lateMb.toFixed(0)} MB at the end, ${seconds.toFixed(0)} s; monitoring says \`${status}\`.
`;
