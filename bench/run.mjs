// Measures pipe beside ninja and make on the same graphs. `node bench/run.mjs --help` tells the flags.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { contenders, jobs, pipeEntry } from "./contenders.mjs";
import { graphOf, shapes } from "./graph.mjs";
import { machineLines, requirePrograms } from "./machine.mjs";
import { runPhases } from "./phases.mjs";
import { profile } from "./profile.mjs";
import { markLines, tables } from "./report.mjs";

const help = `node bench/run.mjs [flags]
  --sizes 1000,10000     steps of a graph (100000 works too, and takes its time)
  --shapes ${Object.keys(shapes).join(",")}
  --only ninja,make,...  contenders whose name contains one of these words
  --runs 3               runs of each phase; no-op and edit run at least 5 times
  --smoke                200 steps, one run: checks what ran and what was made, no times
  --write                also writes bench/RESULTS.md
  --profile no-op|cold   profiles pipe instead, on these shapes and sizes`;

const { values: flags } = parseArgs({
  options: {
    sizes: { type: "string", default: "1000,10000" },
    shapes: { type: "string", default: Object.keys(shapes).join(",") },
    only: { type: "string", default: "" },
    runs: { type: "string", default: "3" },
    smoke: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    profile: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

const PEERS = [
  ["ninja", "ninja", "--version"],
  ["", "make", "--version"],
  ["", "cksum", "--version"],
];

const log = (text) => process.stdout.write(`${text}\n`);

if (flags.help) log(help);
else await main();

async function main() {
  requirePrograms(["ninja", "make", "perl", "cksum"]);
  const asked = plan();
  if (asked.chosen.some(({ name }) => name.startsWith("pipe")) && !existsSync(pipeEntry))
    throw new Error("dist/pipe.js is missing; run: npm run build");
  const parent = mkdtempSync(join(tmpdir(), "pipe-bench-"));
  try {
    if (flags.profile) await profile({ ...asked, phase: flags.profile, parent, log });
    else compare({ ...asked, parent });
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

/** What the flags ask for. */
function plan() {
  const runs = flags.smoke ? 1 : Number(flags.runs);
  const words = flags.only.split(",");
  const sizes = flags.smoke ? [200] : flags.sizes.split(",").map(Number);
  return {
    graphs: sizes.flatMap((size) => flags.shapes.split(",").map((shape) => graphOf(shape, size))),
    chosen: contenders.filter(({ name }) => words.some((word) => name.includes(word))),
    runs: { cold: runs, noop: flags.smoke ? 1 : Math.max(runs, 5), edit: flags.smoke ? 1 : Math.max(runs, 5) },
  };
}

function compare({ graphs, chosen, runs, parent }) {
  const rows = graphs.flatMap((graph) => runPhases({ graph, chosen, parent, runs, log }));
  if (flags.smoke) return log("smoke: every contender built everything cold, nothing at no-op, and the same files");
  const report = [...machineLines(PEERS), `- jobs: ${jobs}`, "", ...markLines(rows), "", tables(rows)].join("\n");
  log(report);
  if (flags.write) writeFileSync(new URL("RESULTS.md", import.meta.url), resultsOf(report));
}

function resultsOf(report) {
  const about = shapeLines().join("\n");
  return `# What \`npm run bench\` measured

CPU seconds (user and system) of the whole process tree, reaped and orphaned children included; medians; the contenders
take turns. Memory is that of the largest process. Every step does what \`cksum IN > OUT\` does on files of a few bytes; a module step
computes the same sum in JavaScript. All made the same files. ninja and make run \`sh -c\`, as pipe's shell steps do.

${about}

- command: \`node bench/run.mjs ${process.argv.slice(2).join(" ")}\`
${report}
`;
}

function shapeLines() {
  return Object.entries(shapes).map(([name, { about }]) => `- ${name}: ${about}`);
}
