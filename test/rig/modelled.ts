/** A project with a model of two steps, for tests of its versions: `rows.txt` says how good the next one is. */

import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import type { KeptVersion, VersionStatus } from "../../src/core/model-version.ts";
import { projectOf, type Project, type Run } from "./project.ts";

export type Listed = KeptVersion & { readonly status: VersionStatus };

/** `rows.txt` has the figure and the name of the hold-out. */
export const TRAIN = `inputs: { rows: "rows.txt" }, outputs: { model: "model/model.bin", metrics: "reports/metrics.json" }, run: counting("train", 'read rmse holdout < "$rows"; cp "$rows" "$model"; printf "{ \\\\"rmse\\\\": %s, \\\\"holdout\\\\": { \\\\"digest\\\\": \\\\"%s\\\\" } }" "$rmse" "$holdout" > "$metrics"')`;
export const SERIALIZE = `inputs: { model: "model/model.bin" }, outputs: { pickle: "model/model.pkl", checksum: "model/checksum.txt" }, run: counting("serialize", '(printf "pickle of "; cat "$model") > "$pickle"; printf "%s  %s\\\\n" "$(sha256sum < "$pickle" | cut -c-64)" "$pickle_path" > "$checksum"')`;
export const SCORE = `inputs: { model: "model/model.bin", data: "data.txt" }, outputs: { score: "score.txt" }, run: counting("score", 'cat "$model" "$data" > "$score"')`;

export const BACKUP = `backup: { to: "model/backup", keep: 3, with: ["model/model.bin"] }`;

export const rulesWith = (gate = "", backup = BACKUP): string =>
  `{ train: rule({ ${TRAIN}, ${gate} }), serialize: rule({ ${SERIALIZE}, ${backup} }), score: rule({ ${SCORE} }) }`;

export interface Modelled extends Project {
  /** Builds all, whatever comes of it, from this source. */
  from(rows: string, ...args: readonly string[]): Promise<Run>;
  versions(): Promise<readonly Listed[]>;
  /** What stands at the outputs of the unit; the checksum only as whether it is right. */
  standing(): readonly (string | boolean | undefined)[];
  /** The lines of logs/deploy.log: what was done, and the first digits of the digest. */
  deployed(): readonly string[];
}

export function modelled(rules = rulesWith()): Modelled {
  const project = projectOf({ "data.txt": "data\n" });
  project.pipefile(rules);
  return modelledIn(project);
}

export function modelledIn(project: Project): Modelled {
  const read = (path: string): string | undefined => (project.has(path) ? project.read(path).trim() : undefined);
  return {
    ...project,
    async from(rows, ...args) {
      project.write("rows.txt", `${rows}\n`);
      return project.pipe(["build", ...args]);
    },
    versions: async () => listedIn(await project.pipe(["models"])),
    standing: () => [
      read("model/model.bin"),
      read("model/model.pkl"),
      isRight(read("model/model.pkl"), read("model/checksum.txt")),
      JSON.parse(read("reports/metrics.json") ?? "{}").rmse,
    ],
    deployed: () =>
      (read("logs/deploy.log") ?? "").split("\n").map((line) => {
        const [, deed, digest] = / deed=(\w+) .*? digest=(\w{12})/.exec(line) ?? [];
        return `${deed} ${digest}`;
      }),
  };
}

/** What `sha256sum -c` would say. */
function isRight(pickle: string | undefined, checksum: string | undefined): boolean | undefined {
  if (pickle === undefined || checksum === undefined) return undefined;
  return checksum === `${sha256(`${pickle}\n`)}  model/model.pkl`;
}

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The digest that a version has whose source is this. */
export const digestFrom = (rows: string): string => sha256(`pickle of ${rows}\n`);

/** What stands there of a version whose source is this. */
export const standingFrom = (rows: string): readonly unknown[] => [
  rows,
  `pickle of ${rows}`,
  true,
  Number(rows.split(" ")[0]),
];

export function listedIn(run: Run): readonly Listed[] {
  const [answer] = run.events as readonly unknown[] as readonly {
    readonly models: readonly { readonly versions: readonly Listed[] }[];
  }[];
  if (run.code !== 0 || answer === undefined) throw new Error(`exit code ${run.code}\n${run.stdout}${run.stderr}`);
  return answer.models.flatMap(({ versions }) => versions);
}

/** The status of each version, newest first, with what it was made from. */
export const statuses = (versions: readonly Listed[]): readonly string[] =>
  versions.map(({ status, figures }) => `${status} ${figures["rmse"]}`);

export const foldersIn = (project: Project): readonly string[] =>
  project.has("model/backup") ? readdirSync(project.at("model/backup")).toSorted() : [];
