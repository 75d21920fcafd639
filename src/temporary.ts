/**
 * Outputs of `temp` rules. They are removed once the steps that read them are built, and made again only for a step that
 * has to run: one that is judged sees what they held.
 */

import { rmSync } from "node:fs";
import { directoriesAbove, isDirectory } from "./core/artifact.ts";
import { ABSENT, type Digest } from "./core/staleness.ts";
import type { Judgement } from "./judge.ts";
import type { Progress } from "./progress.ts";
import type { Project } from "./project.ts";

export class Temporaries {
  readonly #project: Project;
  readonly #progress: Progress;
  /** Those whose outputs a person asked for. */
  readonly #asked: ReadonlySet<number>;
  /** What an output that is gone held, and whose it is. */
  readonly #hidden = new Map<string, { readonly digest: Digest; readonly maker: number }>();
  readonly #demanded = new Set<number>();

  constructor(of: { readonly project: Project; readonly progress: Progress; readonly asked: ReadonlySet<number> }) {
    this.#project = of.project;
    this.#progress = of.progress;
    this.#asked = of.asked;
  }

  /** What a path held that is gone; undefined for any other. */
  digestOf(path: string): Digest | undefined {
    return this.#hidden.get(path)?.digest;
  }

  isHidden(index: number): boolean {
    for (const { maker } of this.#hidden.values()) if (maker === index) return true;
    return false;
  }

  isDemanded(index: number): boolean {
    return this.#demanded.has(index) || this.#asked.has(index);
  }

  /** A step was found fresh; what of its outputs is gone counts as what it was. */
  fresh(index: number, { observed, trace }: Judgement): void {
    for (const { path, digest } of observed.outputs) {
      const was = trace?.outputs.find((output) => output.path === path)?.digest;
      if (digest === ABSENT && was !== undefined) this.#hidden.set(path, { digest: was, maker: index });
    }
  }

  /** Steps that must run before these paths can even be judged: what they made shows only as part of one. */
  hiddenFrom(paths: readonly string[]): readonly number[] {
    return this.#makersOf(paths, (path, hidden) => path !== hidden);
  }

  /** Steps that must run before these paths can be read. */
  missingFor(paths: readonly string[]): readonly number[] {
    return this.#makersOf(paths, () => true);
  }

  #makersOf(paths: readonly string[], isMeant: (path: string, hidden: string) => boolean): readonly number[] {
    if (this.#hidden.size === 0) return [];
    const overlaps = (path: string, hidden: string): boolean =>
      path === hidden ||
      (isDirectory(path) && hidden.startsWith(path)) ||
      (isDirectory(hidden) && directoriesAbove(path).includes(hidden));
    const makers = [...this.#hidden].flatMap(([hidden, { maker }]) =>
      paths.some((path) => overlaps(path, hidden) && isMeant(path, hidden)) ? [maker] : [],
    );
    return [...new Set(makers)];
  }

  /** Has these made again; returns them. */
  demand(makers: readonly number[]): readonly number[] {
    for (const maker of makers) {
      this.#demanded.add(maker);
      this.#progress.schedule.reopen(maker);
      for (const [path, hidden] of this.#hidden) if (hidden.maker === maker) this.#hidden.delete(path);
    }
    return makers;
  }

  /** A step is settled: what it was the last to need may go. */
  settled(index: number): void {
    for (const need of this.#progress.needsOf(index)) if (this.#isDone(need)) this.#remove(need);
  }

  #isDone(index: number): boolean {
    const { graph, fates, schedule } = this.#progress;
    if (!this.#progress.stepAt(index).rule.policy.isTemporary || this.#asked.has(index)) return false;
    const users = [...(graph.dependents[index] ?? []), ...this.#progress.findersOf(index)];
    const isGood = (user: number): boolean =>
      schedule.isSettled(user) && fates[user] !== "failed" && fates[user] !== "skipped";
    const isOfUse = (fate: string | undefined): boolean => fate === "built" || fate === "restored";
    return schedule.isSettled(index) && users.every(isGood) && [index, ...users].some((user) => isOfUse(fates[user]));
  }

  /** Removes what the step made and nobody has touched since. */
  #remove(index: number): void {
    const { state, observer, root } = this.#project;
    const outputs = state.trace(this.#progress.stepAt(index).id)?.outputs ?? [];
    for (const { path, digest } of outputs) {
      if (observer.digestOf(path) !== digest || observer.hasMoved(path)) continue;
      rmSync(`${root}/${path}`, { recursive: true, force: true });
      observer.forget(path);
      this.#hidden.set(path, { digest, maker: index });
    }
  }
}
