/**
 * The versions of a model, each in a folder of its own: `<folder>/<16 digits of its digest>.version/`, with its files
 * under their declared paths, and what is known of it in `version.json`. A folder is there whole or not at all.
 */

import { constants, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { isDirectory } from "../core/artifact.ts";
import type { KeptVersion, ModelVersion } from "../core/model-version.ts";
import { VERSION_RECORD } from "../core/unit.ts";
import { recordIn } from "../core/version-record.ts";
import { removeTree } from "./remove.ts";
import { replaceFile, textIn } from "./whole.ts";

const SUFFIX = ".version";
// Its content may have been live before, which is a version of its own.
const CANDIDATE = `${SUFFIX}.candidate`;

/** Where a version's files are, relative to the project. */
export const versionFolder = (folder: string, { digest, waiting }: Pick<ModelVersion, "digest" | "waiting">): string =>
  `${folder}${digest.slice(0, 16)}${waiting === undefined ? SUFFIX : CANDIDATE}`;

/** What is kept in a folder, in no order. A folder whose record is damaged is none of ours to judge, and is passed over. */
export function versionsKept(root: string, folder: string): readonly KeptVersion[] {
  return namesIn(`${root}/${folder}`).flatMap((name): readonly KeptVersion[] => {
    if (!name.endsWith(SUFFIX) && !name.endsWith(CANDIDATE)) return [];
    const place = `${root}/${folder}${name}`;
    const version = recordIn(textIn(`${place}/${VERSION_RECORD}`) ?? "");
    if (version === undefined || versionFolder(folder, version) !== folder + name) return [];
    const isKept = version.files.every(({ path }) => existsSync(`${place}/${path}`));
    return [{ ...version, isKept }];
  });
}

/** Begins a version: the files are copied from `placeOf`, and nothing counts until {@link Draft.keep}. */
export interface Draft {
  /** Absolute, of a file's copy. */
  copyOf(path: string): string;
  keep(version: ModelVersion): void;
  drop(): void;
}

export function draftIn(root: string, folder: string, name: string): Draft {
  const place = `${root}/${folder}${name.slice(0, 16)}${SUFFIX}.new`;
  sweep(root, folder);
  mkdirSync(place, { recursive: true });
  return {
    copyOf: (path) => `${place}/${path}`,
    keep(version) {
      replaceFile(`${place}/${VERSION_RECORD}`, textOf(version));
      const kept = `${root}/${versionFolder(folder, version)}`;
      // What stands there has lost its files, or is the same candidate.
      if (existsSync(kept)) renameSync(kept, `${kept}.old`);
      renameSync(place, kept);
      removeTree(`${kept}.old`);
    },
    drop: () => removeTree(place),
  };
}

/** Copies an artifact; without a second copy of its bytes where the file system can share them. */
export function copyArtifact(from: string, to: string, path: string): void {
  const [source, copy] = [from, to].map((place) => place.replace(/\/$/, "")) as [string, string];
  mkdirSync(dirname(copy), { recursive: true });
  if (isDirectory(path))
    cpSync(source, copy, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
  else copyFileSync(source, copy, constants.COPYFILE_FICLONE);
}

/** Says something else of a version that is kept. */
export function rewriteVersion(root: string, folder: string, version: ModelVersion): void {
  replaceFile(`${root}/${versionFolder(folder, version)}/${VERSION_RECORD}`, textOf(version));
}

/** Lets a version's files go. That it was rejected is remembered at each moment, or it could come again. */
export function letGo(root: string, folder: string, version: ModelVersion): void {
  const place = `${root}/${versionFolder(folder, version)}`;
  if (version.mark?.status === "rejected") {
    for (const name of namesIn(place)) if (name !== VERSION_RECORD) removeTree(`${place}/${name}`);
    return;
  }
  const old = `${place}.old`;
  removeTree(old);
  renameSync(place, old);
  removeTree(old);
}

/** What a killed process left is put back where it was about to be replaced, and else taken away. */
function sweep(root: string, folder: string): void {
  for (const name of namesIn(`${root}/${folder}`)) {
    const [, base = ""] = /^(.*\.version(?:\.candidate)?)\.(?:new|old)$/.exec(name) ?? [];
    if (base === "") continue;
    const place = `${root}/${folder}${name}`;
    if (name.endsWith(".old") && !existsSync(`${root}/${folder}${base}`)) renameSync(place, place.slice(0, -4));
    else removeTree(place);
  }
}

function textOf(version: ModelVersion | KeptVersion): string {
  const { isKept: _, ...record } = { isKept: true, ...version };
  return `${JSON.stringify(record, null, 2)}\n`;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}
