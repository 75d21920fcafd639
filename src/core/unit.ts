/** The units of models: the steps whose outputs are kept together, and put back together. Pure. */

import { artifactPath, directoriesAbove, isDirectory } from "./artifact.ts";
import type { BackupPolicy } from "./backup.ts";
import type { Catalog, Step } from "./catalog.ts";
import type { CheckedRule } from "./declaration.ts";
import { badRule } from "./error.ts";
import { compilePattern, fillPattern } from "./pattern.ts";
import type { Wildcards } from "./rule.ts";

/** A model with what belongs to it. */
export interface Unit {
  /** The path of the model itself, whose digest a version is known by. */
  readonly model: string;
  /** The step that makes the model first, then those of `backup.with`. */
  readonly steps: readonly Step[];
  /** Of the versions; ends in `/`. */
  readonly folder: string;
  readonly keep: number;
}

export interface Units {
  /** Of every step that the Pipefile names. */
  readonly named: readonly Unit[];
  /** The unit that a step's outputs belong to. */
  unitOf(step: Step): Unit | undefined;
}

/** The output that is declared first: what a person would call the thing that the step makes. */
export function firstOutputOf({ rule, outputs }: Step): string | undefined {
  return outputs.find(({ name }) => name === rule.firstOutput)?.paths[0];
}

/** Throws where what the Pipefile says of its models does not fit together. */
export function unitsOf(catalog: Catalog): Units {
  const kept = [...catalog.rules.values()].flatMap((rule) => {
    const { backup } = rule.policy;
    return backup === undefined ? [] : [{ rule, backup }];
  });
  if (kept.length === 0 && catalog.steps.every(({ rule }) => rule.policy.gate === undefined)) return NO_UNITS;
  const named = catalog.steps.flatMap((step) => {
    const { backup } = step.rule.policy;
    return backup === undefined ? [] : [unitFrom(catalog, step, backup)];
  });
  const byStep = byStepOf(named);
  refuseSharedFolders(named);
  refuseOutputsInFolders(catalog, named);
  const unitOf = (step: Step): Unit | undefined => byStep.get(step.id) ?? unitOnDemand(catalog, step, kept);
  refuseGatesAside(catalog, unitOf);
  return { named, unitOf };
}

/** What is said of a version, beside its files. */
export const VERSION_RECORD = "version.json";

// Most projects have none.
const NO_UNITS: Units = { named: [], unitOf: () => undefined };

function unitFrom(catalog: Catalog, head: Step, backup: BackupPolicy): Unit {
  const { rule, wildcards } = head;
  const filled = (path: string): string => fillPattern(path, wildcards);
  const others = backup.with.map(filled).map((path) => {
    const [maker] = catalog.makersOf(path, new Set());
    if (maker !== undefined) return maker;
    const hint = "name an output of another rule: train.outputs.metrics";
    throw badRule({ rule: rule.name, problem: `keeps ${path} with its model, which no rule makes`, hint });
  });
  const steps = new Map([head, ...others].map((step) => [step.id, step]));
  const model = firstOutputOf(head) ?? "";
  if ([...steps.values()].some(({ outputs }) => outputs.some(({ paths }) => paths.includes(VERSION_RECORD))))
    throw badRule({
      rule: rule.name,
      problem: `keeps an output ${VERSION_RECORD}, as a version's own record is called`,
    });
  const removed = others.find((step) => step.rule.policy.isTemporary);
  if (removed !== undefined)
    throw badRule({
      rule: rule.name,
      problem: `keeps ${removed.outputs.flatMap(({ paths }) => paths).join(", ")} with its model, which is temporary`,
      hint: `what is removed after use cannot be kept: take temp from ${removed.rule.name}, or its outputs from 'with'`,
    });
  const folder = artifactPath(filled(backup.to), `rule ${rule.name}, 'backup.to'`);
  return { model, steps: [...steps.values()], folder, keep: backup.keep };
}

