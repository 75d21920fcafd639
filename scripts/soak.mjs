// Kills builds at random times until there were enough, and writes what came of it to bench/SOAK.md.
//
//   node scripts/soak.mjs [kills]     500 of them without a number
//
// A failure names the seed that it came from; PIPE_SEED and PIPE_PATH as it prints them repeat it.

import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism, release } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const wanted = Number(process.argv[2] ?? 500);
const LANES = Math.min(2, availableParallelism());
/** Projects a round and lane; of each some builds are killed. */
const PROJECTS = 30;

const startedMs = Date.now();
const rounds = [];
let kills = 0;
while (kills < wanted) {
  const seeds = Array.from({ length: LANES }, () => Math.floor(Math.random() * 2 ** 31));
  for (const round of await Promise.all(seeds.map(soak))) {
    rounds.push(round);
    kills += round.cuts;
    console.log(
      `seed ${round.seed}: ${round.cuts} of ${round.builds} builds killed, ${round.isRight ? "nothing lost" : "FAILED"}`,
    );
    if (!round.isRight) console.error(round.output);
  }
  if (rounds.some(({ isRight }) => !isRight)) process.exit(1);
}
writeFileSync(join(root, "bench/SOAK.md"), report());

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

function report() {
  const rows = rounds.map(({ seed, cuts, builds }) => `| ${seed} | ${builds} | ${cuts} | nothing |`);
  return `# What \`npm run soak\` found

Random projects and edits, as for the oracle of test/properties; in the middle of each build the engine or one of its
workers is killed by SIGKILL at a random time. After each kill every output must hold all that it held or all that it is
due to hold, and whatever a person wrote must be there; the next build must make what a clean one makes, and the one
after it nothing.

- ${kills} kills in ${rounds.reduce((sum, { builds }) => sum + builds, 0)} builds, ${Math.round((Date.now() - startedMs) / 1000)} s
- Linux ${release()}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}

| seed | builds | killed | lost |
| --: | --: | --: | --- |
${rows.join("\n")}
`;
}
