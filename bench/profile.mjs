// Profiles pipe: `--cpu-prof` on the main process and on its workers, read as where the time itself was spent.

import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { clear, pipeEntry, projectOf } from "./contenders.mjs";
import { mappedBundle } from "./mapped.mjs";
import { measure } from "./measure.mjs";
import { pause } from "./phases.mjs";
import { profileText } from "./self-time.mjs";

/** Profiles one phase, `no-op` or `cold`, of each pipe contender on each graph. */
export async function profile({ graphs, chosen, phase, parent, log }) {
  if (phase !== "no-op" && phase !== "cold") throw new Error(`--profile ${phase}: only no-op or cold`);
  const bundle = await mappedBundle();
  try {
    for (const graph of graphs) {
      for (const contender of chosen.filter(({ name }) => name.startsWith("pipe"))) {
        const project = projectOf({ contender, graph, parent });
        log(`## ${contender.name}, ${graph.shape} ${graph.size}, ${phase}\n`);
        profileProject({ project, phase, entry: bundle.entry, log });
        rmSync(project.directory, { recursive: true });
      }
    }
  } finally {
    rmSync(bundle.folder, { recursive: true });
  }
}

function profileProject({ project, phase, entry, log }) {
  const { contender, directory } = project;
  const command = contender.commandIn(directory);
  log(runLine("node -e 0", measure({ command: [process.execPath, "-e", "0"], directory })));
  if (phase === "no-op") settle({ command, directory });
  log(runLine("not profiled", measure({ command, directory })));
  if (phase === "cold") clear(project);
  const folder = join(directory, "..", "profiles");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const [node, ...rest] = command.map((word) => (word === pipeEntry ? entry : word));
  // Child processes inherit the flags where the pool leaves their execArgv alone.
  const flags = ["--cpu-prof", `--cpu-prof-dir=${folder}`, "--cpu-prof-interval=200"];
  log(runLine("profiled", measure({ command: [node, ...flags, ...rest], directory })));
  for (const name of readdirSync(folder).toSorted()) log(profileText(join(folder, name)));
}

/** Build, and then let young signatures be hashed once more. */
function settle(project) {
  for (let run = 0; run < 3; run++) {
    measure(project);
    pause();
  }
}

function runLine(name, { userSeconds, systemSeconds, wallSeconds, memoryMib }) {
  const [user, system, wall] = [userSeconds, systemSeconds, wallSeconds].map((seconds) => seconds.toFixed(3));
  return `${name}: user ${user} s, system ${system} s, wall ${wall} s, ${memoryMib.toFixed(0)} MiB`;
}
