/**
 * Inputs that a step finds while it runs: by `depend()`, or in the depfile that its command writes. Each is brought up to
 * date and recorded as it stood then; whether it was the one that was read is asked again at the end.
 */

import { existsSync, readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { directoriesAbove, isDirectory, isOwnFile } from "./core/artifact.ts";
import type { Step } from "./core/catalog.ts";
import { depfilePaths } from "./core/depfile.ts";
import { badDepend } from "./core/error-found.ts";
import { PipeError } from "./core/error.ts";
import { ABSENT, type Digest, type PathState } from "./core/staleness.ts";
import { isExpected } from "./failing.ts";
import type { Project } from "./project.ts";
import type { DependAnswer } from "./run/message.ts";

/** What became of a path that a running step asked for. */
export type Brought =
  | { readonly isMade: boolean; /** By a step that ran after the path was asked for. */ readonly isChanged: boolean }
  | { readonly refused: PipeError }
  /** The build is stopping, so nothing is made any more. */
  | "stopping";

export type BringUp = (path: string) => Promise<Brought>;

interface Found {
  readonly digest: Digest;
  readonly moment: number;
  readonly isMade: boolean;
  /** It was read before it was brought up to date, and has changed by that. */
  readonly isOutdated: boolean;
}

/** What one attempt of a step finds. */
export class Finds {
  /** Why a path could not be had: the attempt has failed, whatever the action makes of it. */
  refusal: PipeError | "stopping" | undefined;
  readonly #project: Project;
  readonly #step: Step;
  readonly #bringUp: BringUp;
  readonly #startedMs = Date.now();
  readonly #found = new Map<string, Found>();

  constructor(of: { readonly project: Project; readonly step: Step; readonly bringUp: BringUp }) {
    this.#project = of.project;
    this.#step = of.step;
    this.#bringUp = of.bringUp;
  }

  /** In the order found. */
  get states(): readonly PathState[] {
    return [...this.#found].map(([path, { digest }]) => ({ path, digest }));
  }

  /** Answers `depend(path)`. */
  async ask(text: string): Promise<DependAnswer> {
    const { observer } = this.#project;
    const path = this.#pathOf(text);
    try {
      if (this.#isDeclared(path)) return { isThere: observer.exists(path) };
      await this.#add(path, "asked before it is read");
    } catch (error) {
      if (!isExpected(error)) throw error;
      this.refusal ??= error instanceof PipeError ? error : badDepend({ ...this.#at(path), problem: error.message });
    }
    if (this.refusal === undefined) return { isThere: this.#found.get(path)?.digest !== ABSENT };
    return { problem: this.refusal === "stopping" ? "the build is stopping" : this.refusal.message };
  }

  /** Takes in what a command wrote to its depfile; false where it wrote none. */
  async readDepfile(file: string): Promise<boolean> {
    if (!existsSync(file)) return false;
    for (const text of depfilePaths(readFileSync(file, "utf8"))) {
      const path = this.#pathOf(text);
      if (!this.#isDeclared(path) && !path.startsWith(".pipe/stage/")) await this.#add(path, "read already");
      if (this.refusal !== undefined) break;
    }
    return true;
  }

  /** What is no longer, or may not be, as the action read it. */
  moved(): readonly string[] {
    const { observer } = this.#project;
    return [...this.#found].flatMap(([path, { moment, isMade, isOutdated }]) => {
      const isYoung = !isMade && observer.isYoungerThan(path, this.#startedMs);
      return isOutdated || isYoung || observer.hasMoved(path, moment) ? [path] : [];
    });
  }

  async #add(path: string, when: "asked before it is read" | "read already"): Promise<void> {
    if (this.#found.has(path)) return;
    this.#refuseOwn(path);
    const { observer } = this.#project;
    const brought = await this.#bringUp(path);
    if (brought === "stopping") this.refusal ??= brought;
    else if ("refused" in brought) this.refusal ??= brought.refused;
    else {
      const { isMade, isChanged } = brought;
      const isOutdated = isChanged && when === "read already";
      this.#found.set(path, { digest: observer.digestOf(path), moment: observer.moment, isMade, isOutdated });
    }
  }

  #refuseOwn(path: string): void {
    if (isOwnFile(path)) throw badDepend({ ...this.#at(path), problem: "pipe itself writes" });
    const outputs = this.#step.outputs.flatMap((slot) => slot.paths);
    if ([path, ...directoriesAbove(path)].some((each) => outputs.includes(each)))
      throw badDepend({ ...this.#at(path), problem: "it makes itself" });
  }

  #at(path: string): { readonly path: string; readonly step: string } {
    return { path, step: this.#step.id };
  }

  #isDeclared(path: string): boolean {
    const inputs = this.#step.inputs.flatMap((slot) => slot.paths);
    return [path, ...directoriesAbove(path)].some((each) => inputs.includes(each));
  }

  /** Relative to the project, or absolute where it lies outside; a directory with a trailing slash. */
  #pathOf(text: string): string {
    const { root, observer } = this.#project;
    const absolute = resolve(root, text);
    const inside = relative(root, absolute);
    const path = inside === ".." || inside.startsWith("../") || inside === "" ? absolute : inside;
    const isFolder = text.endsWith("/") || (observer.exists(path) && observer.isOfAnotherKind(path));
    return isFolder && !isDirectory(path) ? `${path}/` : path;
  }
}
