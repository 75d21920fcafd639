/** The graph of the steps that a set of targets needs, in an order where each comes after what it needs. Pure. */

import type { Catalog, Disk, Step } from "./catalog.ts";
import { cycle, noInstances, noRuleMakes, unknownTarget, wrongKind } from "./error.ts";
import { nearest } from "./nearest.ts";

export interface Graph {
  /** In topological order; a number elsewhere in the graph is an index into this list. */
  readonly steps: readonly Step[];
  readonly needs: readonly (readonly number[])[];
  readonly dependents: readonly (readonly number[])[];
  readonly targets: readonly number[];
}

/** A graph that takes in what turns out to be needed while a build runs. */
export interface GrowingGraph extends Graph {
  /**
   * The steps that a path comes from, which the graph has from now on; none for a source. A new one stands after all
   * that it needs, and after every step that was there before. Throws as drawing does, and then has grown by nothing.
   */
  readonly makersOf: (path: string, neededBy: Step) => readonly number[];
}

/** Draws the graph, or throws: a cycle with its path, a missing source with who needs it and the nearest name. */
export function graphOf(catalog: Catalog, disk: Disk, roots: readonly Step[]): GrowingGraph {
  const drawing = new Drawing(catalog, disk);
  const { steps, needs, dependents } = drawing;
  const targets = roots.map((root) => drawing.draw(root, NO_CHAIN));
  return {
    steps,
    needs,
    dependents,
    targets,
    makersOf(path, neededBy) {
      const { length } = steps;
      const chain = chainWith(NO_CHAIN, neededBy);
      try {
        return catalog.makersOf(path, chain).map((maker) => drawing.draw(maker, chain));
      } catch (error) {
        drawing.shrink(length);
        throw error;
      }
    },
  };
}

class Drawing {
  readonly steps: Step[] = [];
  readonly needs: (readonly number[])[] = [];
  readonly dependents: number[][] = [];
  readonly #indexes = new Map<Step, number>();
  readonly #frameOf: (step: Step, parent: ReadonlySet<string>) => Frame;

  constructor(catalog: Catalog, disk: Disk) {
    this.#frameOf = framesFrom(catalog, disk);
  }

  /** Adds a step after all that it needs; returns its index. */
  draw(root: Step, chain: ReadonlySet<string>): number {
    // A chain may be longer than the call stack is deep, so the walk keeps a stack of its own.
    const stack: Frame[] = this.#indexes.has(root) ? [] : [this.#frameOf(root, chain)];
    const open = new Set<Step>([root]);
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const next = frame.makers[frame.at++];
      if (next === undefined) {
        stack.pop();
        open.delete(frame.step);
        this.#add(frame);
      } else if (open.has(next)) {
        throw cycle(cycleIn(stack, next));
      } else if (!this.#indexes.has(next)) {
        open.add(next);
        stack.push(this.#frameOf(next, frame.chain));
      }
    }
    return this.#indexes.get(root) ?? -1;
  }

  #add({ step, makers }: Frame): void {
    const index = this.steps.length;
    this.#indexes.set(step, index);
    this.steps.push(step);
    const needed = makers.map((maker) => this.#indexes.get(maker) ?? -1);
    this.needs.push(needed);
    this.dependents.push([]);
    for (const need of needed) this.dependents[need]?.push(index);
  }

  /** Takes the newest steps away again. */
  shrink(length: number): void {
    for (const step of this.steps.splice(length)) this.#indexes.delete(step);
    this.dependents.splice(length);
    for (const needed of this.needs.splice(length))
      for (const need of needed) {
        const dependents = this.dependents[need] ?? [];
        while ((dependents.at(-1) ?? -1) >= length) dependents.pop();
      }
  }
}

