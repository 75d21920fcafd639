/** What a Pipefile declares: rules, globs and the pipeline, with types that check the wiring. Pure. */

import type { CacheOptions } from "./cache-option.ts";
import type { Policies } from "./policy.ts";
import { fillPattern } from "./pattern.ts";
import type { ServeOptions } from "./serving.ts";

/** A JSON value; params are made of these alone. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One path, or a list of paths. A path that ends in `/` is a directory. */
export type Paths = string | readonly string[];
export type PathsByName = Readonly<Record<string, Paths>>;

/** A list of paths that is filled when the graph is drawn; made by {@link glob}. */
export interface Glob {
  readonly pattern: string;
  readonly rename: ((path: string) => string) | undefined;
  /** The same list with each path turned into another, such as the summary of each table. */
  readonly map: (rename: (path: string) => string) => Glob;
}

/** Where an action takes a list, a Pipefile may also put a glob. */
type Declared<T> = { readonly [K in keyof T]: DeclaredAs<T[K]> };
type DeclaredAs<V> = V extends string ? string : readonly string[] | Glob;
type DeclaredOutputs<T> = { readonly [K in keyof T]: Exclude<DeclaredAs<T[K]>, Glob> };

export interface ActionContext<I, O, P> {
  /** Paths to read, relative to the project root, which is the working directory. */
  readonly inputs: I;
  /** Staged paths to write: published under their declared names only if the action succeeds. */
  readonly outputs: O;
  /** The declared output paths, for text that names them. */
  readonly artifacts: O;
  /** The outputs of before, where they still stand. */
  readonly previous: { readonly [K in keyof O]: O[K] | undefined };
  readonly params: P;
  readonly wildcards: Readonly<Record<string, string>>;
  /** With `scratch: true`: a folder that is kept until the step succeeds, for the checkpoints of a long training. */
  readonly scratch: string | undefined;
  /** Writes a line to the step's log. */
  readonly log: (message: string) => void;
  /** Records a figure of this run; of what stands there, for a gate to compare with, where it measured that anew. */
  readonly metric: (name: string, value: number, about?: { readonly of: "previous" }) => void;
  /** Says how far the action is: `done` of `total`, in any unit. */
  readonly progress: (done: number, total: number) => void;
  /**
   * Records an input that was found while running, and brings it up to date first if a rule makes it. Await it before
   * the path is read. True where something stands there; that nothing does counts too. A path that ends in `/` is a
   * directory.
   */
  readonly depend: (path: string) => Promise<boolean>;
  /** Aborted when the build is interrupted. */
  readonly signal: AbortSignal;
}

/** What a module exports by default: reads `inputs`, writes `outputs`. */
export type Action<I extends PathsByName, O extends PathsByName, P = {}> = (
  context: ActionContext<I, O, P>,
) => void | Promise<void>;

/** A whole number and a unit: `"512MB"`, `"2GB"`. */
export type Size = `${number}${"KB" | "MB" | "GB"}`;

/** Tokens a step holds while it runs. `cpu` counts cores (default 1), `memory` bytes, the rest are pools of the pipeline. */
export interface Resources {
  readonly cpu?: number;
  readonly memory?: Size;
  readonly pools?: Readonly<Record<string, number>>;
}

interface Common<P = Readonly<Record<string, Json>>> extends Policies<P> {
  /** One line for `pipe list`. Not part of the fingerprint. */
  readonly description?: string;
  /** Environment variables that reach the action and count. */
  readonly env?: readonly string[];
  /** Environment variables (or globs of them) that reach the action and do not count. */
  readonly passEnv?: readonly string[];
  /** Commands whose printed version counts, such as `{ python: "python3 --version" }`. */
  readonly tools?: Readonly<Record<string, string>>;
  readonly resources?: Resources;
  /** `false` keeps the outputs out of the cache. */
  readonly cache?: boolean;
}

export interface CommandRule<I, O> extends Common {
  readonly inputs: I;
  readonly outputs: O;
  readonly params?: Readonly<Record<string, Json>>;
  /** A shell command; inputs, outputs, params and wildcards are variables of their names. */
  readonly run: string;
  /** `sh -eu` (the default) or `bash -euo pipefail`. */
  readonly shell?: "sh" | "bash";
  /** The command writes what it found while running to `$depfile`, as `gcc -MMD -MF` does: Make's format. */
  readonly depfile?: boolean;
}

/** A lazily imported module whose default export is an {@link Action}. */
type Module<I extends PathsByName, O extends PathsByName, P> = () => Promise<{ readonly default: Action<I, O, P> }>;

/** What the action of the module `M` asks of a rule that runs it. */
export type ModuleRule<M> =
  M extends Module<infer I, infer O, infer P>
    ? Common<P> & Params<P> & { readonly inputs: Declared<I>; readonly outputs: DeclaredOutputs<O> }
    : Common & { readonly run: Module<PathsByName, PathsByName, {}> };

/** Any, for an action that says nothing of its params; none, where it takes none; optional ones may be left away. */
type Params<P> = unknown extends P
  ? { readonly params?: Readonly<Record<string, Json>> }
  : [keyof P] extends [never]
    ? { readonly params?: Readonly<Record<string, never>> }
    : {} extends P
      ? { readonly params?: P }
      : { readonly params: P };

