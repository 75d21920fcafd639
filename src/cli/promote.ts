/** `pipe promote`: a version that was held back goes live, or one that was rejected may come again. */

import { newBuildId } from "../build-id.ts";
import { both } from "../core/event.ts";
import { badUsage } from "../core/usage.ts";
import { meantBy, versionTyped } from "../models.ts";
import { heldStep, pardon, promoteHeld } from "../promote.ts";
import { ledgerOf } from "../store/ledger.ts";
import { Publisher } from "../store/publish.ts";
import { versionedJson } from "../ui/json.ts";
import { pardonedText, promotedText } from "../ui/models.ts";
import { notReported } from "../warning.ts";
import { holding } from "./holding.ts";
import type { Call } from "./main.ts";
import { noteFrom } from "./note.ts";
import type { Terminal } from "./terminal.ts";

export function run(call: Call, terminal: Terminal): Promise<number> {
  const { flags } = call;
  const note = noteFrom("accepted", flags.reason, terminal.env);
  if (note.reason === "") {
    const problem = `'pipe promote' needs --reason "…": why what was held back is right`;
    throw badUsage({ problem, near: undefined, see: "pipe promote --help" });
  }
  return holding(call, terminal, async ({ project, targets, emit }) => {
    const { models, text = "" } = meantBy(project, targets);
    const { unit, version } = versionTyped(
      models,
      text,
      ({ status, waiting }) => waiting !== undefined || status === "rejected",
    );
    const told = { model: unit.model, version };
    const show = (shown: object, words: string): void => {
      terminal.out.write(flags.json === true ? versionedJson(shown) : words);
    };
    if (version.waiting === undefined) {
      pardon(project, unit, { version, note });
      show(told, pardonedText(told));
      return 0;
    }
    const step = heldStep(project, version);
    const build = newBuildId(note.atMs);
    const ledger = ledgerOf(project.root, build, (refusal) => emit(notReported(refusal)));
    const publisher = new Publisher(project, build);
    const candidate = { ...note, candidate: version.digest };
    const outputs = promoteHeld({ project, publisher, emit: both(ledger.record, emit) }, step, candidate);
    ledger.close();
    show({ ...told, outputs }, promotedText({ ...told, outputs }));
    return 0;
  });
}
