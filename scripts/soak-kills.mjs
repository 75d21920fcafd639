// Kills builds at random times until there were enough. A failure names the seed that it came from; PIPE_SEED and
// PIPE_PATH as it prints them repeat it.

import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { root } from "../bench/pipeline.mjs";

const LANES = Math.min(2, availableParallelism());
/** Projects a round and lane; of each some builds are killed. */
const PROJECTS = 30;

export async function soakByKills(wanted) {
  const startedMs = Date.now();
  const rounds = [];
  while (sumOf(rounds, "cuts") < wanted) {
    const seeds = Array.from({ length: LANES }, () => Math.floor(Math.random() * 2 ** 31));
    const done = await Promise.all(seeds.map(soak));
    done.forEach(tell);
    rounds.push(...done);
    if (done.some(({ isRight }) => !isRight)) process.exit(1);
  }
  return { rounds, seconds: Math.round((Date.now() - startedMs) / 1000) };
}

const sumOf = (rounds, field) => rounds.reduce((sum, round) => sum + round[field], 0);

function tell({ seed, cuts, builds, isRight, output }) {
  console.log(`seed ${seed}: ${cuts} of ${builds} builds killed, ${isRight ? "nothing lost" : "FAILED"}`);
  if (!isRight) console.error(output);
}

function soak(seed) {
  const vitest = [join(root, "node_modules/vitest/vitest.mjs"), "run", "test/properties/kills.test.ts"];
  const env = { ...process.env, NO_COLOR: "1", PIPE_SEED: String(seed), PIPE_KILLS_RUNS: String(PROJECTS) };
  const child = spawn(process.execPath, vitest, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      const [, cuts = 0, builds = 0] = /(\d+) of (\d+) builds were killed/.exec(output) ?? [];
      resolve({ seed, cuts: Number(cuts), builds: Number(builds), isRight: code === 0, output });
    });
  });
}

export function killsReport({ rounds, seconds }) {
  const rows = rounds.map(({ seed, cuts, builds }) => `| ${seed} | ${builds} | ${cuts} | nothing |`);
  return `## Kills

Random projects and edits, as for the oracle of test/properties; in the middle of each build the engine or one of its
workers is killed by SIGKILL at a random time. After each kill every output must hold all that it held or all that it is
due to hold, and whatever a person wrote must be there; the next build must make what a clean one makes, and the one
after it nothing.

${sumOf(rounds, "cuts")} kills in ${sumOf(rounds, "builds")} builds, ${seconds} s.

| seed | builds | killed | lost |
| --: | --: | --: | --- |
${rows.join("\n")}
`;
}
