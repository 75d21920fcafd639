/** How far each step of a graph is from being judged, and which are settled. Pure. */

import type { Graph } from "./graph.ts";

export class Readiness {
  readonly #graph: Graph;
  /** By step: how many others it waits for. */
  readonly #pending: number[] = [];
  readonly #settled: boolean[] = [];
  readonly #judgeable: number[] = [];
  /** By step: how many steps the graph had when it was reopened. */
  readonly #reopened = new Map<number, number>();
  /** By step: those that wait for it though the graph does not say so. */
  readonly #postponed = new Map<number, number[]>();
  #at = 0;
  #unsettled = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.grow();
  }

  get unsettled(): number {
    return this.#unsettled;
  }

  isSettled(index: number): boolean {
    return this.#settled[index] === true;
  }

  /** Takes in the steps that the graph has grown by. */
  grow(): void {
    const { needs, steps } = this.#graph;
    for (let index = this.#pending.length; index < steps.length; index++) {
      const open = (needs[index] ?? []).filter((need) => !this.isSettled(need)).length;
      this.#pending.push(open);
      this.#settled.push(false);
      this.#unsettled += 1;
      if (open === 0) this.#judgeable.push(index);
    }
  }

  next(): number | undefined {
    return this.#at < this.#judgeable.length ? this.#judgeable[this.#at++] : undefined;
  }

  postpone(index: number, until: readonly number[]): void {
    const open = until.filter((need) => !this.isSettled(need));
    this.#pending[index] = open.length;
    if (open.length === 0) this.#judgeable.push(index);
    for (const need of open) this.#postponed.set(need, [...(this.#postponed.get(need) ?? []), index]);
  }

  reopen(index: number): void {
    if (!this.isSettled(index)) return;
    this.#settled[index] = false;
    this.#unsettled += 1;
    this.#reopened.set(index, this.#pending.length);
    this.#judgeable.push(index);
  }

  settle(index: number): void {
    this.#settled[index] = true;
    this.#unsettled -= 1;
    // Those that were there when it was reopened have come nearer before.
    const newest = this.#reopened.get(index) ?? 0;
    const waiting = this.#postponed.get(index) ?? [];
    this.#reopened.delete(index);
    this.#postponed.delete(index);
    for (const each of this.#graph.dependents[index] ?? []) if (each >= newest) this.#comeNearer(each);
    for (const each of waiting) this.#comeNearer(each);
  }

  #comeNearer(index: number): void {
    const left = (this.#pending[index] ?? 0) - 1;
    this.#pending[index] = left;
    if (left === 0) this.#judgeable.push(index);
  }
}
