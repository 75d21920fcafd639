/**
 * How far a build is: the graph, which may grow, the schedule, and what became of each step. What a step finds out that
 * it needs, while it is judged or while it runs, is brought in here.
 */

import { cycle } from "./core/error.ts";
import { wayTo, type GrowingGraph } from "./core/graph.ts";
import type { Step } from "./core/catalog.ts";
import type { Schedule } from "./core/schedule.ts";
import type { Fate } from "./fate.ts";

/** A running step that waits, perhaps for several things at once: it goes on when it has its tokens again. */
interface Aside {
  waits: number;
  isInLine: boolean;
  readonly goOn: (() => void)[];
}

export class Progress {
  readonly graph: GrowingGraph;
  readonly schedule: Schedule;
  readonly fates: (Fate | undefined)[] = [];
  readonly #found = new Map<number, Set<number>>();
  readonly #waiting = new Map<number, (() => void)[]>();
  readonly #asides = new Map<number, Aside>();
  /** Called where a step that was not there before may be judged or started. */
  readonly #onChange: () => void;

  constructor(of: { readonly graph: GrowingGraph; readonly schedule: Schedule; readonly onChange: () => void }) {
    this.graph = of.graph;
    this.schedule = of.schedule;
    this.#onChange = of.onChange;
  }

  stepAt(index: number): Step {
    const step = this.graph.steps[index];
    if (step === undefined) throw new Error(`the graph has no step ${index}`);
    return step;
  }

  /** All that a step needs, as declared and as found. */
  needsOf(index: number): readonly number[] {
    const found = this.#found.get(index);
    const declared = this.graph.needs[index] ?? [];
    return found === undefined ? declared : [...declared, ...found];
  }

  /** The steps that found out that they need this one. */
  findersOf(index: number): readonly number[] {
    return [...this.#found].flatMap(([finder, needs]) => (needs.has(index) ? [finder] : []));
  }

  /** The steps that make a path which a step has found to need; none for a source. Throws where that is a cycle. */
  makersOf(path: string, neededBy: number): readonly number[] {
    const length = this.graph.steps.length;
    const makers = this.graph.makersOf(path, this.stepAt(neededBy));
    if (this.graph.steps.length > length) this.schedule.grow(neededBy);
    for (const maker of makers) this.#refuseCycle(maker, neededBy);
    const found = this.#found.get(neededBy) ?? new Set();
    for (const maker of makers) found.add(maker);
    if (makers.length > 0) this.#found.set(neededBy, found);
    return makers;
  }

  // A settled step waits for nobody, so a way through one is none.
  #refuseCycle(maker: number, neededBy: number): void {
    const needsOf = (index: number): readonly number[] => (this.schedule.isSettled(index) ? [] : this.needsOf(index));
    const way = wayTo(neededBy, { start: maker, needsOf });
    if (way !== undefined) throw cycle([neededBy, ...way].map((index) => this.stepAt(index).id));
  }

  settle(index: number, fate: Fate): void {
    this.fates[index] = fate;
    this.schedule.settle(index);
    for (const tell of this.#waiting.get(index) ?? []) tell();
    this.#waiting.delete(index);
  }

  /** A need of the step that failed or was skipped, if there is one. */
  lostNeedOf(index: number): number | undefined {
    return this.needsOf(index).find((need) => this.isLost(need));
  }

  isLost(index: number): boolean {
    return this.fates[index] === "failed" || this.fates[index] === "skipped";
  }

  /** A running step waits until these are settled; others may have its tokens meanwhile. */
  async waitFor(index: number, needs: readonly number[]): Promise<void> {
    const open = needs.filter((need) => !this.schedule.isSettled(need));
    if (open.length > 0) await this.aside(index, () => Promise.all(open.map((need) => this.#whenSettled(need))));
  }

  /** Does something for a running step while others may have its tokens; resolves when it has them again. */
  async aside(index: number, wait: () => Promise<unknown>): Promise<void> {
    const aside = this.#asides.get(index) ?? { waits: 0, isInLine: false, goOn: [] };
    this.#asides.set(index, aside);
    aside.waits += 1;
    this.schedule.suspend(index);
    // It may be over as soon as others go on, so it begins before.
    const over = wait();
    this.#onChange();
    await over;
    aside.waits -= 1;
    const resumed = new Promise<void>((resolve) => aside.goOn.push(resolve));
    if (aside.waits === 0 && !aside.isInLine) {
      aside.isInLine = true;
      this.schedule.enqueue(index);
    }
    this.#onChange();
    await resumed;
  }

  /** Lets a suspended step go on, which has its tokens again; false where it was not suspended. */
  resume(index: number): boolean {
    const aside = this.#asides.get(index);
    if (aside === undefined) return false;
    aside.isInLine = false;
    // While it stood in line it began to wait for more.
    if (aside.waits > 0) this.schedule.suspend(index);
    else {
      this.#asides.delete(index);
      for (const goOn of aside.goOn) goOn();
    }
    return true;
  }

  #whenSettled(index: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.set(index, [...(this.#waiting.get(index) ?? []), resolve]);
    });
  }
}
