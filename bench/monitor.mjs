// Measures what monitoring costs of a prediction: `pipe serve` under load with the CPU profiler on, and of the time that
// it was busy the share that went to what only monitoring calls. `node bench/monitor.mjs [--seconds 10] [--write]`

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { machineLines, requirePrograms } from "./machine.mjs";
import { mappedBundle } from "./mapped.mjs";
import { originOf } from "./origin.mjs";
import { projectIn } from "./pipeline.mjs";
import { loaded, started } from "./serving.mjs";

const { values: flags } = parseArgs({
  options: { seconds: { type: "string", default: "10" }, write: { type: "boolean", default: false } },
});

const ROW = {
  species: "Gentoo",
  island: "Biscoe",
  beak_length_mm: 48.4,
  beak_depth_mm: 16.3,
  flipper_length_mm: 220,
  sex: "MALE",
};
/** What is there for monitoring alone: counting, ids, and what is made of them once a second. */
const MONITORING = /^src\/(?:monitor\/|serve\/(?:watching|feedback)\.ts)/;
const IDLE = new Set(["(idle)", "(program)"]);
const ROUNDS = 3;

requirePrograms(["wrk", "taskset"], "$(cat bench/apt.txt)");
const rounds = await measured();
const text = reportOf(rounds);
process.stdout.write(text);
if (flags.write) writeFileSync(new URL("MONITOR.md", import.meta.url), text);

async function measured() {
  const parent = mkdtempSync(join(tmpdir(), "pipe-monitor-"));
  const bundle = await mappedBundle();
  try {
    const project = projectIn(join(parent, "project"));
    execFileSync(process.execPath, [bundle.entry, "build"], { cwd: project, stdio: "ignore" });
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await profiled({ parent, project, entry: bundle.entry }));
    return rounds;
  } finally {
    rmSync(parent, { recursive: true, force: true });
    rmSync(bundle.folder, { recursive: true, force: true });
  }
}

async function profiled({ parent, project, entry }) {
  const folder = mkdtempSync(join(parent, "profile-"));
  const profiler = ["--cpu-prof", `--cpu-prof-dir=${folder}`, "--cpu-prof-interval=500"];
  const commandIn = () => [process.execPath, ...profiler, entry, "serve", "-C", project, "--port", "0"];
  const server = await started({ name: "pipe serve", commandIn }, {});
  const { rate } = await loaded(server, ROW, Number(flags.seconds));
  await server.end();
  const [file] = readdirSync(folder);
  return { rate, ...sharesIn(JSON.parse(readFileSync(join(folder, file), "utf8"))) };
}

/** Each sample is of the monitoring if any of its frames is. */
function sharesIn({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const kinds = new Map();
  const visit = (id, isAbove) => {
    const { callFrame, children = [] } = byId.get(id);
    const isMonitoring = isAbove || MONITORING.test(originOf(callFrame).file);
    kinds.set(id, IDLE.has(callFrame.functionName) ? "idle" : isMonitoring ? "monitoring" : "other");
    for (const child of children) visit(child, isMonitoring);
  };
  visit(nodes[0].id, false);
  const sums = { idle: 0, monitoring: 0, other: 0 };
  samples.forEach((id, at) => (sums[kinds.get(id)] += timeDeltas[at]));
  const busy = sums.monitoring + sums.other;
  return { share: sums.monitoring / busy, busySeconds: busy / 1e6 };
}

function reportOf(rounds) {
  const shares = rounds.map(({ share }) => share).toSorted((one, other) => one - other);
  const percent = (share) => `${(share * 100).toFixed(1)} %`;
  return `# What monitoring costs

\`npm run bench:monitor\`: \`pipe serve\` with the model of the reference pipeline, one row a request, as fast as it answers, under
V8's sampling profiler. The share is of the time in which JavaScript ran, collecting garbage included: that of all samples
with a function of \`src/monitor\`, or of what calls it, in their stack: counting, the ids of predictions, and the windows.

| requests/s, profiled | busy | monitoring |
| --: | --: | --: |
${rounds.map(({ rate, busySeconds, share }) => `| ${rate.toFixed(0)} | ${busySeconds.toFixed(1)} s | ${percent(share)} |`).join("\n")}

Median: **${percent(shares[Math.floor(shares.length / 2)])}** of the time; at most 5 % is the mark.

${machineLines([]).join("\n")}
`;
}
