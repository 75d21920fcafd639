// Measures pipe beside ninja and make on the same graphs. `node bench/run.mjs --help` tells the flags.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { contenders, jobs, pipeEntry } from "./contenders.mjs";
import { graphOf, shapes } from "./graph.mjs";
import { runHash } from "./hash.mjs";
import { machineLines, requirePrograms } from "./machine.mjs";
import { runPhases } from "./phases.mjs";
import { profile } from "./profile.mjs";
import { markLines, tables } from "./report.mjs";

const help = `node bench/run.mjs [flags]
  --sizes 1000,10000     steps of a graph
  --large                also the no-op of 100,000 steps, which are built first: minutes
  --shapes ${Object.keys(shapes).join(",")}
  --only ninja,make,...  contenders whose name contains one of these words
  --runs 3               runs of each phase; no-op and edit run at least 5 times
  --smoke                200 steps, one run: checks what ran and what was made, no times
  --keep <folder>        leaves the projects there, and takes those that an earlier run left, built, instead of new ones
  --write                also writes bench/RESULTS.md
  --profile no-op|cold   profiles pipe instead, on these shapes and sizes`;

const { values: flags } = parseArgs({
  options: {
    sizes: { type: "string", default: "1000,10000" },
    shapes: { type: "string", default: Object.keys(shapes).join(",") },
    only: { type: "string", default: "" },
    runs: { type: "string", default: "3" },
    large: { type: "boolean", default: false },
    keep: { type: "string" },
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

const RESULTS = new URL("RESULTS.md", import.meta.url);
const log = (text) => process.stdout.write(`${text}\n`);

if (flags.help) log(help);
else await main();

async function main() {
  requirePrograms(["ninja", "make", "perl", "cksum"]);
  const asked = plan();
  if (asked.chosen.some(({ name }) => name.startsWith("pipe")) && !existsSync(pipeEntry))
    throw new Error("dist/pipe.js is missing; run: npm run build");
  const parent = flags.keep === undefined ? mkdtempSync(join(tmpdir(), "pipe-bench-")) : resolve(flags.keep);
  mkdirSync(parent, { recursive: true });
  try {
    if (flags.profile) await profile({ ...asked, phase: flags.profile, parent, log });
    else await compare({ ...asked, parent });
  } finally {
    rmSync(flags.keep === undefined ? parent : join(parent, "hash"), { recursive: true, force: true });
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

async function compare({ graphs, chosen, runs, parent }) {
  const rows = graphs.flatMap((graph) => runPhases({ graph, chosen, parent, runs, log }));
  if (flags.large) rows.push(...largeNoOp({ chosen, runs, parent }));
  if (flags.smoke) {
    await runHash({ parent, runs: 1, log, mebibytes: 2 });
    return log("smoke: every contender built everything cold, nothing at no-op, and the same files");
  }
  rows.push(...(await runHash({ parent, runs: runs.noop, log })));
  const report = [...machineLines(PEERS), `- jobs: ${jobs}`, "", ...markLines(rows), "", tables(rows)].join("\n");
  log(report);
  if (flags.write) writeFileSync(RESULTS, resultsOf(report) + notes());
}

/** Of 100,000 steps no more than that: they take minutes to build, and the rest grows with their number. */
function largeNoOp({ chosen, runs, parent }) {
  const two = chosen.filter(({ name }) => name === "ninja" || name === "pipe module");
  const graph = graphOf("wide", 100_000);
  return runPhases({ graph, chosen: two, parent, runs: { ...runs, cold: 1, edit: 0 }, log });
}

/** What a person wrote of the figures stands below them, under a heading of its own. */
function notes() {
  const text = readFileSync(RESULTS, "utf8");
  const start = text.indexOf("\n## ");
  return start < 0 ? "" : text.slice(start);
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
