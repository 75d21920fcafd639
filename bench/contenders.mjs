// The programs that are compared: how each is told the graph, started, read and set back to nothing built.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { moduleAction, modulePipefile, shellPipefile } from "./pipefile.mjs";

export const jobs = availableParallelism();
export const pipeEntry = fileURLToPath(new URL("../dist/pipe.js", import.meta.url));

const ninja = {
  name: "ninja",
  commandIn: () => ["ninja", "-j", `${jobs}`],
  state: [".ninja_log", ".ninja_deps"],
  /** A line a step that ran: `[3/10] cksum …`. */
  ranOf: (output) => output.match(/^\[\d+\/\d+\]/gm)?.length ?? 0,
  write(directory, graph) {
    const rule = "rule cksum\n  command = cksum $in > $out\n";
    const steps = graph.steps.map(({ inputs, output }) => `build ${output}: cksum ${inputs.join(" ")}\n`);
    writeFileSync(join(directory, "build.ninja"), rule + steps.join(""));
  },
};

const make = {
  name: "make -r",
  commandIn: () => ["make", "-r", "-j", `${jobs}`],
  state: [],
  /** make prints each command that it runs. */
  ranOf: (output) => output.match(/^cksum /gm)?.length ?? 0,
  write(directory, graph) {
    const all = `all: ${graph.steps.map((step) => step.output).join(" ")}\n.PHONY: all\n`;
    const steps = graph.steps.map(({ inputs, output }) => `${output}: ${inputs.join(" ")}\n\tcksum $^ > $@\n`);
    writeFileSync(join(directory, "Makefile"), all + steps.join(""));
  },
};

const pipe = {
  commandIn: (directory) => [process.execPath, pipeEntry, "build", "-C", directory, "-j", `${jobs}`],
  state: [".pipe", "logs", "reports"],
  ranOf: (output) => {
    const built = /(\d+) built/.exec(output);
    if (!built) throw new Error(`pipe printed no count of what it built:\n${output.slice(-2000)}`);
    return Number(built[1]);
  },
};

const pipeShell = {
  ...pipe,
  name: "pipe, shell",
  write: (directory, graph) => writeFileSync(join(directory, "Pipefile.ts"), shellPipefile(graph)),
};

const pipeModule = {
  ...pipe,
  name: "pipe, module",
  write(directory, graph) {
    mkdirSync(join(directory, "rules"));
    writeFileSync(join(directory, "Pipefile.ts"), modulePipefile(graph));
    writeFileSync(join(directory, "rules/cksum.ts"), moduleAction);
  },
};

export const contenders = [ninja, make, pipeShell, pipeModule];

/** A fresh project of `contender` for `graph` below `parent`. */
export function projectOf({ contender, graph, parent }) {
  const directory = join(parent, `${graph.shape}-${graph.size}-${contender.name.replace(/\W+/g, "-")}`);
  for (const folder of ["source", "sum"]) mkdirSync(join(directory, folder), { recursive: true });
  graph.sources.forEach((path, index) => writeFileSync(join(directory, path), `source ${index}\n`));
  contender.write(directory, graph);
  return { contender, graph, directory };
}

/** Back to nothing built: no outputs, no state. */
export function clear({ contender, directory }) {
  for (const path of ["sum", ...contender.state]) rmSync(join(directory, path), { recursive: true, force: true });
  mkdirSync(join(directory, "sum"));
}
