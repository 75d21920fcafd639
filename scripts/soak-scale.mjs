// Builds the reference pipeline on a table larger than the memory that its processes may take.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requirePrograms } from "../bench/machine.mjs";
import { measure } from "../bench/measure.mjs";
import { buildCommand, projectIn, STEPS } from "../bench/pipeline.mjs";

/** In any process of the build: engine, worker, and whatever they start. */
const MOST_MB = 500;

/** Throws where a process took more than it may. */
export function soakByScale(rows) {
  requirePrograms(["perl"]);
  const folder = mkdtempSync(join(tmpdir(), "pipe-soak-"));
  try {
    const { output, memoryMib, wallSeconds } = measure({
      command: [...buildCommand(STEPS.at(-1), rows), "--json"],
      directory: projectIn(join(folder, "project")),
    });
    const steps = stepsIn(output);
    const memoryMb = (memoryMib * 2 ** 20) / 1e6;
    console.log(`${rows} rows, ${STEPS[0]} to ${STEPS.at(-1)}: ${memoryMb.toFixed(0)} MB, ${wallSeconds.toFixed(1)} s`);
    if (steps.map(({ step }) => step).join() !== STEPS.join())
      throw new Error(`the build made ${steps.map(({ step }) => step).join(", ")}, not ${STEPS.join(", ")}`);
    if (!(memoryMb <= MOST_MB)) throw new Error(`a process took ${memoryMb.toFixed(0)} MB, more than ${MOST_MB} MB`);
    return { rows, steps, memoryMb, wallSeconds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const stepsIn = (output) =>
  output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === "step-built");

export function scaleReport({ rows, steps, memoryMb, wallSeconds }) {
  return `## Scale

The reference pipeline on ${rows.toLocaleString("en")} rows that it makes up, which become 8 numbers each: one build, from nothing to
\`${STEPS.at(-1)}\`. No process of it may have more than ${MOST_MB} MB in memory at any time. That is the kernel's own high-water mark
(\`ru_maxrss\`) of the largest process of the build's tree, engine and orphans included, and misses no burst.

${memoryMb.toFixed(0)} MB, ${wallSeconds.toFixed(0)} s.

| step | s |
| --- | --: |
${steps.map(({ step, durationMs }) => `| ${step} | ${(durationMs / 1000).toFixed(1)} |`).join("\n")}
`;
}
