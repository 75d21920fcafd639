/** The shapes of what a Pipefile declares. The compiler checks them too, but pipe itself runs no compiler. Pure. */

import type { PipelineOptions, RuleDeclaration } from "./rule.ts";
import { sizeBytes } from "./tokens.ts";

/** What a value is no instance of, in words; undefined where it is what it should be, or is left away. */
type Shape = (value: unknown) => string | undefined;

const of =
  (words: string, isIt: (value: unknown) => boolean): Shape =>
  (value) =>
    value === undefined || isIt(value) ? undefined : words;

const isText = (value: unknown): boolean => typeof value === "string";
const isObject = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);
const every = (value: unknown, isIt: (each: unknown) => boolean): boolean =>
  isObject(value) && Object.values(value as object).every(isIt);
const isAmount = (value: unknown): boolean => typeof value === "number" && value > 0 && Number.isFinite(value);

const text = of("no text", isText);
const texts = of("no list of texts", (value) => Array.isArray(value) && value.every(isText));
const flag = of("neither true nor false", (value) => typeof value === "boolean");

const isSize = (value: unknown): boolean => isText(value) && (sizeBytes(value as string) ?? 0) > 0;
const isCache = (value: unknown): boolean =>
  isObject(value) &&
  Object.entries(value as object).every(
    ([name, given]) =>
      given === undefined || (name === "folder" ? isText(given) && given !== "" : name === "limit" && isSize(given)),
  );

// The words of `resources`; cpu and memory are tokens of the machine's own.
const RESOURCES = new Set(["cpu", "memory", "pools"]);

const RULE: Partial<Readonly<Record<keyof RuleDeclaration, Shape>>> = {
  inputs: of("no object of names and paths", isObject),
  outputs: of("no object of names and paths", isObject),
  params: of("no object", isObject),
  description: text,
  env: texts,
  passEnv: texts,
  tools: of("no object of names and commands", (value) => every(value, isText)),
  resources: of(
    "no object of cpu, memory and pools alone",
    (value) => isObject(value) && Object.keys(value as object).every((name) => RESOURCES.has(name)),
  ),
  cache: flag,
  retry: of("no object", isObject),
  after: of("no path or list of paths", (value) => isText(value) || Array.isArray(value)),
  temp: flag,
  always: flag,
  isolate: flag,
  scratch: flag,
  depfile: flag,
  backup: of("no object", isObject),
  promote: of("no object", isObject),
};

const OPTIONS: Readonly<Record<keyof PipelineOptions, Shape>> = {
  default: texts,
  pools: of(
    "no object of names (but cpu and memory) and numbers above 0",
    (value) => every(value, isAmount) && !Object.keys(value as object).some((name) => RESOURCES.has(name)),
  ),
  passEnv: texts,
  strict: flag,
  cache: of('no object of a folder and a limit, such as { limit: "10GB" }', isCache),
  serve: of("no object of a model and its checksum", isObject),
};

/** The first field of a rule that is of another shape, and what it is not. */
export const misshapenField = (declared: Partial<RuleDeclaration>): string | undefined => misshapen(declared, RULE);

export const misshapenOption = (options: PipelineOptions): string | undefined => misshapen(options, OPTIONS);

function misshapen(values: object, shapes: Readonly<Record<string, Shape>>): string | undefined {
  // A large project has many rules: no list is made of each one's fields.
  for (const name in values) {
    const words = shapes[name]?.((values as Readonly<Record<string, unknown>>)[name]);
    if (words !== undefined) return `'${name}', which is ${words}`;
  }
  return undefined;
}
