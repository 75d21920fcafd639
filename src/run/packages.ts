/** The identity of the installed packages that an action uses: versions, with all that they depend on. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { byCodeUnit } from "../core/artifact.ts";

export interface PackageIdentity {
  /** Version and integrity by name, the dependencies' too. */
  readonly versions: Readonly<Record<string, string>>;
  /** The files that this was read from, relative to the root. */
  readonly files: readonly string[];
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** `files` are modules of the packages, as they resolved. */
export function identityOfPackages(root: string, files: readonly string[]): PackageIdentity {
  const versions = new Map<string, Set<string>>();
  const read = new Set<string>();
  const open = files.flatMap((file) => folderOf(file));
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    const file = `${folder}/package.json`;
    if (read.has(file)) continue;
    read.add(file);
    const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
    const known = versions.get(manifest.name ?? folder) ?? new Set();
    versions.set(manifest.name ?? folder, known.add(`${manifest.version} ${integrityOf(root, folder)}`.trim()));
    // What this tool depends on is bundled in it.
    if (manifest.name === "pipefile") continue;
    const needs = { ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies };
    for (const name of Object.keys(needs)) open.push(...installed(name, folder));
  }
  const named = [...versions].toSorted(([a], [b]) => byCodeUnit(a, b));
  return {
    versions: Object.fromEntries(named.map(([name, found]) => [name, [...found].toSorted(byCodeUnit).join(", ")])),
    files: [...read].map((file) => relative(root, file)).toSorted(byCodeUnit),
  };
}

/** The folder of the package that a module belongs to: the nearest with a package.json that has a name. */
function folderOf(file: string): readonly string[] {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = `${folder}/package.json`;
    if (existsSync(manifest) && (JSON.parse(readFileSync(manifest, "utf8")) as Manifest).name !== undefined)
      return [folder];
  }
  return [];
}

/** Where Node would find a package from a folder; nowhere for an optional one that is not installed. */
function installed(name: string, from: string): readonly string[] {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = `${folder}/node_modules/${name}`;
    if (existsSync(`${candidate}/package.json`)) return [candidate];
    if (folder === dirname(folder)) return [];
  }
}

function integrityOf(root: string, folder: string): string {
  const lock = `${root}/node_modules/.package-lock.json`;
  if (!existsSync(lock)) return "";
  const { packages = {} } = JSON.parse(readFileSync(lock, "utf8")) as {
    packages?: Record<string, { integrity?: string }>;
  };
  return packages[relative(root, folder)]?.integrity ?? "";
}
