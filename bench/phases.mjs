// What is measured of one graph: cold, no-op and one edit, the contenders taking turns.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectLeft, projectOf } from "./contenders.mjs";
import { measure } from "./measure.mjs";

/** Pipe trusts a signature once its file is 50 ms old; nobody is to be measured inside that margin. */
const SETTLE_MS = 150;

/** A project that an earlier run left has that run's edits. */
const EDITS = Date.now();

/**
 * Runs all phases for one graph. Returns a row a phase and contender, with all its samples; none for
 * the cold build where an earlier run left all the projects.
 * Throws where a contender ran more or less than it had to, or two of them made different files.
 */
export function runPhases({ graph, chosen, parent, runs, log }) {
  const phase = (name, options) => {
    log(`${graph.shape} ${graph.size}: ${name}`);
    return alternate({ graph, chosen, phase: name, ...options });
  };
  const projects = chosen.map((contender) => projectLeft({ contender, graph, parent }));
  const anew = (index) => (projects[index] = projectOf({ contender: chosen[index], graph, parent }));
  const known = (index) => projects[index];
  const edited = (index, run) => editSource(projects[index], run);
  const isBuilt = projects.every((project) => project !== undefined);
  const cold = isBuilt ? [] : phase("cold", { runs: runs.cold, expected: graph.size, project: anew });
  sameOutputs(projects);
  // The first no-op after a build hashes young files once more; from the second on nothing is left to settle.
  phase("settle", { runs: 2, expected: 0, project: known });
  const noop = phase("no-op", { runs: runs.noop, expected: 0, project: known });
  if (graph.shape !== "wide" || runs.edit === 0) return [...cold, ...noop];
  const edit = phase("one edit", { runs: runs.edit, expected: 1, project: edited });
  sameOutputs(projects);
  return [...cold, ...noop, ...edit];
}

/** A B C A B C: what else the machine does meanwhile falls on all of them alike. */
function alternate({ graph, chosen, phase, runs, expected, project }) {
  const rows = chosen.map(({ name }) => ({
    shape: graph.shape,
    size: graph.size,
    phase,
    contender: name,
    samples: [],
  }));
  for (let run = 0; run < runs; run++) {
    for (const [index, row] of rows.entries()) {
      const prepared = project(index, run);
      pause();
      row.samples.push(sampleOf({ project: prepared, phase, expected }));
    }
  }
  return rows;
}

function sampleOf({ project: { contender, graph, directory }, phase, expected }) {
  const { output, ...sample } = measure({ command: contender.commandIn(directory), directory });
  const ran = contender.ranOf(output, directory);
  if (ran !== expected) {
    throw new Error(
      `${contender.name}, ${graph.shape} ${graph.size}, ${phase}: ran ${ran} steps, not ${expected}\n${output.slice(-2000)}`,
    );
  }
  return sample;
}

function editSource(project, run) {
  const { graph, directory } = project;
  const path = graph.sources[Math.floor(graph.sources.length / 2) + run];
  writeFileSync(join(directory, path), `edited ${run} ${EDITS}\n`);
  return project;
}

function sameOutputs(projects) {
  const [reference, ...others] = projects.map((project) => ({
    name: project.contender.name,
    digest: outputDigest(project),
  }));
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
