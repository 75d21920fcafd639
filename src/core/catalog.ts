/** Who makes what: every step that the Pipefile names, and the wildcard rules that can make more. Pure. */

import { byCodeUnit, coversOwnFiles, directoriesAbove, givenPath, isDirectory } from "./artifact.ts";
import type { CheckedRule, InputSlot, Slot } from "./declaration.ts";
import { ambiguousRules, badPath, badRule, sourceOrOutput } from "./error.ts";
import { claimsBeside, makersByPath } from "./maker.ts";
import { fillPattern } from "./pattern.ts";
import type { Wildcards } from "./rule.ts";

/** A rule with its wildcards filled; the unit of work. */
export interface Step {
  readonly id: string;
  readonly rule: CheckedRule;
  readonly wildcards: Wildcards;
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  /** Paths that come first, though their content does not count. */
  readonly after: readonly string[];
}

/** What a graph must know of the world outside. */
export interface Disk {
  readonly exists: (path: string) => boolean;
  readonly isFile: (path: string) => boolean;
  /** True for a directory where a file is declared, or the reverse. */
  isOfAnotherKind(path: string): boolean;
  /** True where a record says that pipe made this path. */
  wasBuilt(path: string): boolean;
  /** True where the path still holds what pipe made there. */
  holdsBuilt(path: string): boolean;
  /** True where a person has decided what the step's outputs are, whatever it would make of what it reads. */
  isHeld(step: Step): boolean;
  /** What stands in the same folder, for 'did you mean'. */
  siblings(path: string): readonly string[];
  /** The files on disk that match a glob. */
  members(glob: string): readonly string[];
  matcher(glob: string): (path: string) => boolean;
}

export interface Catalog {
  readonly rules: ReadonlyMap<string, CheckedRule>;
  /** Every step without open wildcards, in the order of the Pipefile. */
  readonly steps: readonly Step[];
  /** Files that pipe made, that match a glob, and that no rule makes now. */
  readonly deadOutputs: readonly string[];
  /** The steps that an input path comes from; none for a source. `chain` holds the wildcard rules being followed. */
  makersOf(path: string, chain: ReadonlySet<string>): readonly Step[];
  /** True where only a rule that already stands in the chain could make the path. */
  isMadeInChain(path: string, chain: ReadonlySet<string>): boolean;
  /** All paths that named steps make. */
  outputPaths(): readonly string[];
}

export function catalogOf(rules: readonly CheckedRule[], disk: Disk): Catalog {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  const unfilled = rules.flatMap((rule) => (rule.wildcards.length === 0 ? [stepOf(rule, {})] : instancesOf(rule)));
  const makers = makersByPath(unfilled);
  const wildcardRules = rules.filter((rule) => rule.wildcards.length > 0);
  const dead = new Set<string>();
  const fill = globFiller({ disk, makers, wildcardRules, dead });
  const steps = unfilled.map((step) => fill(step));
  const filled = new Map(steps.map((step) => [step.id, step]));
  const directories = [...makers.keys()].some(isDirectory);
  const demanded = stepsOnDemand(makers, fill);

  const fromWildcards = (path: string, chain: ReadonlySet<string>): readonly Step[] => {
    if (wildcardRules.length === 0) return [];
    const matches = wildcardRules.flatMap((rule) => (chain.has(rule.name) ? [] : matchesOf(rule, path)));
    if (matches.length > 1 && !disk.exists(path))
      throw ambiguousRules({ path, rules: matches.map((match) => match.rule.name) });
    const [match] = matches;
    if (match === undefined) return [];
    const isForeign = !isInstance(match.rule, match.wildcards) && disk.exists(path) && !disk.wasBuilt(path);
    if (isForeign) throw sourceOrOutput({ path, rule: match.rule.name });
    if (matches.length > 1) throw ambiguousRules({ path, rules: matches.map((found) => found.rule.name) });
    return [demanded(match)];
  };

  let sorted: readonly string[] | undefined;
  const outputPaths = (): readonly string[] => (sorted ??= [...makers.keys()].toSorted(byCodeUnit));
  const named = (step: Step | undefined): readonly Step[] => (step === undefined ? [] : [filled.get(step.id) ?? step]);

  return {
    rules: byName,
    steps,
    deadOutputs: [...dead].toSorted(byCodeUnit),
    outputPaths,
    isMadeInChain: (path, chain) =>
      wildcardRules.some((rule) => chain.has(rule.name) && matchesOf(rule, path).length > 0),
    makersOf(path, chain) {
      const exact = makers.get(path);
      if (exact !== undefined) return named(exact);
      const above = directories ? directoriesAbove(path).find((directory) => makers.has(directory)) : undefined;
      if (above !== undefined) return named(makers.get(above));
      const inside = isDirectory(path) ? outputPaths().filter((output) => output.startsWith(path)) : [];
      if (inside.length > 0) return [...new Set(inside.flatMap((output) => named(makers.get(output))))];
      return fromWildcards(path, chain);
    },
  };
}

/** The steps of wildcard rules that a path asks for, one for each filling. */
function stepsOnDemand(makers: ReadonlyMap<string, Step>, fill: (step: Step) => Step): (match: Match) => Step {
  const steps = new Map<string, Step>();
  const claim = claimsBeside(makers);
  return ({ rule, wildcards }) => {
    const id = idOf(rule, wildcards);
    const known = steps.get(id);
    if (known !== undefined) return known;
    const step = fill(stepOf(rule, wildcards));
    claim(step);
    steps.set(id, step);
    return step;
  };
}

