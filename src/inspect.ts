/** The read-only commands' view of a project: what a build would do, and why. Writes nothing but the stat cache. */

import { directoriesAbove, isDirectory } from "./core/artifact.ts";
import type { Step } from "./core/catalog.ts";
import type { Graph } from "./core/graph.ts";
import { noteOf } from "./core/override.ts";
import type { Digest, PathState, Reason } from "./core/staleness.ts";
import type { Outline, Plan, StepStatus } from "./core/status.ts";
import { outputsToPutBack } from "./hold.ts";
import { judge, type Judgement } from "./judge.ts";
import type { Project } from "./project.ts";
import { candidateFor } from "./restore.ts";

/** The steps that the targets need, in an order where each comes after what it needs. */
export async function statusOf(project: Project, targets: readonly string[]): Promise<readonly StepStatus[]> {
  const graph = project.graph(targets);
  const plans: Plan[] = [];
  // What a restored step will put in place is known, so its dependents can be judged as if it stood there already.
  const restored = new Map<string, Digest>();
  const digestOf = (path: string): Digest => restored.get(path) ?? project.observer.digestOf(path);
  return graph.steps.map((step, index) => {
    const inputs = new Set(inputsOf(step));
    const judgement = judge(project, step, digestOf);
    const needs = isFirm(judgement) ? [] : (graph.needs[index] ?? []).filter((need) => plans[need] !== "fresh");
    const open = needs.filter((need) => isOpen(plans[need], inputs, outputsOf(graph, need)));
    const waiting = new Set(open.flatMap((need) => outputsOf(graph, need)));
    const reasons = judgement.reasons.filter((reason) => !isOf(reason, waiting));
    const found = open.length === 0 && reasons.length > 0 ? restorable(project, step, judgement) : undefined;
    for (const output of found ?? []) restored.set(output.path, output.digest);
    const plan = planOf({ judgement, reasons, isRestorable: found !== undefined, isWaiting: open.length > 0 });
    plans.push(plan);
    // A stale step goes back to every need that will change; one that may run, to those that will decide it.
    const after = plan === "fresh" ? [] : plan === "may-run" ? open : needs;
    const names = after.map((need) => graph.steps[need]?.id ?? "");
    return { step: step.id, plan, reasons, after: names, outputs: outputsOf(graph, index), ...notesOf(judgement) };
  });
}

/** True where a person decided on what stands at the outputs, whatever becomes of the inputs. */
const isFirm = ({ hold }: Judgement): boolean => hold !== undefined && hold.override.kind !== "accepted";

function notesOf({ hold }: Judgement): Pick<StepStatus, "override" | "ended"> {
  if (hold === undefined) return {};
  return { [hold.state === "ended" ? "ended" : "override"]: noteOf(hold.override) };
}

/** What a build would put in place without running the step. */
function restorable(project: Project, step: Step, judgement: Judgement): readonly PathState[] | undefined {
  const { hold, observed } = judgement;
  return hold?.state === "broken"
    ? outputsToPutBack(project, step, { hold, standing: observed.outputs })
    : candidateFor(project, step, judgement)?.outputs;
}

function planOf(of: {
  readonly judgement: Judgement;
  readonly reasons: Judgement["reasons"];
  readonly isRestorable: boolean;
  readonly isWaiting: boolean;
}): StepStatus["plan"] {
  if (of.reasons.length > 0 && !of.isRestorable)
    return of.judgement.hold?.state === "broken" ? "would-fail" : "would-run";
  if (of.reasons.length > 0) return "would-restore";
  return of.isWaiting ? "may-run" : "fresh";
}

/**
 * True where it is open what a needed step will leave for these inputs to read. What would be restored is known, but
 * only whole: of a directory that would be, no single member.
 */
function isOpen(plan: Plan | undefined, inputs: ReadonlySet<string>, outputs: readonly string[]): boolean {
  if (plan !== "would-restore") return plan !== undefined && plan !== "fresh";
  return outputs.some((output) => !inputs.has(output) && overlaps(output, inputs));
}

/** What an input holds now says little if the step that makes it has yet to run; that it is new is sure. */
const isOf = ({ part, name, was, now }: Reason, waiting: ReadonlySet<string>): boolean =>
  (part === "input" || part === "discovered") && was !== undefined && now !== undefined && overlaps(name, waiting);

/** True where the path is one of these, inside of one, or has one inside. */
const overlaps = (path: string, paths: ReadonlySet<string>): boolean =>
  paths.has(path) ||
  directoriesAbove(path).some((above) => paths.has(above)) ||
  (isDirectory(path) && [...paths].some((inside) => inside.startsWith(path)));

const inputsOf = (step: Step): readonly string[] => step.inputs.flatMap((slot) => slot.paths);

const outputsOf = (graph: Graph, index: number): readonly string[] =>
  graph.steps[index]?.outputs.flatMap((slot) => slot.paths) ?? [];

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
        inputs: inputsOf(step),
        outputs: outputsOf(graph, index),
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
