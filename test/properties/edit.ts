/** Random edits of a project: of its sources, its outputs, its definition and of what pipe remembers. */

import { type Arbitrary, array, constantFrom, nat, record } from "fast-check";
import { cleanBuild, Unmakeable, type Clean, type Files } from "./model.ts";
import { actionText } from "./pipefile.ts";
import { slotsOf, SOURCES, type Input, type Sketch } from "./sketch.ts";

/** Where a project stands: on a disk, or in memory. */
export interface Ground {
  read(path: string): string | undefined;
  /** `kept`: the mtime is put back afterwards; `old`: it is one of years ago. */
  write(path: string, text: string, mtime: "new" | "kept" | "old"): void;
  rename(from: string, to: string): void;
  /** A file, or a directory with all that is in it. */
  remove(path: string): void;
  touch(path: string): void;
  /** All files of the project but those that pipe itself writes and those that define it. */
  files(): Files;
  define(sketches: readonly Sketch[]): void;
  /** Damages what pipe remembers; says what may be lost by it. */
  forget(what: "everything" | "state" | "cache", way: number): "all" | "records" | "some-records" | "some-objects";
}

export const KINDS = [
  "content",
  "content",
  "same-size",
  "same-size",
  "older",
  "touch",
  "back",
  "delete",
  "tamper",
  "tamper",
  "param",
  "mark",
  "remark",
  "rewire",
  "rename-output",
  "add",
  "take-away",
  "rename",
  "swap",
  "policy",
  "forget-everything",
  "forget-state",
  "forget-cache",
  "moving",
  "kill",
] as const;

export interface Edit {
  readonly kind: (typeof KINDS)[number];
  readonly at: number;
  readonly way: number;
  /** What follows: nothing, so that edits come together; a build; one more; two more when the files are no longer young. */
  readonly next: "edit" | "build" | "build-twice" | "rest";
  readonly jobs: number;
}

export const edits = (maxLength: number): Arbitrary<readonly Edit[]> =>
  array(
    record({
      kind: constantFrom(...KINDS),
      at: nat(997),
      way: nat(997),
      next: constantFrom("edit", "build", "build", "build-twice", "rest"),
      jobs: constantFrom(1, 4),
    }),
    { minLength: 1, maxLength },
  );

/** A project under edits. */
export interface World {
  readonly ground: Ground;
  sketches: readonly Sketch[];
  sources: Files;
  /** Texts that sources once had. */
  readonly earlier: Map<string, string[]>;
  /** Outputs that a person wrote to since the last build. */
  readonly tampered: Set<string>;
  /** True from a damage to what pipe remembers to the next build. */
  isDamaged: boolean;
  /** Makes each new text one that never was. */
  count: number;
}

export function worldOf(ground: Ground, sketches: readonly Sketch[]): World {
  const world: World = {
    ground,
    sketches,
    sources: new Map(),
    earlier: new Map(),
    tampered: new Set(),
    isDamaged: false,
    count: 0,
  };
  for (const path of SOURCES) writeSource(world, path, textOf(world));
  ground.define(sketches);
  return world;
}

export const cleanBuildOf = ({ sketches, sources }: Pick<World, "sketches" | "sources">): Clean =>
  cleanBuild(sketches, sources, actionText);

export type Loss = ReturnType<Ground["forget"]> | undefined;

/** What stands there now was built. */
export function settled(world: World): void {
  world.tampered.clear();
  world.isDamaged = false;
}

/** Makes one edit, or none where it would leave an input that nothing makes. Says what pipe may have forgotten by it. */
export function makeEdit(world: World, edit: Edit): Loss {
  if (isForgetting(edit.kind)) return forget(world, FORGETTING[edit.kind], edit);
  EDITS[edit.kind](world, edit);
  return undefined;
}

const FORGETTING = { "forget-everything": "everything", "forget-state": "state", "forget-cache": "cache" } as const;
const isForgetting = (kind: Edit["kind"]): kind is keyof typeof FORGETTING => kind in FORGETTING;

const changeText = (world: World, edit: Edit): void =>
  writeSource(world, sourceAt(world, edit), textOf(world) + "x".repeat(edit.way % 3));

const EDITS: Readonly<Record<Exclude<Edit["kind"], keyof typeof FORGETTING>, (world: World, edit: Edit) => void>> = {
  content: changeText,
  // What happens meanwhile is the business of whoever builds.
  moving: changeText,
  kill: changeText,
  "same-size": changeSameSize,
  older: (world, edit) => writeSource(world, sourceAt(world, edit), textOf(world), "old"),
  touch,
  back: goBack,
  delete: deleteOutput,
  tamper,
  param: (world, edit) => redefineOne(world, edit, ({ number }) => ({ param: number })),
  mark: (world, edit) => redefineOne(world, edit, ({ number }) => ({ mark: number === 1 ? "m0" : `m${number}` })),
  remark: (world, edit) => redefineOne(world, edit, () => ({ remark: world.count })),
  policy: (world, edit) =>
    redefineOne(world, edit, ({ sketch }) => ({ isCached: !sketch.isCached, cpu: 1 + (edit.way % 3) })),
  rewire: (world, edit) =>
    redefineOne(world, edit, ({ sketch }) => ({ inputs: edit.way % 2 === 0 ? wrapped(sketch) : turnedAround(sketch) })),
  "rename-output": renameOutput,
  add: changeFolder,
  "take-away": changeFolder,
  rename: changeFolder,
  swap,
};

