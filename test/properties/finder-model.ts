/**
 * The reference for pipelines of finders: what each step makes, by recursion from the sources alone, and what becomes of
 * it in a build, from what was built before. Pure; shares no code with the engine.
 */

import {
  failsWith,
  FOLDER,
  LASTING,
  listOf,
  OPTIONAL,
  outputOf,
  textOf,
  wildText,
  type Finder,
  type Switch,
} from "./finder.ts";

/** A successful run: what it was asked, what it found, in order, and what it made. */
export interface Run {
  readonly identity: string;
  readonly inputs: string;
  readonly found: readonly (readonly [path: string, text: string | undefined])[];
  readonly text: string;
}

export interface Memory {
  readonly records: Map<string, Run>;
  /** Newest first. */
  readonly cached: Run[];
}

export type Fate = "fresh" | "restored" | "built" | "failed" | "skipped";

/** What becomes of a step; `run` is what is recorded, where that is new. */
export interface Plan {
  readonly fate: Fate;
  readonly text: string | undefined;
  readonly run?: Run;
}

export interface Scene {
  readonly finders: readonly Finder[];
  readonly sources: ReadonlyMap<string, string>;
  readonly switches: ReadonlyMap<string, Switch>;
  readonly memory: Memory;
  /** What stands on disk. */
  readonly disk: ReadonlyMap<string, string>;
  readonly isForced: boolean;
  readonly useCache: boolean;
}

/** What a whole build does with every step that it comes to, where failures hold up nothing but what needs them. */
export function plansOf(scene: Scene): ReadonlyMap<string, Plan> {
  const planning = new Planning(scene);
  for (const { name } of scene.finders) planning.plan(name);
  return planning.plans;
}

/** Says that a step cannot go on, as something that it needs is not there. */
class Lost extends Error {}

