/**
 * Where outputs wait until they are published: `.pipe/stage/<n>/<declared path>`, one numbered stage for each step that
 * runs at a time. A stage is used again and again, since making and removing folders costs more than most small steps.
 */

import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import { removeTree } from "../store/remove.ts";

export class Stage {
  /** Relative to the project's root. */
  readonly folder: string;
  readonly #root: string;
  readonly #made = new Set<string>();

  constructor(root: string, folder: string) {
    this.#root = root;
    this.folder = folder;
  }

  /** Beside the staged outputs, so that it never is one. */
  get depfile(): string {
    return `${this.folder}.d`;
  }

  place(path: string): string {
    return `${this.folder}/${path}`;
  }

  /** Makes the folders above each output. */
  prepare(paths: readonly string[]): void {
    for (const path of paths) {
      for (
        let folder = dirname(this.place(path));
        folder.length >= this.folder.length && !this.#made.has(folder);
        folder = dirname(folder)
      ) {
        mkdirSync(`${this.#root}/${folder}`, { recursive: true });
        this.#made.add(folder);
      }
    }
  }

  /** Takes away whatever a step left, so that the next one finds nothing of it. */
  tidy(): void {
    const isClean = [...this.#made].every(
      (folder) =>
        existsSync(`${this.#root}/${folder}`) &&
        readdirSync(`${this.#root}/${folder}`).every((name) => this.#made.has(`${folder}/${name}`)),
    );
    if (!isClean) this.clear();
  }

  clear(): void {
    removeTree(`${this.#root}/${this.depfile}`);
    removeTree(`${this.#root}/${this.folder}`);
    this.#made.clear();
  }
}

/** Relative to the project's root. */
export const STAGES = ".pipe/stage";

export class Stages {
  readonly #root: string;
  readonly #free: Stage[] = [];
  #count: number;

  /** Takes away what a killed build left in its stages. Needs the project's lock. */
  constructor(root: string) {
    this.#root = root;
    // What a killed build started may write to its stage still, so that one is not used again.
    const left = existsSync(`${root}/${STAGES}`) ? readdirSync(`${root}/${STAGES}`) : [];
    this.#count = Math.max(-1, ...left.map((name) => Number.parseInt(name, 10)).filter(Number.isInteger)) + 1;
    removeTree(`${root}/${STAGES}`);
  }

  take(): Stage {
    return this.#free.pop() ?? new Stage(this.#root, `${STAGES}/${this.#count++}`);
  }

  give(stage: Stage): void {
    stage.tidy();
    this.#free.push(stage);
  }

  /** Takes all of them away; nothing runs in them any more. */
  remove(): void {
    removeTree(`${this.#root}/${STAGES}`);
  }
}