function pick<T>(list: readonly T[], number: number): T {
  if (list.length === 0) throw new Error("there is nothing to pick from");
  return list[number % list.length] as T;
}

/** Letters, so that to write them large or small is an edit too. */
function textOf(world: World): string {
  world.count += 1;
  return `${String(world.count)
    .padStart(4, "0")
    .replaceAll(/\d/g, (digit) => "abcdefghij"[Number(digit)] ?? "")}\n`;
}

const sourceAt = ({ sources }: World, { at }: Edit): string => pick([...sources.keys()].toSorted(), at);

function writeSource(world: World, path: string, text: string, mtime: "new" | "kept" | "old" = "new"): void {
  world.ground.write(path, text, mtime);
  world.sources = new Map(world.sources).set(path, text);
  world.earlier.set(path, [...(world.earlier.get(path) ?? []), text]);
}

function touch(world: World, edit: Edit): void {
  const path = sourceAt(world, edit);
  if (edit.way % 2 === 0) world.ground.touch(path);
  else writeSource(world, path, world.sources.get(path) ?? "");
}

/** The mtime is put back too. */
function changeSameSize(world: World, edit: Edit): void {
  const path = sourceAt(world, edit);
  const text = world.sources.get(path) ?? "";
  const other =
    edit.way % 3 === 0
      ? text === text.toUpperCase()
        ? text.toLowerCase()
        : text.toUpperCase()
      : textOf(world)
          .trim()
          .padEnd(text.length - 1, "y")
          .slice(0, text.length - 1) + "\n";
  writeSource(world, path, other, "kept");
}

function goBack(world: World, edit: Edit): void {
  if (edit.way % 2 === 0)
    return redefine(
      world,
      world.sketches.map((sketch, at) =>
        at === edit.at % world.sketches.length ? { ...sketch, param: 1, mark: "m0" } : sketch,
      ),
    );
  const path = sourceAt(world, edit);
  writeSource(world, path, pick(world.earlier.get(path) ?? [""], edit.way >> 1));
}

/** The outputs that a build would make now, in directories file by file. */
function outputFiles(world: World): readonly string[] {
  const made = new Set([...cleanBuildOf(world).files.keys()].filter((path) => !world.sources.has(path)));
  return [...world.ground.files().keys()].filter((path) => made.has(path)).toSorted();
}

function deleteOutput(world: World, { at, way }: Edit): void {
  const found = outputFiles(world);
  if (found.length === 0) return;
  const path = pick(found, at);
  const folder = path.split("/").slice(0, 2).join("/");
  world.ground.remove(way % 3 === 0 ? folder : path);
}

/** Its mark in a text tells that a person wrote it. */
export const TAMPERED = "tampered";

function tamper(world: World, { at, way }: Edit): void {
  const found = outputFiles(world);
  if (found.length === 0) return;
  const path = pick(found, at);
  const text = world.ground.read(path) ?? "";
  const mine = `${TAMPERED} ${textOf(world)}`;
  world.tampered.add(path);
  if (way % 4 === 0) world.ground.write(path, mine, "new");
  else if (way % 4 === 1) world.ground.write(path, text + mine, "kept");
  else if (way % 4 === 2) world.ground.write(path, mine.padEnd(text.length, "z").slice(0, text.length), "kept");
  else world.ground.write(path.split("/").length > 2 ? `${path}.stray` : path, mine, "old");
}

function redefine(world: World, sketches: readonly Sketch[]): void {
  if (!isValid({ sketches, sources: world.sources })) return;
  world.sketches = sketches;
  world.ground.define(sketches);
}

function isValid(of: Pick<World, "sketches" | "sources">): boolean {
  try {
    cleanBuildOf(of);
    return true;
  } catch (error) {
    if (error instanceof Unmakeable) return false;
    throw error;
  }
}

type Change = (of: { readonly sketch: Sketch; readonly number: number }) => Partial<Sketch>;

/** `number` is 1, as in the beginning, or one that never was. */
function redefineOne(world: World, edit: Edit, change: Change): void {
  world.count += 1;
  const chosen = pick(world.sketches, edit.at);
  const number = edit.way % 3 === 0 ? 1 : world.count + 1;
  redefine(
    world,
    world.sketches.map((sketch) => (sketch === chosen ? { ...sketch, ...change({ sketch, number }) } : sketch)),
  );
}

