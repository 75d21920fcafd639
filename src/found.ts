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
  /** The observer's moment when the attempt started. */
  readonly #started: number;
  /** In the order in which they were asked for. */
  readonly #asked = new Map<string, Promise<void>>();
  readonly #found = new Map<string, Found>();
  #hasEnded = false;

  constructor(of: { readonly project: Project; readonly step: Step; readonly bringUp: BringUp }) {
    this.#project = of.project;
    this.#step = of.step;
    this.#bringUp = of.bringUp;
    this.#started = of.project.observer.moment;
  }

  /** In the order found. */
  get states(): readonly PathState[] {
    return [...this.#asked.keys()].flatMap((path) => {
      const found = this.#found.get(path);
      return found === undefined ? [] : [{ path, digest: found.digest }];
    });
  }

  /** Answers `depend(path)`. */
  async ask(text: unknown): Promise<DependAnswer> {
    const isThere = await this.#take(text);
    if (this.refusal === undefined) return { isThere };
    return { problem: this.refusal === "stopping" ? "the build is stopping" : this.refusal.message };
  }

  /** The action has ended: what is still to be brought up to date it may have read already. */
  close(): void {
    this.#hasEnded = true;
  }

  /** Settles when all that was asked for is there. */
  async end(): Promise<void> {
    this.close();
    await Promise.allSettled(this.#asked.values());
  }

  /** Takes in what a command that has ended wrote to its depfile; false where it wrote none. */
  async readDepfile(file: string): Promise<boolean> {
    if (!existsSync(file)) return false;
    for (const path of depfilePaths(readFileSync(file, "utf8"))) {
      if (!path.startsWith(".pipe/stage/")) await this.#take(path);
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

  /** True where something stands there; false where not, or where the path was refused. */
  async #take(text: unknown): Promise<boolean> {
    const { observer } = this.#project;
    try {
      const path = this.#pathOf(text);
      if (this.#isDeclared(path)) return observer.exists(path);
      this.#refuseOwn(path);
      const asked = this.#asked.get(path) ?? this.#add(path);
      this.#asked.set(path, asked);
      await asked;
      return this.#found.get(path)?.digest !== ABSENT;
    } catch (error) {
      if (!isExpected(error)) throw error;
      this.refusal ??=
        error instanceof PipeError ? error : badDepend({ ...this.#at(String(text)), problem: error.message });
      return false;
    }
  }

  async #add(path: string): Promise<void> {
    const { observer } = this.#project;
    const brought = await this.#bringUp(path);
    if (brought === "stopping") this.refusal ??= brought;
    else if ("refused" in brought) this.refusal ??= brought.refused;
    else {
      const { isMade, isChanged } = brought;
      // Of a folder, what its members did is told by those who made them.
      const isNew = observer.hasMoved(path, this.#started) || (isChanged && isDirectory(path));
      const digest = observer.digestOf(path);
      this.#found.set(path, { digest, moment: observer.moment, isMade, isOutdated: this.#hasEnded && isNew });
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
  #pathOf(text: unknown): string {
    const { root, observer, catalog } = this.#project;
    if (typeof text !== "string" || text === "" || text.includes("\0"))
      throw badDepend({ ...this.#at(JSON.stringify(text) ?? "nothing"), problem: "is no path" });
    const absolute = resolve(root, text);
    const inside = relative(root, absolute);
    if (/^(?:\.\.(?:\/|$))*$/.test(inside)) throw badDepend({ ...this.#at(text), problem: "holds the project itself" });
    const path = inside.startsWith("../") ? absolute : inside;
    if (isDirectory(path)) return path;
    const isFolder = observer.exists(path)
      ? observer.isOfAnotherKind(path)
      : catalog.outputPaths().some((output) => output.startsWith(`${path}/`));
    return isFolder || text.endsWith("/") ? `${path}/` : path;
  }
}
