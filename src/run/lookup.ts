/**
 * Where the imports of a bundle are looked for beside where they were found: a file that appears in one of these places,
 * or a setting that changes there, may turn an import to something else although no source changed.
 */

import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import type { Metafile } from "esbuild";
import type { Outside } from "./plugin.ts";

type Input = Metafile["inputs"][string];

export interface Looked {
  /** The sources of a bundle, relative to the root. */
  readonly sources: readonly string[];
  /** By source. */
  readonly inputs: Readonly<Record<string, Input>>;
  readonly packages: readonly Outside[];
}

/** The places, relative to the root, whether anything stands there or not. */
export function lookupsOf(root: string, { sources, inputs, packages }: Looked): readonly string[] {
  const places = [
    ...settingsOf(root, sources),
    ...sources.flatMap((source) => inputs[source]?.imports.flatMap(alternativesOf) ?? []),
    ...packages.flatMap((each) => placesOfPackage(each)).map((file) => relative(root, file)),
  ];
  return [...new Set(places)];
}

const SETTINGS = ["package.json", "tsconfig.json"];

function settingsOf(root: string, sources: readonly string[]): readonly string[] {
  const folders = new Set([root]);
  for (const source of sources) {
    for (let folder = dirname(resolve(root, source)); !folders.has(folder); folder = dirname(folder)) {
      folders.add(folder);
      // What is linked in from elsewhere has its settings up to those of its package.
      if (relative(root, folder).startsWith("..") && existsSync(`${folder}/package.json`)) break;
    }
  }
  const files = [...folders].flatMap((folder) => SETTINGS.map((name) => `${folder}/${name}`));
  return [...files, ...files.flatMap((file) => extendedBy(file))].map((file) => relative(root, file));
}

/** The chain of a tsconfig.json's `extends`, which may carry comments, so it is no JSON. */
function extendedBy(file: string, seen: ReadonlySet<string> = new Set()): readonly string[] {
  if (!file.endsWith(".json") || seen.has(file) || !existsSync(file)) return [];
  const list = /"extends"\s*:\s*("[^"]*"|\[[^\]]*\])/.exec(readFileSync(file, "utf8"))?.[1] ?? "";
  return [...list.matchAll(/"(\.[^"]*)"/g)].flatMap((match) => {
    const base = join(dirname(file), match[1] ?? "");
    const next = base.endsWith(".json") ? base : `${base}.json`;
    return [next, ...extendedBy(next, new Set([...seen, file]))];
  });
}

// In the order in which esbuild tries them.
const EXTENSIONS = [".tsx", ".ts", ".jsx", ".js", ".css", ".json"];

/** An import that names its file in full has none. */
function alternativesOf({ path, original, external }: Input["imports"][number]): readonly string[] {
  if (external === true || original === undefined || basename(original) === basename(path)) return [];
  const folder = dirname(path);
  const isIndex = basename(path, extname(path)) === "index" && basename(original) !== "index";
  const stems = isIndex ? [folder, `${folder}/index`] : [join(folder, basename(path, extname(path)))];
  const names = stems.flatMap((stem) => EXTENSIONS.map((extension) => stem + extension));
  return [...names, join(folder, basename(original)), ...(isIndex ? [`${folder}/package.json`] : [])];
}

/** From the importing folder up to where the package is: a nearer one would be taken instead, a link may be turned. */
function placesOfPackage({ from, sought = "" }: Outside): readonly string[] {
  const [first = "", second = ""] = sought.split("/");
  if (from === undefined || sought.startsWith("#")) return [];
  const bare = first.startsWith("@") ? `${first}/${second}` : first;
  const places: string[] = [];
  for (let folder = from; ; folder = dirname(folder)) {
    places.push(`${folder}/node_modules/${bare}/package.json`);
    if (existsSync(places.at(-1) ?? "") || folder === dirname(folder)) return places;
  }
}
