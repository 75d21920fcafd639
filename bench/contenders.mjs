// The programs that are compared: how each is told the graph, started and read.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { moduleAction, modulePipefile, shellPipefile } from "./pipefile.mjs";

export const jobs = availableParallelism();
export const pipeEntry = fileURLToPath(new URL("../dist/pipe.js", import.meta.url));

const ninja = {
  name: "ninja",
  commandIn: () => ["ninja", "-j", `${jobs}`],
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
  /** The ledger of builds ends with a line for the last one. */
  ranOf(_, directory) {
    const lines = readFileSync(join(directory, "reports/builds.jsonl"), "utf8").trimEnd().split("\n");
    const { built, restored } = JSON.parse(lines.at(-1));
    return built + restored;
  },
};

const pipeShell = {
  ...pipe,
  name: "pipe shell",
  write: (directory, graph) => writeFileSync(join(directory, "Pipefile.ts"), shellPipefile(graph)),
};

const pipeModule = {
  ...pipe,
  name: "pipe module",
  write(directory, graph) {
    mkdirSync(join(directory, "rules"));
    writeFileSync(join(directory, "Pipefile.ts"), modulePipefile(graph));
    writeFileSync(join(directory, "rules/cksum.ts"), moduleAction);
  },
};

export const contenders = [ninja, make, pipeShell, pipeModule];

/**
 * A new project of `contender` for `graph` below `parent`. Nothing is deleted until the end of a benchmark: ext4 searches
 * past inodes that were freed in the last minutes, which makes each new file up to ten times as dear.
 */
export function projectOf({ contender, graph, parent }) {
  const directory = mkdtempSync(join(parent, prefixOf({ contender, graph })));
  for (const folder of ["source", "sum"]) mkdirSync(join(directory, folder));
  graph.sources.forEach((path, index) => writeFileSync(join(directory, path), `source ${index}\n`));
  contender.write(directory, graph);
  return { contender, graph, directory };
}

/** The project that an earlier run left below `parent`; undefined where there is none. */
export function projectLeft({ contender, graph, parent }) {
  const name = readdirSync(parent).find((each) => each.startsWith(prefixOf({ contender, graph })));
  return name === undefined ? undefined : { contender, graph, directory: join(parent, name) };
}

const prefixOf = ({ contender, graph }) => `${graph.shape}-${graph.size}-${contender.name.replace(/\W+/g, "-")}-`;