/** The steps from one to another along what each needs, both included; undefined where no way leads there. */
export function wayTo(
  target: number,
  from: { readonly start: number; readonly needsOf: (index: number) => readonly number[] },
): readonly number[] | undefined {
  const cameFrom = new Map<number, number>([[from.start, -1]]);
  const open = [from.start];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (index === target) {
      const way: number[] = [];
      for (let at = index; at >= 0; at = cameFrom.get(at) ?? -1) way.unshift(at);
      return way;
    }
    for (const need of from.needsOf(index)) {
      if (cameFrom.has(need)) continue;
      cameFrom.set(need, index);
      open.push(need);
    }
  }
  return undefined;
}

interface Frame {
  readonly step: Step;
  readonly makers: readonly Step[];
  /** The wildcard rules from the root to here: each stands once, or {x}.gz from {x} would ask for x.gz.gz without end. */
  readonly chain: ReadonlySet<string>;
  at: number;
}

const NO_CHAIN: ReadonlySet<string> = new Set();

const chainWith = (chain: ReadonlySet<string>, { rule }: Step): ReadonlySet<string> =>
  rule.wildcards.length === 0 ? chain : new Set([...chain, rule.name]);

function framesFrom(catalog: Catalog, disk: Disk): (step: Step, parent: ReadonlySet<string>) => Frame {
  return (step, parent) => {
    const chain = chainWith(parent, step);
    const makers = new Set<Step>();
    for (const paths of disk.isHeld(step) ? [] : pathsNeeded(step)) {
      for (const path of paths) {
        const found = catalog.makersOf(path, chain);
        for (const maker of found) makers.add(maker);
        if (found.length > 0) continue;
        // What a rule of this chain made for another target is no source for this one.
        const isLeftOver = chain.size > 0 && catalog.isMadeInChain(path, chain) && disk.wasBuilt(path);
        if (!disk.exists(path) || isLeftOver) throw missing(path, { catalog, disk, neededBy: step.id });
        if (disk.isOfAnotherKind(path)) throw wrongKind({ path, neededBy: step.id });
      }
    }
    return { step, makers: [...makers], chain, at: 0 };
  };
}

const pathsNeeded = ({ inputs, after }: Step): readonly (readonly string[])[] => {
  const paths = inputs.map((slot) => slot.paths);
  return after.length === 0 ? paths : [...paths, after];
};

function cycleIn(stack: readonly Frame[], next: Step): readonly string[] {
  const from = stack.findIndex((frame) => frame.step === next);
  return [...stack.slice(from).map((frame) => frame.step.id), next.id];
}

function missing(
  path: string,
  at: { readonly catalog: Catalog; readonly disk: Disk; readonly neededBy: string },
): Error {
  const near = nearest(path, [...at.catalog.outputPaths(), ...at.disk.siblings(path)]);
  const maker = near === undefined ? undefined : at.catalog.makersOf(near, NO_CHAIN)[0]?.id;
  return noRuleMakes({ path, neededBy: at.neededBy, near: maker === undefined ? near : `${near} (made by ${maker})` });
}

/** The steps that the targets name: rules by name, artifacts by path, `./x` for a path where a rule has the name. */
export function stepsOfTargets(catalog: Catalog, disk: Disk, targets: readonly string[]): readonly Step[] {
  return [...new Set(targets.flatMap((target) => stepsOfTarget(catalog, disk, target)))];
}

function stepsOfTarget(catalog: Catalog, disk: Disk, target: string): readonly Step[] {
  const rule = catalog.rules.get(target);
  const named = catalog.steps.filter((step) => step.id === target || (rule !== undefined && step.rule === rule));
  if (named.length > 0) return named;
  if (rule !== undefined) throw noInstances({ rule: target, example: rule.outputs[0]?.paths[0] ?? "a path" });
  const path = target.replace(/^\.\//, "");
  const makers = [path, `${path}/`]
    .map((spelling) => catalog.makersOf(spelling, NO_CHAIN))
    .find((found) => found.length > 0);
  if (makers !== undefined) return makers;
  const known = [...catalog.rules.keys(), ...catalog.outputPaths()];
  throw unknownTarget({ target, near: nearest(path, known), isSource: disk.exists(path) });
}
