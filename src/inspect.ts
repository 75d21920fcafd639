/** The read-only commands' view of a project: what a build would do, and why. Writes nothing but the stat cache. */

import { directoriesAbove, isDirectory } from "./core/artifact.ts";
import type { Step } from "./core/catalog.ts";
import { PipeError } from "./core/error.ts";
import type { Graph, GrowingGraph } from "./core/graph.ts";
import { isFirm, noteOf } from "./core/override.ts";
import { ABSENT, type Digest, type PathState, type Reason } from "./core/staleness.ts";
import { isSettled, type Plan, type StepStatus } from "./core/status.ts";
import { outputsToPutBack } from "./hold.ts";
import { isHeldBack, judge, reasonsThatCount, type Judgement, type Look } from "./judge.ts";
import type { Project } from "./project.ts";
import { candidateFor, type Seen } from "./restore.ts";

/** The steps that the targets need, in an order where each comes after what it needs. */
export async function statusOf(project: Project, targets: readonly string[]): Promise<readonly StepStatus[]> {
  const forecast = new Forecast(project, project.graph(targets));
  forecast.run();
  return [...forecast.statuses.values()];
}

/** What a build would do, step by step, as far as it can be told without running anything. */
class Forecast {
  /** By index in the graph, in the order in which they were told. */
  readonly statuses = new Map<number, StepStatus>();
  readonly #project: Project;
  readonly #graph: GrowingGraph;
  /** What a restored step will put in place, and what a temporary one held, is known: dependents are judged by it. */
  readonly #known = new Map<string, Digest>();
  readonly #found = new Map<number, readonly number[]>();
  readonly #demanded = new Set<number>();

  constructor(project: Project, graph: GrowingGraph) {
    this.#project = project;
    this.#graph = graph;
  }

