/** `pipe rollback`: an earlier version of a model, put back with all that belongs to it, and held. */

import { newBuildId } from "../build-id.ts";
import { meantBy, versionToPutBack } from "../models.ts";
import { rollBack } from "../rollback.ts";
import { outputPaths } from "../attempt.ts";
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