type Wildcard<T> = T extends `${string}{${infer Name}}${infer Rest}`
  ? (Name extends `${infer Bare}:${string}` ? Bare : Name) | Wildcard<Rest>
  : never;
type WildcardsOf<O> = {
  readonly [K in Wildcard<O[keyof O] extends infer V ? (V extends readonly (infer E)[] ? E : V) : never>]: string;
};

export type Wildcards = Readonly<Record<string, string>>;
type Widened<O> = { readonly [K in keyof O]: O[K] extends string ? string : O[K] };

/** One filling of a wildcard rule. */
export interface Instance<O> {
  readonly wildcards: Wildcards;
  readonly outputs: O;
}

/** A declared rule. `outputs` are plain paths, to be used as inputs of other rules. */
export interface Rule<I = PathsByName, O = PathsByName, W = Wildcards> {
  readonly inputs: I;
  readonly outputs: O;
  /** The same rule with its wildcards filled. */
  readonly for: (wildcards: W) => Instance<O>;
  /** For the engine: what was declared, unchecked, and the fillings asked for so far. */
  readonly declaration: Partial<RuleDeclaration>;
  readonly instances: readonly Wildcards[];
}

/** The names of a module's inputs and outputs are those of its action, if that tells them. */
type RuleOf<R, I, O> =
  R extends Module<infer MI, infer MO, infer _>
    ? Rule<MI, string extends keyof MO ? Widened<O> : MO, WildcardsOf<O>>
    : Rule<I, Widened<O>, WildcardsOf<O>>;

/** Any rule, whatever its names. */
export type AnyRule = Pick<Rule, "declaration" | "instances">;

/** What the engine reads of a rule. */
export interface RuleDeclaration {
  readonly inputs: Readonly<Record<string, Paths | Glob>>;
  readonly outputs: PathsByName;
  readonly params: Readonly<Record<string, Json>>;
  readonly run: string | (() => Promise<unknown>);
  readonly shell: "sh" | "bash";
  readonly description: string | undefined;
  readonly env: readonly string[];
  readonly passEnv: readonly string[];
  readonly tools: Readonly<Record<string, string>>;
  readonly resources: Resources;
  readonly cache: boolean;
  readonly retry: Policies["retry"];
  readonly timeout: Policies["timeout"];
  readonly after: Policies["after"];
  readonly temp: boolean;
  readonly always: boolean;
  readonly isolate: boolean;
  readonly scratch: boolean;
  readonly depfile: boolean;
  readonly backup: Policies["backup"];
  readonly promote: Policies["promote"];
}

/**
 * Declares a rule: `outputs` are made from `inputs` by `run`.
 *
 * With a module the types of inputs, outputs and params come from the action itself, so a misspelt name or a wrong
 * param is a compiler error at its line. With a command they come from the declaration. One signature serves both: of
 * two overloads the compiler explains only the last, which is about the other kind of rule.
 */
export function rule<
  const R extends string | (() => Promise<unknown>),
  const I extends Readonly<Record<string, Paths | Glob>>,
  const O extends PathsByName,
>(declaration: { readonly run: R } & (R extends string ? CommandRule<I, O> : ModuleRule<R>)): RuleOf<R, I, O>;
export function rule(declaration: object): Rule {
  const declared = declaration as Partial<RuleDeclaration>;
  const filled: Wildcards[] = [];
  const outputs = declared.outputs ?? {};
  return {
    inputs: (declared.inputs ?? {}) as PathsByName,
    outputs,
    declaration: declared,
    instances: filled,
    for(wildcards) {
      filled.push(wildcards);
      const paths = Object.entries(outputs).map(([name, value]) => [
        name,
        typeof value === "string" ? fillPattern(value, wildcards) : value.map((path) => fillPattern(path, wildcards)),
      ]);
      return { wildcards, outputs: Object.fromEntries(paths) as PathsByName };
    },
  };
}

/**
 * The files that match a pattern, sorted: those on disk that pipe did not make, and those that rules will make, built
 * yet or not. The list is filled when the graph is drawn, so it never depends on what an earlier build left behind.
 */
export function glob(pattern: string): Glob {
  const of = (rename: Glob["rename"]): Glob => ({
    pattern,
    rename,
    map: (next) => of(rename ? (path) => next(rename(path)) : next),
  });
  return of(undefined);
}

export interface PipelineOptions {
  /** Rule names or paths that `pipe build` builds without a target. Default: every rule without wildcards. */
  readonly default?: readonly string[];
  /** Tokens that steps share beside cpu and memory, such as `{ network: 2 }`. */
  readonly pools?: Readonly<Record<string, number>>;
  /** Environment variables (or globs of them) that reach every action and do not count. */
  readonly passEnv?: readonly string[];
  /** Makes the warning `undeclared-path` an error. */
  readonly strict?: boolean;
  readonly cache?: CacheOptions;
  /** What `pipe serve` hosts. */
  readonly serve?: ServeOptions;
}

export interface Pipeline {
  readonly rules: Readonly<Record<string, Rule>>;
  readonly options: PipelineOptions;
}

/** What `Pipefile.ts` exports by default: the rules by name. */
export const pipeline = (rules: Readonly<Record<string, AnyRule>>, options: PipelineOptions = {}): Pipeline => ({
  rules: rules as Pipeline["rules"],
  options,
});