  run(): void {
    for (let index = 0; index < this.#graph.steps.length; index++) {
      // What the last run of a step found may have to be told first, and what that needs, however long the chain.
      const open = [index];
      for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
        const next = this.statuses.has(top) ? undefined : this.#tell(top, new Set(open));
        if (next === undefined) open.pop();
        else open.push(next);
      }
    }
  }

  /** Tells of a step, or returns the step that must be told of first. */
  #tell(index: number, open: ReadonlySet<number>): number | undefined {
    const step = this.#stepAt(index);
    const untold = this.#needsOf(index).find((need) => !this.statuses.has(need) && !open.has(need));
    if (untold !== undefined) return untold;
    const look = this.#lookFor(index, open);
    const judgement = judge(this.#project, step, look);
    if (judgement.waitsFor !== undefined) return this.#makerToTell(index, judgement.waitsFor);
    const inputs = new Set([...inputsOf(step), ...judgement.observed.discovered.map(({ path }) => path)]);
    const needs = isFirm(judgement.hold?.override)
      ? []
      : this.#needsOf(index).filter((need) => !isSettled(this.#planOf(need)));
    const unsure = needs.filter((need) => this.#isOpen(need, inputs));
    const waiting = new Set(unsure.flatMap((need) => outputsOf(this.#graph, need)));
    const sure = judgement.reasons.filter((reason) => !isOf(reason, waiting));
    const reasons = reasonsThatCount(step, look, sure);
    const mayRestore = unsure.length === 0 && reasons.length > 0;
    const seen = { judgement, look: this.#sureOnly(look, step) };
    const find: Found = mayRestore ? restorable(this.#project, step, seen) : {};
    if (find.waitsFor !== undefined) return this.#makerToTell(index, find.waitsFor);
    const plan = planOf({ judgement, reasons, isRestorable: find.outputs !== undefined, isWaiting: unsure.length > 0 });
    const missing = plan === "would-run" ? this.#hiddenNeeds(index) : [];
    if (missing.length > 0) return this.#demand(missing);
    this.#know(judgement, find.outputs);
    // A stale step goes back to every need that will change; one that may run, to those that will decide it.
    const after = isSettled(plan) ? [] : plan === "may-run" ? unsure : needs;
    this.statuses.set(index, {
      step: step.id,
      rule: step.rule.name,
      plan,
      reasons,
      needs: this.#namesOf(this.#needsOf(index)),
      after: this.#namesOf(after),
      outputs: outputsOf(this.#graph, index),
      ...(judgement.isFallback ? { isFallback: true } : {}),
      ...notesOf(judgement),
    });
    return undefined;
  }

  #lookFor(index: number, open: ReadonlySet<number>): Look {
    return {
      digestOf: (path) => this.#known.get(path) ?? this.#project.observer.digestOf(path),
      needsOutputs: () => this.#demanded.has(index),
      isForced: () => false,
      readinessOf: (path) => {
        try {
          const makers = this.#graph.makersOf(path, this.#stepAt(index));
          this.#found.set(index, [...new Set([...(this.#found.get(index) ?? []), ...makers])]);
          if (makers.some((maker) => open.has(maker))) return "lost";
          return makers.every((maker) => this.statuses.has(maker)) ? "ready" : "pending";
        } catch (error) {
          if (!(error instanceof PipeError)) throw error;
          return "lost";
        }
      },
    };
  }

  /** What a step has yet to make holds for no run in the cache. */
  #sureOnly(look: Look, step: Step): Look {
    const isSure = (path: string): boolean =>
      !this.#graph.makersOf(path, step).some((maker) => this.#isOpen(maker, new Set([path])));
    return {
      ...look,
      readinessOf(path) {
        const readiness = look.readinessOf(path);
        return readiness === "ready" && !isSure(path) ? "lost" : readiness;
      },
    };
  }

  #isOpen(need: number, inputs: ReadonlySet<string>): boolean {
    return isOpen(this.#planOf(need), inputs, outputsOf(this.#graph, need));
  }

  #makerToTell(index: number, path: string): number | undefined {
    return this.#graph.makersOf(path, this.#stepAt(index)).find((maker) => !this.statuses.has(maker));
  }

  #know({ trace, observed }: Judgement, restored: readonly PathState[] | undefined): void {
    for (const { path, digest } of restored ?? []) this.#known.set(path, digest);
    if (restored !== undefined || trace === undefined) return;
    for (const { path, digest } of observed.outputs) {
      const was = trace.outputs.find((output) => output.path === path)?.digest;
      if (digest === ABSENT && was !== undefined) this.#known.set(path, was);
    }
  }

  /** Temporary steps whose outputs are gone, and which a step that would run reads. */
  #hiddenNeeds(index: number): readonly number[] {
    return this.#needsOf(index).filter(
      (need) =>
        this.#planOf(need) === "fresh" &&
        !this.#demanded.has(need) &&
        outputsOf(this.#graph, need).some((output) => this.#known.has(output)),
    );
  }

  #demand(needs: readonly number[]): number | undefined {
    for (const need of needs) {
      this.#demanded.add(need);
      this.statuses.delete(need);
      for (const output of outputsOf(this.#graph, need)) this.#known.delete(output);
    }
    return needs[0];
  }

  #stepAt(index: number): Step {
    return this.#graph.steps[index] as Step;
  }

  #planOf(index: number): Plan | undefined {
    return this.statuses.get(index)?.plan;
  }

  #needsOf(index: number): readonly number[] {
    return [...(this.#graph.needs[index] ?? []), ...(this.#found.get(index) ?? [])];
  }

  #namesOf(indexes: readonly number[]): readonly string[] {
    return indexes.map((index) => this.#stepAt(index).id);
  }
}

function notesOf({ hold }: Judgement): Pick<StepStatus, "override" | "ended"> {
  if (hold === undefined) return {};
  return { [hold.state === "ended" ? "ended" : "override"]: noteOf(hold.override) };
}

interface Found {
  /** What a build would put in place without running the step. */
  readonly outputs?: readonly PathState[] | undefined;
  readonly waitsFor?: string;
}

function restorable(project: Project, step: Step, seen: Seen): Found {
  const { hold, observed } = seen.judgement;
  if (hold?.state === "broken")
    return { outputs: outputsToPutBack(project, step, { hold, standing: observed.outputs }) };
  const { candidate, waitsFor } = candidateFor(project, step, seen);
  return { outputs: candidate?.outputs, ...(waitsFor !== undefined && { waitsFor }) };
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
  if (isHeldBack(of.judgement) && !of.isWaiting) return "held";
  return of.isWaiting ? "may-run" : "fresh";
}

/**
 * True where it is open what a needed step will leave for these inputs to read. What would be restored is known, but
 * only whole: of a directory that would be, no single member.
 */
function isOpen(plan: Plan | undefined, inputs: ReadonlySet<string>, outputs: readonly string[]): boolean {
  if (plan !== "would-restore") return plan !== undefined && !isSettled(plan);
  const known = new Set(outputs);
  return [...inputs].some((input) => !known.has(input) && overlaps(input, known));
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
