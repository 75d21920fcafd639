/** What is told of a Pipefile that is refused: exit code 2, the error's code and names, and nothing ran. */

import { expect } from "vitest";
import type { Project } from "./project.ts";

/** A rule that could run at once: that it does not shows that nothing did. */
export const READY = `ready: rule({ inputs: {}, outputs: { out: "ready.txt" }, run: counting("ready", 'echo ready > "$out"') })`;

/** A rule with these inputs and outputs, which are never made. */
export const maker = (name: string, inputs: string, outputs: string): string =>
  `${name}: rule({ inputs: { ${inputs} }, outputs: { ${outputs} }, run: counting("${name}", "exit 1") })`;

export interface Refusal {
  readonly code?: string;
  /** What the message has to name. */
  readonly says: readonly string[];
  readonly targets?: readonly string[];
}

export async function expectRefused(project: Project, { code = "", says, targets = [] }: Refusal): Promise<void> {
  const run = await project.pipe(["build", ...targets]);
  expect(run.stderr).toContain(`error[${code}`);
  for (const text of says) expect(run.stderr).toContain(text);
  expect(run.code).toBe(2);
  // A mistake of the user's has no stack.
  expect(run.stderr).not.toMatch(/\n\s+at .*(?:dist|node:)/);
  expect([project.runs(), project.has("ready.txt"), project.has("logs")]).toEqual([[], false, false]);
}