const turnedAround = ({ inputs }: Sketch): Sketch["inputs"] =>
  slotsOf(
    Object.values(inputs)
      .toReversed()
      .map((input) => (typeof input === "string" || "glob" in input ? input : input.toReversed())),
  );

/** A list of one file is not the file. */
const wrapped = ({ inputs, fills }: Sketch): Sketch["inputs"] =>
  slotsOf(
    Object.values(inputs).map((input) => {
      if (typeof input === "string") return input.endsWith("/") || fills !== undefined ? input : [input];
      return "glob" in input || input.length > 1 ? input : (input[0] ?? input);
    }),
  );

/** The rules that read the output follow. What no record tells to be pipe's own work would become a source, so it goes. */
function renameOutput(world: World, { at, way }: Edit): void {
  const { name, outputs, fills } = pick(world.sketches, at);
  const from = outputs["out"] ?? "";
  if (fills !== undefined) return;
  world.count += 1;
  redefine(world, renamedOutput(world.sketches, from, way % 3 === 0 ? 1 : world.count + 1));
  if (world.sketches.find((sketch) => sketch.name === name)?.outputs["out"] === from) return;
  const isUnknown = world.isDamaged || [...world.tampered].some((path) => path === from || path.startsWith(from));
  if (isUnknown) world.ground.remove(from.replace(/\/$/, ""));
}

function renamedOutput(sketches: readonly Sketch[], from: string, number: number): readonly Sketch[] {
  const to = from.replace(/(?:v\d+)?(\.txt|\/)$/, `${number === 1 ? "" : `v${number}`}$1`);
  const follow = (path: string): string =>
    path === from || (from.endsWith("/") && path.startsWith(from)) ? to + path.slice(from.length) : path;
  const inputOf = (input: Input): Input =>
    typeof input === "string" ? follow(input) : "glob" in input ? input : input.map(follow);
  return sketches.map((each) => ({
    ...each,
    inputs: Object.fromEntries(Object.entries(each.inputs).map(([slot, input]) => [slot, inputOf(input)])),
    outputs: Object.fromEntries(Object.entries(each.outputs).map(([slot, path]) => [slot, follow(path)])),
  }));
}

function changeFolder(world: World, edit: Edit): void {
  const from = sourceAt(world, edit);
  const to = pick(["data/d.txt", "data/e.txt", "data/c.txt", "data/f.txt", "data/0.txt"], edit.way);
  const sources = new Map(world.sources);
  if (edit.kind !== "take-away" && sources.has(to)) return;
  if (edit.kind === "add") return writeSource(world, to, textOf(world));
  const text = sources.get(from) ?? "";
  sources.delete(from);
  if (edit.kind === "rename") sources.set(to, text);
  // Whatever edits come next need one to edit.
  if (sources.size === 0) return;
  if (!isValid({ sketches: world.sketches, sources })) return;
  world.sources = sources;
  if (edit.kind === "take-away") world.ground.remove(from);
  else world.ground.rename(from, to);
}

/** Two sources' contents change places, by renaming or by writing. */
function swap(world: World, edit: Edit): void {
  const paths = [...world.sources.keys()].toSorted();
  if (paths.length < 2) return;
  const [one, other] = [pick(paths, edit.at), pick(paths, edit.at + 1)];
  const [first, second] = [world.sources.get(one) ?? "", world.sources.get(other) ?? ""];
  if (edit.way % 2 === 0) {
    world.ground.rename(one, "aside");
    world.ground.rename(other, one);
    world.ground.rename("aside", other);
    world.sources = new Map(world.sources).set(one, second).set(other, first);
    return;
  }
  writeSource(world, one, second, "kept");
  writeSource(world, other, first, "kept");
}

/**
 * Without its record a file is a source for all that pipe knows. So what no rule names now goes first: outputs of rules
 * that were renamed, and what wildcard rules made on demand.
 */
function forget(world: World, what: "everything" | "state" | "cache", edit: Edit): Loss {
  if (what !== "cache") removeUnnamed(world);
  if (what !== "cache") world.isDamaged = true;
  // Somebody has to ask for what was damaged.
  else deleteOutput(world, edit);
  return world.ground.forget(what, edit.way);
}

function removeUnnamed({ ground, sketches, sources }: World): void {
  const named = sketches.flatMap(({ outputs, fills }) =>
    (fills ?? [""]).flatMap((x) => Object.values(outputs).map((path) => path.replace("{x}", x))),
  );
  for (const path of ground.files().keys()) {
    if (
      sources.has(path) ||
      named.some((output) => output === path || (output.endsWith("/") && path.startsWith(output)))
    )
      continue;
    ground.remove(path);
  }
}
