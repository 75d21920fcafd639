/** `pipe models`: the versions of the models, and what became of each. */

import { modelsOf, type Model } from "../models.ts";
import { versionedJson } from "../ui/json.ts";
import { modelsText } from "../ui/models.ts";
import { paintFor } from "../ui/paint.ts";
import type { Call } from "./main.ts";
import { reading } from "./reading.ts";
import type { Terminal } from "./terminal.ts";

export function run(call: Call, shown: Terminal): Promise<number> {
  return reading(call, shown, async ({ project, targets, terminal }) => {
    const models = modelsOf(project, targets).map(({ unit, versions }) => ({
      model: unit.model,
      folder: unit.folder,
      keep: unit.keep,
      metric: metricOf(unit),
      versions,
    }));
    const { out, env } = terminal;
    out.write(call.flags.json === true ? versionedJson({ models }) : modelsText(models, paintFor(out, env)));
    return 0;
  });
}

const metricOf = ({ steps }: Model["unit"]): string | undefined =>
  steps.map(({ rule }) => rule.policy.gate?.metric).find((metric) => metric !== undefined);
