// Measures `pipe serve` beside what else answers predictions. `node bench/serve.mjs --help` tells the flags.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { machineLines, requirePrograms } from "./machine.mjs";
import { projectIn, root } from "./pipeline.mjs";
import { serveReport } from "./serve-report.mjs";
import { answerOf, loaded, PYTHON, servers, started } from "./serving.mjs";

const help = `node bench/serve.mjs [flags]
  --rounds 5              turns of each server
  --seconds 3             of each turn
  --only bare,pipe,...    servers whose name contains one of these words; bare and pipe are always among them
  --write                 also writes bench/SERVE.md`;

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "3" },
    only: { type: "string", default: "" },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

/** Until the engine has compiled what it will, and then before each turn. */
const FIRST_WARM_UP_SECONDS = 4;
const WARM_UP_SECONDS = 1;
const ROW = {
  species: "Gentoo",
  island: "Biscoe",
  beak_length_mm: 48.4,
  beak_depth_mm: 16.3,
  flipper_length_mm: 220,
  sex: "MALE",
};

const log = (text) => process.stdout.write(`${text}\n`);

if (flags.help) log(help);
else await main();

async function main() {
  requirePrograms(["wrk", "taskset", PYTHON], "$(cat bench/apt.txt)");
  const parent = mkdtempSync(join(tmpdir(), "pipe-serve-"));
  try {
    const rounds = await compared(modelIn(join(parent, "project")));
    const machine = [
      ...machineLines(versions()),
      `- load average: ${loadavg()[0].toFixed(1)} in the last minute, of which the server and wrk are 2`,
    ];
    const report = serveReport({ rounds, seconds: Number(flags.seconds), row: ROW, machine });
    log(report);
    if (flags.write) writeFileSync(new URL("SERVE.md", import.meta.url), report);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

/** The reference project, built. */
function modelIn(folder) {
  const project = projectIn(folder);
  execFileSync(process.execPath, [join(root, "dist/pipe.js"), "build"], { cwd: project, stdio: "ignore" });
  const [digest] = readFileSync(join(project, "model/checksum.txt"), "utf8").split(" ");
  return { project, modelPath: join(project, "model/model.bin"), digest };
}

async function compared(model) {
  const words = ["bare", "pipe", ...flags.only.split(",").filter((word) => word !== "")];
  const chosen = flags.only === "" ? servers : servers.filter(({ name }) => words.some((word) => name.includes(word)));
  const running = [];
  try {
    for (const server of chosen) running.push(await started(server, model));
    await requireSameAnswers(running);
    for (const server of running) await loaded(server, ROW, FIRST_WARM_UP_SECONDS);
    const rounds = [];
    for (let at = 1; at <= Number(flags.rounds); at++) rounds.push(await roundOf(running, at));
    return rounds;
  } finally {
    await Promise.all(running.map(({ end }) => end()));
  }
}

async function requireSameAnswers(running) {
  const answers = await Promise.all(running.map((server) => answerOf(server, ROW)));
  const [first] = answers;
  for (const [at, { prediction, model }] of answers.entries()) {
    const isClose = Math.abs(prediction - first.prediction) <= 1e-9 * Math.abs(first.prediction);
    if (!isClose || model !== first.model)
      throw new Error(`${running[at].name} answers ${prediction} by ${model}, and ${running[0].name} otherwise`);
  }
  log(`all answer ${first.prediction}`);
}

/** A turn of each. */
async function roundOf(running, at) {
  const round = {};
  for (const server of running) {
    await loaded(server, ROW, WARM_UP_SECONDS);
    const sample = await loaded(server, ROW, Number(flags.seconds));
    round[server.name] = sample;
    log(
      `round ${at}: ${server.name}: ${Math.round(sample.rate)} requests/s, ${sample.cpuMicroseconds.toFixed(1)} CPU µs`,
    );
  }
  return round;
}

/** Of Debian's packages: uvicorn and the rest tell theirs in ways of their own. */
function versions() {
  const packages = ["wrk", "python3", "python3-flask", "gunicorn", "python3-fastapi", "python3-uvicorn"];
  return packages.map((name) => [
    name.replace("python3-", ""),
    "dpkg-query",
    "--show",
    "--showformat=${Version}",
    name,
  ]);
}
