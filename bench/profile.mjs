// Profiles pipe: `--cpu-prof` on the main process and on its workers, read as where the time itself was spent.

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pipeEntry, projectOf } from "./contenders.mjs";
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
        log(`## ${contender.name}, ${graph.shape} ${graph.size}, ${phase}\n`);
        profileContender({ contender, graph, parent, phase, entry: bundle.entry, log });
      }
    }
  } finally {
    rmSync(bundle.folder, { recursive: true });
  }
}

function profileContender({ contender, graph, parent, phase, entry, log }) {
  const projectCommand = () => {
    const { directory } = projectOf({ contender, graph, parent });
    return { directory, command: contender.commandIn(directory) };
  };
  const project = projectCommand();
  log(runLine("node -e 0", measure({ command: [process.execPath, "-e", "0"], directory: parent })));
  if (phase === "no-op") settle(project);
  log(runLine("not profiled", measure(project)));
  const { command, directory } = phase === "no-op" ? project : projectCommand();
  const folder = mkdtempSync(join(parent, "profiles-"));
  const [node, ...rest] = command.map((word) => (word === pipeEntry ? entry : word));
  // Worker processes take the flags from NODE_OPTIONS only where the pool lets them through.
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
