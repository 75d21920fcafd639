/** `pipe rollback`: an earlier version of a model, put back with all that belongs to it, and held. */

import { statSync } from "node:fs";
import { newBuildId } from "../build-id.ts";
import { notLive } from "../core/error-model.ts";
import type { Unit } from "../core/unit.ts";
import { meantBy, versionToPutBack } from "../models.ts";
import type { Project } from "../project.ts";
import { rollBack } from "../rollback.ts";
import { outputPaths } from "../attempt.ts";
import { sha256Of } from "../store/digest.ts";
import { ledgerOf } from "../store/ledger.ts";
import { versionedJson } from "../ui/json.ts";
import { rolledBackText } from "../ui/models.ts";
import { notReported } from "../warning.ts";
import { holding } from "./holding.ts";
import type { Call } from "./main.ts";
import { noteFrom } from "./note.ts";
import type { Terminal } from "./terminal.ts";

export function run(call: Call, terminal: Terminal): Promise<number> {
  return holding(call, terminal, async ({ project, targets, emit }) => {
    const { flags } = call;
    const { models, text } = meantBy(project, targets);
    const { unit, version } = versionToPutBack(models, text);
    refuseUnlessLive(project, unit, flags["if-live"]);
    const note = noteFrom("pinned", flags.reason, terminal.env);
    const build = newBuildId(note.atMs);
    const { outputs, from } = rollBack(project, { unit, version, note, build, emit });
    const ledger = ledgerOf(project.root, build, (refusal) => emit(notReported(refusal)));
    for (const step of unit.steps) {
      const made = outputs.filter(({ path }) => outputPaths(step).includes(path));
      const durationMs = Date.now() - note.atMs;
      ledger.record({ type: "step-restored", step: step.id, reasons: [], durationMs, outputs: made, override: note });
    }
    ledger.close();
    const told = { model: unit.model, version, from, outputs };
    terminal.out.write(flags.json === true ? versionedJson({ ...told, override: note }) : rolledBackText(told));
    return 0;
  });
}

/** Whoever found a model bad may be late: another stands there by now, of which nobody said anything. */
function refuseUnlessLive({ root }: Project, unit: Unit, digest: string | undefined): void {
  if (digest === undefined) return;
  const paths = unit.steps.flatMap(outputPaths).filter((path) => isStandingFile(`${root}/${path}`));
  const isLive = paths.some((path) => sha256Of(`${root}/${path}`).startsWith(digest.toLowerCase()));
  if (!isLive) throw notLive({ model: unit.model, digest });
}

const isStandingFile = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isFile() === true;
