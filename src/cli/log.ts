/** `pipe log`: what the last run of a step printed, or what the one that runs prints. */

import { existsSync } from "node:fs";
import { ruleNameOf } from "../built.ts";
import { byCodeUnit } from "../core/artifact.ts";
import { stepsOfTargets } from "../core/graph.ts";
import { followsOne, noLog } from "../core/usage.ts";
import { follow } from "../follow.ts";
import type { Project } from "../project.ts";
import { LogTail } from "../store/log-tail.ts";
import { logPathOf } from "../store/log.ts";
import type { Call } from "./main.ts";
import { reading } from "./reading.ts";
import type { Terminal } from "./terminal.ts";

export async function run(call: Call, terminal: Terminal): Promise<number> {
  const { root } = call.place;
  const [word = ""] = call.words;
  const steps: string[] = [];
  await reading(call, terminal, async ({ project, targets }) => {
    steps.push(...stepsFor(project, word, targets));
    return 0;
  });
  const write = (text: string): void => void terminal.out.write(text);
  if (call.flags.follow === true) {
    const [step = "", ...others] = steps;
    if (others.length > 0) throw followsOne({ target: word, steps });
    await follow({ root, step, write });
  }
  const logged = steps.filter((step) => existsSync(`${root}/${logPathOf(step)}`));
  if (logged.length === 0) throw noLog({ target: word });
  if (call.flags.follow === true) return 0;
  for (const step of logged) for (const text of new LogTail(`${root}/${logPathOf(step)}`).added()) write(text);
  return 0;
}

/** The steps that the Pipefile or a record has under this name, or those that make the artifact. */
function stepsFor({ catalog, state, disk }: Project, word: string, targets: readonly string[]): readonly string[] {
  const declared = catalog.steps.filter((step) => step.id === word || step.rule.name === word).map((step) => step.id);
  const traced = [...state.traces].filter((step) => step === word || ruleNameOf(step) === word);
  // In the order of the Pipefile, then those that were asked for by their outputs alone.
  const named = [...new Set([...declared, ...traced.toSorted(byCodeUnit)])];
  return named.length > 0 ? named : stepsOfTargets(catalog, disk, targets).map((step) => step.id);
}
