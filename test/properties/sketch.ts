/** Random pipelines as plain data: what a rule reads, what it makes, and what its action does to the bytes. Pure. */

import { type Arbitrary, array, boolean, constantFrom, integer, nat, record, tuple } from "fast-check";

/** What an action does with its inputs, joined. All but the first lose something, which gives early cutoff its chance. */
export const OPS = ["join", "upper", "first", "constant"] as const;
export type Op = (typeof OPS)[number];

export interface ListOfGlob {
  readonly glob: string;
  /** Each path with its folder replaced, which asks a wildcard rule for it. */
  readonly folder?: string;
}

/** A path, a list of paths, or a glob. */
export type Input = string | readonly string[] | ListOfGlob;

export interface Sketch {
  readonly name: string;
  readonly isModule: boolean;
  readonly op: Op;
  /** Stands in the command or in the code. */
  readonly mark: string;
  readonly param: number;
  readonly isCached: boolean;
  /** Stands in a comment, in the description, in an unused function: in nothing that counts. */
  readonly remark: number;
  readonly cpu: number;
  readonly network: number;
  /** The longest chain of rules above it. */
  readonly level: number;
  readonly inputs: Readonly<Record<string, Input>>;
  /** `out`, and `extra` where there are two. */
  readonly outputs: Readonly<Record<string, string>>;
  /** For a wildcard rule, the fillings asked for by `.for({ x })`. */
  readonly fills: readonly string[] | undefined;
}

export const SOURCES = ["data/a.txt", "data/b.txt", "data/c.txt"];
export const FOLDER = "data/";
export const POOLS = { network: 2 };

const draw = record({
  shape: nat(11),
  op: constantFrom(...OPS),
  isModule: nat(7).map((number) => number === 7),
  isCached: nat(4).map((number) => number < 4),
  inputs: array(nat(1000), { minLength: 1, maxLength: 3 }),
  cpu: integer({ min: 1, max: 3 }),
  network: nat(2),
});

type Draw = typeof draw extends Arbitrary<infer T> ? T : never;

/** Some rules, each of which reads sources and what the rules before it make. Half of the projects have no glob. */
export const sketches: Arbitrary<readonly Sketch[]> = tuple(boolean(), array(draw, { minLength: 1, maxLength: 7 })).map(
  ([hasGlobs, draws]) =>
    draws.reduce<readonly Sketch[]>((before, drawn) => [...before, sketchOf(before, { hasGlobs, ...drawn })], []),
);

function sketchOf(before: readonly Sketch[], of: Draw & { readonly hasGlobs: boolean }): Sketch {
  const { shape, inputs, hasGlobs, ...drawn } = of;
  const name = `r${before.length}`;
  const common = { name, mark: "m0", param: 1, remark: 0, ...drawn };
  if (shape >= 10) return wildcardSketch({ ...common, shape }, before);
  const choices = choicesOf(before).filter(({ input }) => hasGlobs || typeof input === "string");
  const chosen = inputs.map((number) => choiceOf(choices, number));
  const level = 1 + Math.max(0, ...chosen.map((choice) => choice.level));
  const out = shape < 2 ? `l${level}/${name}/` : `l${level}/${name}.txt`;
  const outputs = shape === 1 || shape === 2 ? { extra: `l${level}/${name}.extra.txt`, out } : { out };
  return { ...common, level, inputs: slotsOf(chosen.map((choice) => choice.input)), outputs, fills: undefined };
}

export const slotsOf = (inputs: readonly Input[]): Readonly<Record<string, Input>> =>
  Object.fromEntries(inputs.map((input, at) => ["abc"[at] as string, input]));

function wildcardSketch(
  of: Omit<Sketch, "level" | "inputs" | "outputs" | "fills"> & { readonly shape: number },
  before: readonly Sketch[],
): Sketch {
  const { shape, ...common } = of;
  const above = before.findLast((sketch) => sketch.fills !== undefined);
  const from = above === undefined || shape === 10 ? "data" : `w${above.name}`;
  return {
    ...common,
    level: 0,
    inputs: { a: `${from}/{x}.txt` },
    outputs: { out: `w${common.name}/{x}.txt` },
    fills: shape === 10 ? ["a"] : [],
  };
}

interface Choice {
  readonly input: Input;
  readonly level: number;
}

const choicesOf = (before: readonly Sketch[]): readonly Choice[] => [
  ...sourceChoices(),
  ...before.flatMap(choicesFrom),
  ...globChoices(before),
];

/** Sometimes two at once, as a list. */
function choiceOf(choices: readonly Choice[], number: number): Choice {
  const first = choices[number % choices.length] as Choice;
  const second = choices[Math.floor(number / 7) % choices.length] as Choice;
  if (number % 5 > 0 || typeof first.input !== "string" || typeof second.input !== "string") return first;
  if (first.input === second.input || first.input.endsWith("/") || second.input.endsWith("/")) return first;
  return { input: [first.input, second.input], level: Math.max(first.level, second.level) };
}

const sourceChoices = (): readonly Choice[] =>
  [...SOURCES.slice(0, 2), FOLDER, { glob: "data/*.txt" }].map((input) => ({ input, level: 0 }));

function choicesFrom({ name, outputs, fills, level }: Sketch): readonly Choice[] {
  if (fills !== undefined)
    return [`w${name}/a.txt`, { glob: "data/*.txt", folder: `w${name}` }, { glob: `w${name}/*.txt` }].map((input) => ({
      input,
      level,
    }));
  return Object.values(outputs)
    .flatMap((path) => (path.endsWith("/") ? [path, `${path}in/two.txt`] : [path]))
    .map((input) => ({ input, level }));
}

function globChoices(before: readonly Sketch[]): readonly Choice[] {
  const levels = new Set(before.filter((sketch) => sketch.fills === undefined).map((sketch) => sketch.level));
  return [...levels].map((level) => ({ input: { glob: `l${level}/*.txt` }, level }));
}

/** Whether an input is given as a list. */
export const isList = (input: Input): boolean => typeof input !== "string";
