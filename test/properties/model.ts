/**
 * The reference: what a clean build of a pipeline makes, computed by recursion from the sources alone, and what each
 * step of an incremental build may do, from what it last did. Pure; shares no code with the engine.
 */

import { isList, type Input, type Sketch } from "./sketch.ts";

/** Texts by path; of a directory, those of its files. */
export type Files = ReadonlyMap<string, string>;

/** A step as the clean build ran it: all that it may depend on, and all that it made. */
export interface Made {
  readonly sketch: Sketch;
  /** What is done, apart from what it is done to. */
  readonly identity: string;
  readonly inputs: string;
  readonly outputs: readonly string[];
  readonly needs: readonly string[];
}

export interface Clean {
  readonly files: Files;
  /** By step id, each after what it needs. */
  readonly made: ReadonlyMap<string, Made>;
}

/** Says that an input is no source and nothing makes it: the pipeline is not valid. */
export class Unmakeable extends Error {}

export function cleanBuild(sketches: readonly Sketch[], sources: Files, actionText: (sketch: Sketch) => string): Clean {
  const files = new Map(sources);
  const made = new Map<string, Made>();
  const named = sketches.flatMap((sketch) => (sketch.fills ?? [""]).map((x) => ({ sketch, x })));
  const make = (step: Step): string => {
    const id = step.x === "" ? step.sketch.name : `${step.sketch.name}:x=${step.x}`;
    if (made.has(id)) return id;
    const inputs = Object.entries(step.sketch.inputs).flatMap(([slot, input]) =>
      pathsOf(filled(input, step.x), { sources, named }).map((path) => [slot, path] as const),
    );
    const needs = inputs.flatMap(([, path]) => makersOf(path, { sources, sketches }).map(make));
    const text = inputs
      .map(([, path]) =>
        filesAt(files, path)
          .map(([, content]) => content)
          .join(""),
      )
      .join("");
    for (const [path, content] of resultOf(step, text)) files.set(path, content);
    const lists = Object.values(step.sketch.inputs).map(isList);
    const identity = JSON.stringify([actionText(step.sketch), step.sketch.param, lists, outputsOf(step)]);
    made.set(id, {
      sketch: step.sketch,
      identity,
      inputs: JSON.stringify(inputs.map(([slot, path]) => [slot, path, contentOf(files, path)])),
      outputs: outputsOf(step),
      needs,
    });
    return id;
  };
  named.forEach(make);
  return { files, made };
}

interface Step {
  readonly sketch: Sketch;
  /** The wildcard's value; empty for a rule without. */
  readonly x: string;
}

const filled = (input: Input, x: string): Input => (typeof input === "string" ? input.replace("{x}", x) : input);
const outputsOf = ({ sketch, x }: Step): readonly string[] =>
  Object.values(sketch.outputs).map((path) => path.replace("{x}", x));

function pathsOf(
  input: Input,
  { sources, named }: { readonly sources: Files; readonly named: readonly Step[] },
): readonly string[] {
  if (typeof input === "string") return [input];
  if (!("glob" in input)) return input;
  const matches = (path: string): boolean =>
    path.startsWith(input.glob.slice(0, -5)) && /^[^/]+\.txt$/.test(path.slice(input.glob.length - 5));
  const found = [...sources.keys(), ...named.flatMap(outputsOf)].filter(matches).toSorted();
  return found.map((path) => (input.folder === undefined ? path : path.replace(/^[^/]+/, input.folder)));
}

function makersOf(
  path: string,
  { sources, sketches }: { readonly sources: Files; readonly sketches: readonly Sketch[] },
): readonly Step[] {
  if (filesAt(sources, path).length > 0) return [];
  for (const sketch of sketches) {
    const [folder, name] = path.split("/", 2);
    if (sketch.fills !== undefined && folder === `w${sketch.name}`)
      return [{ sketch, x: name?.replace(".txt", "") ?? "" }];
    if (
      Object.values(sketch.outputs).some(
        (output) => output === path || (output.endsWith("/") && path.startsWith(output)),
      )
    )
      return [{ sketch, x: "" }];
  }
  throw new Unmakeable(path);
}

/** The files that a step makes from the joined text of its inputs. */
export function resultOf(step: Step, text: string): readonly (readonly [string, string])[] {
  const { op, mark, param } = step.sketch;
  const head = `${mark} ${param}\n`;
  const body = {
    join: head + text,
    upper: (head + text).toUpperCase(),
    first: (head + text).slice(0, 9),
    constant: head,
  }[op];
  return outputsOf(step).flatMap((path) => {
    if (path.endsWith("/"))
      return [
        [`${path}in/two.txt`, `${mark}\n`],
        [`${path}one.txt`, body],
        [`${path}p${param}.txt`, ""],
      ] as const;
    return [[path, path.endsWith(".extra.txt") ? `extra ${mark}\n` : body]] as const;
  });
}

/** The files at an artifact's path, sorted: the file itself, or those in the directory. */
export function filesAt(files: Files, path: string): readonly (readonly [string, string])[] {
  if (!path.endsWith("/")) return files.has(path) ? [[path, files.get(path) ?? ""]] : [];
  return [...files].filter(([inside]) => inside.startsWith(path)).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

export const contentOf = (files: Files, path: string): string => JSON.stringify(filesAt(files, path));

/** What became of a step. */
export type Fate = "fresh" | "restored" | "built";

/** What an earlier build leaves behind that a later one may rely on. */
export interface Memory {
  /** By step; `unknown` after damage, when the record may be there, gone, or an older one. */
  readonly records: Map<string, { readonly made: Made; readonly outputs: readonly string[] } | "unknown">;
  /** Keys of runs in the cache. */
  readonly cached: Set<string>;
  /** False once an object was damaged: a step may then run although the cache had it. */
  isCacheSound: boolean;
}

export const emptyMemory = (): Memory => ({ records: new Map(), cached: new Set(), isCacheSound: true });

/** The fates that each step may have in a build which finds `actual` on disk; more than one only after damage. */
export function allowedFates(memory: Memory, clean: Clean, actual: Files): ReadonlyMap<string, readonly Fate[]> {
  return new Map([...clean.made].map(([id, made]) => [id, fatesOf(memory, { id, made, actual })]));
}

function fatesOf(
  memory: Memory,
  { id, made, actual }: { readonly id: string; readonly made: Made; readonly actual: Files },
): readonly Fate[] {
  const record = memory.records.get(id);
  const canRestore = made.sketch.isCached && memory.cached.has(keyOf(made));
  const stale: readonly Fate[] = !canRestore ? ["built"] : memory.isCacheSound ? ["restored"] : ["restored", "built"];
  if (record === "unknown") return ["fresh", ...stale];
  const isFresh =
    record !== undefined &&
    record.made.identity === made.identity &&
    record.made.inputs === made.inputs &&
    made.outputs.every((path, at) => record.outputs[at] === contentOf(actual, path));
  return isFresh ? ["fresh"] : stale;
}

/** After a whole build every step's record is that of the clean build. */
export function remember(memory: Memory, clean: Clean, built: ReadonlySet<string>): void {
  for (const [id, made] of clean.made) {
    memory.records.set(id, { made, outputs: made.outputs.map((path) => contentOf(clean.files, path)) });
    if (built.has(id) && made.sketch.isCached) memory.cached.add(keyOf(made));
  }
}

const keyOf = ({ identity, inputs }: Made): string => `${identity}\n${inputs}`;