class Planning {
  readonly plans = new Map<string, Plan>();
  readonly #scene: Scene;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  plan(name: string): Plan {
    const known = this.plans.get(name);
    if (known !== undefined) return known;
    const plan = this.#planned(name);
    this.plans.set(name, plan);
    return plan;
  }

  #planned(name: string): Plan {
    try {
      const finder = this.#scene.finders.find((each) => each.name === name);
      if (finder === undefined) return this.#plannedWild(name);
      if (finder.after !== undefined) this.#textAt(finder.after);
      const inputs = JSON.stringify([finder.base, this.#textAt(finder.base), listOf(finder)]);
      return this.#fresh(finder, inputs) ?? this.#restored(finder, finder.param, inputs) ?? this.#run(finder, inputs);
    } catch (error) {
      if (error instanceof Lost) return { fate: "skipped", text: undefined };
      throw error;
    }
  }

  #plannedWild(name: string): Plan {
    const source = `src/${name.slice("wild:x=".length)}.txt`;
    const text = this.#textAt(source) ?? "";
    const run: Run = { identity: "wild", inputs: JSON.stringify([source, text]), found: [], text: wildText(text) };
    const record = this.#scene.memory.records.get(name);
    const isSame = record?.inputs === run.inputs && this.#scene.disk.get(outputOf(name)) === run.text;
    if (isSame && !this.#scene.isForced) return { fate: "fresh", text: run.text };
    return { fate: this.#cachedRun(run) === undefined ? "built" : "restored", text: run.text, run };
  }

  /** The text at a path, once it is up to date. */
  #textAt(path: string): string | undefined {
    const { sources } = this.#scene;
    if (path === FOLDER)
      return [...sources.keys()]
        .toSorted()
        .map((each) => sources.get(each))
        .join("");
    if (LASTING.includes(path) || OPTIONAL.includes(path)) return sources.get(path);
    const [folder, file = ""] = path.split("/");
    const { text } = this.plan(folder === "wild" ? `wild:x=${file.replace(".txt", "")}` : file.replace(".txt", ""));
    if (text === undefined) throw new Lost(path);
    return text;
  }

  #fresh(finder: Finder, inputs: string): Plan | undefined {
    const { name, policy, param, fallback } = finder;
    const record = this.#scene.memory.records.get(name);
    const params = policy === "fallback" ? [param, fallback] : [param];
    if (this.#scene.isForced || policy === "always" || record === undefined || record.inputs !== inputs)
      return undefined;
    if (!params.some((each) => record.identity === identityOf(finder, each))) return undefined;
    const standing = this.#scene.disk.get(outputOf(name));
    if (standing !== record.text && !(policy === "temp" && standing === undefined)) return undefined;
    return this.#holds(record) ? { fate: "fresh", text: record.text } : undefined;
  }

  /** What follows a difference may not be asked for any more, so nothing is said of it. */
  #holds({ found }: Run): boolean {
    return found.every(([path, text]) => this.#textAt(path) === text);
  }

  #restored({ policy, isCached, ...rest }: Finder, param: number, inputs: string): Plan | undefined {
    if (!isCached || policy === "always") return undefined;
    const run = this.#cachedRun({ identity: identityOf({ policy, isCached, ...rest }, param), inputs });
    return run && { fate: "restored", text: run.text, run };
  }

  #cachedRun({ identity, inputs }: Pick<Run, "identity" | "inputs">): Run | undefined {
    const { memory, isForced, useCache } = this.#scene;
    if (isForced || !useCache) return undefined;
    return memory.cached.find((run) => run.identity === identity && run.inputs === inputs && this.#holds(run));
  }

  #run(finder: Finder, inputs: string): Plan {
    const told = this.#scene.switches.get(finder.name) ?? "";
    const first = this.#attempt(finder, finder.param, { inputs, told });
    if (first !== "failed") return first;
    if (finder.policy !== "fallback") return FAILED;
    const second =
      this.#restored(finder, finder.fallback, inputs) ?? this.#attempt(finder, finder.fallback, { inputs, told });
    return second === "failed" ? FAILED : second;
  }

  /** `failed` where it may be tried again. */
  #attempt(
    finder: Finder,
    param: number,
    { inputs, told }: { readonly inputs: string; readonly told: Switch },
  ): Plan | "failed" {
    const doesFail = failsWith(told, param);
    if (doesFail && (!finder.failsLate || finder.by === "depfile")) return "failed";
    const paths = [...new Set(finder.list)];
    if (finder.by === "at-once") for (const path of paths) this.#isLost(path);
    if (paths.some((path) => this.#isLost(path))) return FAILED;
    if (doesFail) return "failed";
    const isFound = (path: string): boolean => path !== finder.base;
    const found = paths.filter(isFound).map((path) => [path, this.#textAt(path)] as const);
    const text = textOf(finder, param, new Map([...found, [finder.base, this.#textAt(finder.base)]]));
    return { fate: "built", text, run: { identity: identityOf(finder, param), inputs, found, text } };
  }

  #isLost(path: string): boolean {
    try {
      this.#textAt(path);
      return false;
    } catch (error) {
      if (error instanceof Lost) return true;
      throw error;
    }
  }
}

const FAILED: Plan = { fate: "failed", text: undefined };

/** All that makes a step what it is but what it reads. */
const identityOf = ({ name, by, isWhole, failsLate, mark, base }: Finder, param: number): string =>
  JSON.stringify([name, by, isWhole, failsLate, mark, base, param]);

/** What a build leaves behind, by what became of each step. */
export function remember(scene: Scene, plans: ReadonlyMap<string, Plan>, fates: ReadonlyMap<string, Fate>): void {
  const { memory, finders, useCache } = scene;
  for (const [name, { fate, run }] of plans) {
    if (run === undefined || fates.get(name) !== fate) continue;
    memory.records.set(name, run);
    const finder = finders.find((each) => each.name === name);
    const isKept = finder === undefined || (finder.isCached && finder.policy !== "always");
    if (fate === "built" && isKept && useCache) memory.cached.unshift(run);
  }
}
