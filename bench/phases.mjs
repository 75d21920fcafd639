// What is measured of one graph: cold, no-op and one edit, the contenders taking turns.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clear } from "./contenders.mjs";
import { measure } from "./measure.mjs";

/** Pipe trusts a signature once its file is 50 ms old; nobody is to be measured inside that margin. */
const SETTLE_MS = 150;

/**
 * Runs all phases for the projects of one graph. Returns a row a phase and contender, with all its samples.
 * Throws where a contender ran more or less than it had to, or two of them made different files.
 */
export function runPhases({ projects, runs, log }) {
  const { shape, size } = projects[0].graph;
  const phase = (name, options) => {
    log(`${shape} ${size}: ${name}`);
    return alternate({ projects, phase: name, ...options });
  };
  const cold = phase("cold", { runs: runs.cold, expected: size, before: clear });
  sameOutputs(projects);
  // The first no-op after a build hashes young files once more; from the second on nothing is left to settle.
  phase("settle", { runs: 2, expected: 0 });
  const noop = phase("no-op", { runs: runs.noop, expected: 0 });
  if (shape !== "wide") return [...cold, ...noop];
  const edit = phase("one edit", { runs: runs.edit, expected: 1, before: editSource });
  sameOutputs(projects);
  return [...cold, ...noop, ...edit];
}

/** A B C A B C: what else the machine does meanwhile falls on all of them alike. */
function alternate({ projects, phase, runs, expected, before }) {
  const rows = projects.map(({ contender, graph }) => ({
    shape: graph.shape,
    size: graph.size,
    phase,
    contender: contender.name,
    samples: [],
  }));
  for (let run = 0; run < runs; run++) {
    projects.forEach((project, index) => {
      before?.(project, run);
      pause();
      rows[index].samples.push(sampleOf({ project, phase, expected }));
    });
  }
  return rows;
}

function sampleOf({ project: { contender, graph, directory }, phase, expected }) {
  const { output, ...sample } = measure({ command: contender.commandIn(directory), directory });
  const ran = contender.ranOf(output);
  if (ran !== expected) {
    throw new Error(`${contender.name}, ${graph.shape} ${graph.size}, ${phase}: ran ${ran} steps, not ${expected}\n${output.slice(-2000)}`);
  }
  return sample;
}

function editSource({ graph, directory }, run) {
  const path = graph.sources[Math.floor(graph.sources.length / 2) + run];
  writeFileSync(join(directory, path), `edited ${run}\n`);
}

function sameOutputs(projects) {
  const [reference, ...others] = projects.map((project) => ({ name: project.contender.name, digest: outputDigest(project) }));
  for (const { name, digest } of others) {
    if (digest !== reference.digest) throw new Error(`${name} and ${reference.name} made different files`);
  }
}

function outputDigest({ graph, directory }) {
  const hash = createHash("sha256");
  for (const { output } of graph.steps) hash.update(readFileSync(join(directory, output))).update("\0");
  return hash.digest("hex");
}

export function pause() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SETTLE_MS);
}
