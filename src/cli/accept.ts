/** `pipe accept`: what stands at a step's outputs is taken for right. */

import { noteOf } from "../core/override.ts";
import { badUsage } from "../core/usage.ts";
import { statusOf } from "../inspect.ts";
import { accept, stepOf } from "../override.ts";
import { versionedJson } from "../ui/json.ts";
import { acceptedText } from "../ui/override.ts";
import { acceptedEarly } from "../warning.ts";
import { holding } from "./holding.ts";
import type { Call } from "./main.ts";
import { noteFrom } from "./note.ts";
import type { Terminal } from "./terminal.ts";

export function run(call: Call, terminal: Terminal): Promise<number> {
  const { flags } = call;
  const note = noteFrom("accepted", flags.reason, terminal.env);
  if (note.reason === "") {
    const problem = `'pipe accept' needs --reason "…": why what no run of the step made is right`;
    throw badUsage({ problem, near: undefined, see: "pipe accept --help" });
  }
  return holding(call, terminal, async ({ project, targets: [target = ""], emit }) => {
    const step = stepOf(project, target);
    const override = accept(project, step, note);
    const status = (await statusOf(project, [step.id])).find((found) => found.step === step.id);
    if (status?.plan === "may-run") emit(acceptedEarly(step.id, status.after));
    const told = { step: step.id, override: noteOf(override), outputs: override.trace.outputs };
    terminal.out.write(flags.json === true ? versionedJson(told) : acceptedText(told));
    return 0;
  });
}
