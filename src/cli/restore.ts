/** `pipe restore`: an earlier version of a step's outputs, put back and held, or the list of those that there are. */

import { newBuildId } from "../build-id.ts";
import { changesAmong, isSameContent } from "../core/version.ts";
import { restoreVersion, standing, stepOf, versionMeant } from "../override.ts";
import { ledgerOf } from "../store/ledger.ts";
import { versionedJson } from "../ui/json.ts";
import { restoredText, versionListText } from "../ui/override.ts";
import { versionsOf } from "../versions.ts";
import { notReported } from "../warning.ts";
import { holding } from "./holding.ts";
import type { Call } from "./main.ts";
import { noteFrom } from "./note.ts";
import { reading } from "./reading.ts";
import type { Terminal } from "./terminal.ts";

export function run(call: Call, terminal: Terminal): Promise<number> {
  return call.flags.list === true ? list(call, terminal) : restore(call, terminal);
}

function list(call: Call, terminal: Terminal): Promise<number> {
  return reading(call, terminal, async ({ project, targets: [target = ""] }) => {
    const step = stepOf(project, target);
    const now = standing(project, step);
    const versions = changesAmong(versionsOf(project, step)).map((version) => ({
      ...version,
      isCurrent: isSameContent(version.outputs, now),
    }));
    const { out } = terminal;
    out.write(
      call.flags.json === true ? versionedJson({ step: step.id, versions }) : versionListText(step.id, versions),
    );
    return 0;
  });
}

function restore(call: Call, terminal: Terminal): Promise<number> {
  return holding(call, terminal, async ({ project, targets: [target = ""], emit }) => {
    const { flags } = call;
    const step = stepOf(project, target);
    const version = versionMeant(project, step, flags.at);
    const override = noteFrom("restored", flags.reason, terminal.env);
    const build = newBuildId(override.atMs);
    const outputs = restoreVersion(project, { step, version, override, build, emit });
    const durationMs = Date.now() - override.atMs;
    const event = { type: "step-restored", step: step.id, reasons: [], durationMs, outputs, override } as const;
    // So that the list of versions tells what stood there from now on.
    const ledger = ledgerOf(project.root, build, (refusal) => emit(notReported(refusal)));
    ledger.record(event);
    ledger.close();
    const told = { step: step.id, version: { build: version.build, atMs: version.atMs }, override, outputs };
    terminal.out.write(flags.json === true ? versionedJson(told) : restoredText(told));
    return 0;
  });
}
