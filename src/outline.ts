/** Every step of a project as it is declared, for `list` and `graph`. */

import type { Outline } from "./core/status.ts";
import type { Project } from "./project.ts";

/** Every step of the project (or only those that the targets need), as declared. */
export async function outlineOf(project: Project, targets: readonly string[]): Promise<Outline> {
  const { catalog } = project;
  const graph = targets.length > 0 ? project.graph(targets) : project.wholeGraph();
  const byDefault = project.graph([]);
  const defaults = new Set(byDefault.targets.map((index) => byDefault.steps[index]?.id));
  return {
    steps: graph.steps.map((step, index) => {
      const { identity } = project.runs.get(step.rule.name) ?? {};
      return {
        step: step.id,
        rule: step.rule.name,
        description: step.rule.description,
        run: identity?.command ?? identity?.module ?? "",
        inputs: step.inputs.flatMap((slot) => slot.paths),
        outputs: step.outputs.flatMap((slot) => slot.paths),
        needs: (graph.needs[index] ?? []).map((need) => graph.steps[need]?.id ?? ""),
        isDefault: defaults.has(step.id),
      };
    }),
    wildcardRules: [...catalog.rules.values()]
      .filter((rule) => rule.wildcards.length > 0)
      .map((rule) => ({
        rule: rule.name,
        description: rule.description,
        outputs: rule.outputs.flatMap((slot) => slot.paths),
      })),
  };
}