function byStepOf(units: readonly Unit[]): ReadonlyMap<string, Unit> {
  const byStep = new Map<string, Unit>();
  for (const unit of units) {
    for (const { id, rule } of unit.steps) {
      const other = byStep.get(id);
      if (other !== undefined)
        throw badRule({
          rule: rule.name,
          problem: `belongs to two models, ${other.model} and ${unit.model}`,
          hint: "name it in the backup of one of them: to put one model back must not change another",
        });
      byStep.set(id, unit);
    }
  }
  return byStep;
}

interface Kept {
  readonly rule: CheckedRule;
  readonly backup: BackupPolicy;
}

/** Of a step that a wildcard rule makes for a target of the command line. */
function unitOnDemand(catalog: Catalog, step: Step, kept: readonly Kept[]): Unit | undefined {
  for (const { rule, backup } of kept) {
    if (rule.wildcards.length === 0) continue;
    if (rule.name === step.rule.name) return unitFrom(catalog, step, backup);
    const head = headFor(catalog, step, { rule, backup });
    if (head !== undefined) return unitFrom(catalog, head, backup);
  }
  return undefined;
}

function headFor(catalog: Catalog, step: Step, { rule, backup }: Kept): Step | undefined {
  const outputs = step.outputs.flatMap(({ paths }) => paths);
  const found = backup.with.flatMap((pattern): Wildcards[] => {
    const compiled = compilePattern(pattern);
    return outputs.map((path) => compiled.match(path)).filter((wildcards) => wildcards !== undefined);
  });
  const [wildcards] = found;
  const [first = ""] = rule.outputs.find(({ name }) => name === rule.firstOutput)?.paths ?? [];
  return wildcards && catalog.makersOf(fillPattern(first, wildcards), new Set())[0];
}

function refuseSharedFolders(units: readonly Unit[]): void {
  const owners = new Map<string, Unit>();
  for (const unit of units) {
    const other = [unit.folder, ...directoriesAbove(unit.folder)].map((folder) => owners.get(folder)).find(Boolean);
    if (other !== undefined)
      throw badRule({
        rule: unit.steps[0]?.rule.name ?? "",
        problem: `keeps its versions in ${unit.folder}, where those of ${other.model} are`,
        hint: "give each model a folder of its own",
      });
    owners.set(unit.folder, unit);
  }
}

function refuseOutputsInFolders({ steps }: Catalog, units: readonly Unit[]): void {
  const folders = units.map(({ folder }) => folder);
  for (const { rule, outputs } of steps) {
    const paths = outputs.flatMap((slot) => slot.paths);
    const covers = (path: string, folder: string): boolean =>
      path.startsWith(folder) || (isDirectory(path) && folder.startsWith(path));
    const made = paths.find((path) => folders.some((folder) => covers(path, folder)));
    if (made !== undefined)
      throw badRule({
        rule: rule.name,
        problem: `makes ${made}, where the versions of a model are kept`,
        hint: "choose another path, or another folder for backup.to",
      });
  }
}

function refuseGatesAside(catalog: Catalog, unitOf: Units["unitOf"]): void {
  for (const step of catalog.steps) {
    if (step.rule.policy.gate === undefined) continue;
    const unit = unitOf(step);
    if (unit === undefined) throw gateAlone(step);
    const [head] = unit.steps;
    if (head !== undefined && !isMadeFrom(catalog, head, step))
      throw badRule({
        rule: step.rule.name,
        problem: `has promote, but ${unit.model} is made without it, and would go live whatever it finds`,
        hint: "put promote, and the output 'metrics', on a rule that makes the model or what it is made from",
      });
  }
}

/** True for the step itself, and for each that it is made from, however far. */
function isMadeFrom(catalog: Catalog, head: Step, step: Step): boolean {
  const seen = new Map([[head.id, head]]);
  for (const { inputs } of seen.values())
    for (const path of inputs.flatMap(({ paths }) => paths))
      for (const maker of catalog.makersOf(path, new Set())) seen.set(maker.id, maker);
  return seen.has(step.id);
}

/** A candidate has to wait somewhere. */
export const gateAlone = ({ rule }: Step): Error =>
  badRule({
    rule: rule.name,
    problem: "has promote, but belongs to no model whose versions are kept",
    hint: `give it a backup: { to: "model/backup", keep: 5 }, or name an output of it in the 'with' of another rule's backup`,
  });
