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

/** Draws the graph, or throws: a cycle with its path, a missing source with who needs it and the nearest name. */
export function graphOf(catalog: Catalog, disk: Disk, roots: readonly Step[]): Graph {
  const indexes = new Map<Step, number>();
  const steps: Step[] = [];
  const needs: (readonly number[])[] = [];
  const frameOf = framesFrom(catalog, disk);
  for (const root of roots) {
    // A chain may be longer than the call stack is deep, so the walk keeps a stack of its own.
    const stack: Frame[] = indexes.has(root) ? [] : [frameOf(root, undefined)];
    const open = new Set<Step>([root]);
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const next = frame.makers[frame.at++];
      if (next === undefined) {
        stack.pop();
        open.delete(frame.step);
        indexes.set(frame.step, steps.length);
        steps.push(frame.step);
        needs.push(frame.makers.map((maker) => indexes.get(maker) ?? -1));
      } else if (open.has(next)) {
        throw cycle(cycleIn(stack, next));
      } else if (!indexes.has(next)) {
        open.add(next);
        stack.push(frameOf(next, frame));
      }
    }
  }
  return { steps, needs, dependents: reversed(needs), targets: roots.map((root) => indexes.get(root) ?? -1) };
}

interface Frame {
  readonly step: Step;
  readonly makers: readonly Step[];
  /** The wildcard rules from the root to here: each stands once, or {x}.gz from {x} would ask for x.gz.gz without end. */
  readonly chain: ReadonlySet<string>;
  at: number;
}

const NO_CHAIN: ReadonlySet<string> = new Set();

function framesFrom(catalog: Catalog, disk: Disk): (step: Step, above: Frame | undefined) => Frame {
  return (step, above) => {
    const parent = above?.chain ?? NO_CHAIN;
    const chain = step.rule.wildcards.length === 0 ? parent : new Set([...parent, step.rule.name]);
    const makers = new Set<Step>();
    for (const slot of step.inputs) {
      for (const path of slot.paths) {
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

function reversed(needs: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const dependents: number[][] = needs.map(() => []);
  for (const [index, needed] of needs.entries()) for (const need of needed) dependents[need]?.push(index);
  return dependents;
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