/** `rule`, or `rule:table=clean,year=2024` for one filling of a wildcard rule. */
export function idOf(rule: CheckedRule, wildcards: Wildcards): string {
  if (rule.wildcards.length === 0) return rule.name;
  const [first = "", ...others] = rule.wildcards;
  if (others.length === 0) return `${rule.name}:${first}=${wildcards[first]}`;
  // Of several values each ends at a comma; with one in a value, two fillings could share a name.
  const plain = (value = ""): string => value.replaceAll("%", "%25").replaceAll(",", "%2C");
  return `${rule.name}:${rule.wildcards.map((name) => `${name}=${plain(wildcards[name])}`).join(",")}`;
}

function stepOf(rule: CheckedRule, wildcards: Wildcards): Step {
  if (rule.wildcards.length === 0)
    return { id: rule.name, rule, wildcards, inputs: rule.inputs, outputs: rule.outputs, after: rule.after };
  const filledIn = (path: string): string => filledPath(path, { rule, wildcards });
  const filled = <S extends Slot>(slots: readonly S[]): readonly S[] =>
    slots.map((slot) => ({ ...slot, paths: slot.paths.map(filledIn) }));
  for (const slot of rule.outputs) {
    const owned = slot.paths.map((path) => fillPattern(path, wildcards)).find(coversOwnFiles);
    if (owned !== undefined) throw badRule({ rule: rule.name, problem: `makes ${owned}, which pipe itself writes` });
  }
  const [inputs, outputs] = [filled(rule.inputs), filled(rule.outputs)];
  return { id: idOf(rule, wildcards), rule, wildcards, inputs, outputs, after: rule.after.map(filledIn) };
}

function filledPath(pattern: string, of: { readonly rule: CheckedRule; readonly wildcards: Wildcards }): string {
  const declaredBy = `rule ${of.rule.name}, '${pattern}'`;
  const text = fillPattern(pattern, of.wildcards);
  if (givenPath(text, declaredBy) === text) return text;
  throw badPath({ text, declaredBy, problem: "has a wildcard that stands for no name" });
}

function instancesOf(rule: CheckedRule): readonly Step[] {
  const steps = new Map(rule.instances.map((wildcards) => [idOf(rule, wildcards), instanceOf(rule, wildcards)]));
  return [...steps.values()];
}

function instanceOf(rule: CheckedRule, wildcards: Wildcards): Step {
  const step = stepOf(rule, wildcards);
  const isFilled = rule.patterns.every((pattern) => pattern.match(fillPattern(pattern.text, wildcards)) !== undefined);
  if (!isFilled)
    throw badRule({
      rule: rule.name,
      problem: `is filled by .for(${JSON.stringify(wildcards)}), which its wildcards do not allow`,
      hint: `they are in ${rule.patterns.map((pattern) => pattern.text).join(", ")}; {x} is one or more characters but /`,
    });
  return step;
}

/** A filling that the Pipefile itself asks for, perhaps for each path of a glob, is meant as an output. */
const isInstance = (rule: CheckedRule, wildcards: Wildcards): boolean =>
  rule.instances.some((instance) => idOf(rule, instance) === idOf(rule, wildcards));

interface Match {
  readonly rule: CheckedRule;
  readonly wildcards: Wildcards;
}

function matchesOf(rule: CheckedRule, path: string): readonly Match[] {
  for (const pattern of rule.patterns) {
    const wildcards = pattern.match(path);
    if (wildcards !== undefined) return [{ rule, wildcards }];
  }
  return [];
}

interface GlobSources {
  readonly disk: Disk;
  readonly makers: ReadonlyMap<string, Step>;
  readonly wildcardRules: readonly CheckedRule[];
  readonly dead: Set<string>;
}

/** Fills the globs of a step's inputs from the graph: sources on disk, and outputs built yet or not. */
function globFiller({ disk, makers, wildcardRules, dead }: GlobSources): (step: Step) => Step {
  const lists = new Map<string, readonly string[]>();
  const isMade = (path: string): boolean =>
    makers.has(path) || directoriesAbove(path).some((above) => makers.has(above));
  const listOf = (pattern: string): readonly string[] => {
    const known = lists.get(pattern);
    if (known !== undefined) return known;
    const found = disk.members(pattern).filter((path) => !isMade(path));
    const isOnDemand = (path: string): boolean => wildcardRules.some((rule) => matchesOf(rule, path).length > 0);
    // What a wildcard rule made on demand is its output even after a person edited it; a dead output is a source then.
    const built = found.filter((path) => (isOnDemand(path) ? disk.wasBuilt(path) : disk.holdsBuilt(path)));
    for (const path of built) if (!isOnDemand(path)) dead.add(path);
    const made = [...makers.keys()].filter(disk.matcher(pattern));
    const list = [...found.filter((path) => !built.includes(path)), ...made].toSorted(byCodeUnit);
    lists.set(pattern, list);
    return list;
  };
  return (step) => {
    const slots = step.inputs as readonly InputSlot[];
    if (!slots.some((slot) => slot.glob !== undefined)) return step;
    const inputs = slots.map(({ name, paths, isList, glob }) => {
      if (glob === undefined) return { name, paths, isList };
      const list = listOf(fillPattern(glob.pattern, step.wildcards));
      const { rename } = glob;
      const from = `rule ${step.rule.name}, the map() of '${name}'`;
      return { name, paths: rename === undefined ? list : list.map((path) => givenPath(rename(path), from)), isList };
    });
    return { ...step, inputs };
  };
}
