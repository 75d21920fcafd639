/** What a rule says of the versions of its model: where they are kept, how many, and what belongs to one. Pure. */

import { artifactPath, isOwnFile } from "./artifact.ts";
import { badRule } from "./error.ts";
import { wildcardNames } from "./pattern.ts";
import type { Paths, RuleDeclaration } from "./rule.ts";
import { shown } from "./shown.ts";

/**
 * What a Pipefile says of it. The rule's first output is the model, whose digest a version is known by; with it are kept
 * the rule's other outputs, and all outputs of the steps that make the paths in `with`.
 */
export interface Backup {
  /** The folder of the versions; with the wildcards of the rule, where it has any. */
  readonly to: string;
  /** How many earlier versions stay, beside the one that is live. */
  readonly keep: number;
  /** Outputs of other rules that belong to the model, such as what it was made from and its metrics. */
  readonly with?: Paths;
}

/** The same, checked. */
export interface BackupPolicy {
  /** Ends in `/`. */
  readonly to: string;
  readonly keep: number;
  readonly with: readonly string[];
}

const FIELDS = ["to", "keep", "with"];

export function backupOf(rule: string, declared: Partial<RuleDeclaration>): BackupPolicy | undefined {
  const { backup } = declared;
  if (backup === undefined) return undefined;
  const refuse = (problem: string, hint: string): never => {
    throw badRule({ rule, problem: `has a backup ${problem}`, hint });
  };
  const unknown = Object.keys(backup).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) refuse(`with '${unknown}'`, `it has ${FIELDS.join(", ")}`);
  const { to, keep, with: others = [] } = backup;
  if (typeof to !== "string" || to === "") refuse("without a folder", 'such as { to: "model/backup", keep: 5 }');
  if (!Number.isSafeInteger(keep) || keep < 1)
    refuse(`that keeps ${shown(keep)}`, "keep is a whole number of earlier versions, 1 or more");
  if (Object.keys(declared.outputs ?? {}).length === 0) refuse("but no output", "its first output is the model");
  if (declared.temp === true) refuse("of a temporary output", "a model that is removed after use cannot be put back");
  const paths: readonly unknown[] = typeof others === "string" ? [others] : others;
  if (!Array.isArray(paths) || !paths.every((path) => typeof path === "string"))
    refuse("with a 'with' that is no path or list of paths", "name outputs of other rules: train.outputs.metrics");
  const folder = `${artifactPath(to, `rule ${rule}, 'backup.to'`).replace(/\/$/, "")}/`;
  if (isOwnFile(folder)) refuse(`in ${folder}, where pipe itself writes`, "choose another folder for backup.to");
  return {
    to: folder,
    keep,
    with: (paths as readonly string[]).map((path) => artifactPath(path, `rule ${rule}, 'backup.with'`)),
  };
}

/** Of a rule with wildcards each filling is a model of its own, and has a folder of its own. */
export function checkBackupWildcards(
  rule: string,
  { to, with: others }: BackupPolicy,
  wildcards: readonly string[],
): void {
  for (const path of [to, ...others]) {
    const missing = wildcards.find((name) => !wildcardNames(path).includes(name));
    if (missing !== undefined)
      throw badRule({
        rule,
        problem: `has a backup with ${path}, which is the same for all {${missing}}`,
        hint: `put {${missing}} in it: each is a model of its own`,
      });
  }
  const stray = [to, ...others].flatMap(wildcardNames).find((name) => !wildcards.includes(name));
  if (stray !== undefined)
    throw badRule({ rule, problem: `has the wildcard {${stray}} in its backup but in no output` });
}
