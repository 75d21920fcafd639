/** The models of a project with their versions, and which one a person means. */

import type { Step } from "./core/catalog.ts";
import { manyModels, noModels, noModelVersion, noNamedModels, notAModel } from "./core/error-model.ts";
import { stepsOfTargets } from "./core/graph.ts";
import {
  lastHealthy,
  newestFirst,
  shortDigest,
  statusOf,
  versionsNamed,
  type KeptVersion,
  type VersionStatus,
} from "./core/model-version.ts";
import { timeText } from "./core/version.ts";
import type { Digest } from "./core/staleness.ts";
import type { Unit } from "./core/unit.ts";
import type { Project } from "./project.ts";
import { versionsKept } from "./store/backup.ts";

export interface Model {
  readonly unit: Unit;
  /** What stands at the model's path. */
  readonly live: Digest;
  /** Newest first. */
  readonly versions: readonly (KeptVersion & { readonly status: VersionStatus })[];
}

export interface Meant {
  readonly unit: Unit;
  readonly version: Model["versions"][number];
}

/** The models that the targets belong to; without targets, all that the Pipefile names. */
export function modelsOf(project: Project, targets: readonly string[]): readonly Model[] {
  const { named } = project.units;
  const units = targets.length === 0 ? named : targets.map((target) => unitNamed(project, target));
  if (units.length === 0) throw noneNamed(project);
  return [...new Map(units.map((unit) => [unit.folder, unit])).values()].map((unit) => modelOf(project, unit));
}

function unitNamed(project: Project, target: string): Unit {
  const { catalog, disk, units } = project;
  const unitOf = (step: Step): readonly Unit[] => [units.unitOf(step)].filter((unit) => unit !== undefined);
  const [unit] = stepsOfTargets(catalog, disk, [target]).flatMap(unitOf);
  if (unit !== undefined) return unit;
  if (units.named.length === 0) throw noneNamed(project);
  throw notAModel({ target, models: units.named.map(({ model }) => model) });
}

function noneNamed({ catalog }: Project): Error {
  const rule = [...catalog.rules.values()].find(({ policy }) => policy.backup !== undefined);
  if (rule === undefined) return noModels();
  const [model = ""] = rule.outputs.find(({ name }) => name === rule.firstOutput)?.paths ?? [];
  return noNamedModels({ rule: rule.name, model });
}

function modelOf({ root, observer }: Project, unit: Unit): Model {
  const live = observer.digestOf(unit.model);
  const versions = newestFirst(versionsKept(root, unit.folder));
  return { unit, live, versions: versions.map((version) => ({ ...version, status: statusOf(version, live) })) };
}

/** What was typed: models, by rules or artifacts, and the first digits of a digest. */
export function meantBy(
  project: Project,
  words: readonly string[],
): { readonly models: readonly Model[]; readonly text: string | undefined } {
  const { catalog } = project;
  const isDigest = (word: string): boolean => /^[0-9a-fA-F]{4,64}$/.test(word) && !catalog.rules.has(word);
  return {
    models: modelsOf(
      project,
      words.filter((word) => !isDigest(word)),
    ),
    text: words.find(isDigest),
  };
}

/** The version that a rollback puts back: the one that was typed, or else the newest healthy one. */
export function versionToPutBack(models: readonly Model[], text: string | undefined): Meant {
  if (text === undefined) return newestHealthy(models);
  const { unit, version } = versionTyped(models, text, ({ status }) => status !== "candidate");
  const digest = shortDigest(version.digest);
  if (version.status === "rejected")
    throw noModelVersion({
      problem: `version ${digest} of ${unit.model} was rejected`,
      versions: "",
      hint: `'pipe promote ${digest} --reason "…"' forgets that; then roll back to it`,
    });
  if (!version.isKept)
    throw noModelVersion({ problem: `the files of version ${digest} are no longer kept`, versions: "" });
  return { unit, version };
}

function newestHealthy(models: readonly Model[]): Meant {
  const [model] = models;
  if (model === undefined || models.length > 1) throw manyModels({ models: models.map(({ unit }) => unit.model) });
  const { unit, live, versions } = model;
  const version = lastHealthy(versions, live);
  if (version !== undefined) return { unit, version };
  const problem = `no healthy version of ${unit.model} is kept but what stands there now`;
  throw noModelVersion({ problem, versions: versionLines(versions) });
}

/** The one version of these that a text names. */
export function versionTyped(
  models: readonly Model[],
  text: string,
  isMeant: (version: Meant["version"]) => boolean,
): Meant {
  const all = models.flatMap(({ unit, versions }) => versions.map((version) => ({ unit, version })));
  const named = models.flatMap(({ unit, versions }) =>
    versionsNamed(versions.filter(isMeant), text).map((version) => ({ unit, version })),
  );
  const waiting = new Set(named.filter(({ version }) => version.waiting !== undefined).map(digestIn));
  // To let a candidate through forgets the rejection of the same content too.
  const meant = named.filter((one) => one.version.waiting !== undefined || !waiting.has(digestIn(one)));
  const [found, ...more] = meant;
  const versions = versionLines((found === undefined ? all : meant).map(({ version }) => version));
  if (found === undefined)
    throw noModelVersion({
      problem: text === "" ? "no version is named" : `no such version is known by '${text}'`,
      versions,
      ...(text === "" && { hint: "name one by the first digits of its digest" }),
    });
  if (more.length > 0)
    throw noModelVersion({
      problem: `'${text}' names more than one version`,
      versions,
      hint: "type more of its digits",
    });
  return found;
}

const digestIn = ({ version }: Meant): string => version.digest;

const LISTED = 10;

const versionLines = (versions: Model["versions"]): string =>
  versions
    .slice(0, LISTED)
    .map(({ digest, status, atMs }) => `  ${status.padEnd(9)}  ${shortDigest(digest)}  ${timeText(atMs)}`)
    .join("\n");
