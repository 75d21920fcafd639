/** Turns a Pipefile or an action into one module by esbuild: the text that is fingerprinted is the text that runs. */

import { createRequire } from "node:module";
import type { BuildFailure, BuildOptions, Message, Metafile, OutputFile, Plugin } from "esbuild";
import { brokenCode, cannotFingerprint } from "../core/error.ts";
import { assetsOf } from "./asset.ts";
import { lookupsOf } from "./lookup.ts";
import { entries, ENTRY, outsidePackages, pathsOfActions, sourceUrls, type Bundling, type Outside } from "./plugin.ts";

export interface Bundle {
  readonly text: string;
  readonly map: string;
  /** Every source in it, relative to the root. */
  readonly sources: readonly string[];
  /** What else decides where its imports lead, relative to the root. */
  readonly lookups: readonly string[];
  /** The files that its sources name by `new URL("literal", import.meta.url)`, relative to the root. */
  readonly assets: readonly string[];
  /** Everything that it imports when it runs, by the name in its text. */
  readonly imports: readonly string[];
  /** The packages that stay outside: the name as imported, and the file it resolved to. */
  readonly packages: readonly Outside[];
}

/** The Pipefile, in which `run()` of a rule gives the path of its module and evaluates nothing of it. */
export async function bundlePipefile(bundling: Bundling, path: string): Promise<Bundle> {
  const [bundle] = await bundled(bundling, { entries: [path], plugins: [pathsOfActions(bundling)] });
  return bundle as Bundle;
}

/** Each action alone: a virtual entry re-exports just the action, so that the module's other exports do not count. */
export async function bundleActions(bundling: Bundling, paths: readonly string[]): Promise<readonly Bundle[]> {
  return bundled(bundling, { entries: paths.map((path) => `${ENTRY}:${path}`), plugins: [entries(bundling)] });
}

/** esbuild is a process of its own, which would live as long as ours. The next bundle starts another. */
export function endBundler(): Promise<void> {
  return (createRequire(import.meta.url)("esbuild") as typeof import("esbuild")).stop();
}

async function bundled(
  bundling: Bundling,
  asked: { readonly entries: readonly string[]; readonly plugins: readonly Plugin[] },
): Promise<readonly Bundle[]> {
  const { build } = createRequire(import.meta.url)("esbuild") as typeof import("esbuild");
  const packages: Outside[] = [];
  const options: BuildOptions & { write: false; metafile: true } = {
    ...OPTIONS,
    write: false,
    metafile: true,
    conditions: [...bundling.conditions],
    absWorkingDir: bundling.root,
    outdir: bundling.root,
    entryPoints: asked.entries.map((entry, at) => ({
      in: entry.startsWith(ENTRY) ? entry : `./${entry}`,
      out: String(at),
    })),
    plugins: [...asked.plugins, outsidePackages(bundling, packages), sourceUrls()],
  };
  const { outputFiles, metafile, warnings } = await build(options).catch((error: BuildFailure) => {
    throw failure(error);
  });
  const [refused] = warnings.filter((warning) => warning.id in REFUSED);
  if (refused !== undefined)
    throw cannotFingerprint({ at: placeOf(refused), what: REFUSED[refused.id as keyof typeof REFUSED] });
  refuseGlobImports(metafile.inputs);
  return asked.entries.map((entry, at) => {
    const output = metafile.outputs[`${at}.js`];
    const imported = new Set(output?.imports.map((each) => each.path));
    const sources = Object.keys(output?.inputs ?? {}).filter((input) => !/^[a-z-]+:/.test(input));
    const outside = packages.filter((each) => imported.has(each.name));
    const text = textOf(outputFiles, `${at}.js`);
    refuseHiddenRequires(entry.replace(`${ENTRY}:`, ""), text);
    return {
      text,
      map: textOf(outputFiles, `${at}.js.map`),
      sources,
      lookups: lookupsOf(bundling.root, { sources, inputs: metafile.inputs, packages: outside }),
      assets: assetsOf(bundling.root, text),
      imports: [...imported],
      packages: outside,
    };
  });
}

const OPTIONS: BuildOptions = {
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  sourcemap: "external",
  treeShaking: true,
  // Not minifyIdentifiers: names chosen by use make unused code count.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  // Names of files are read from the text.
  charset: "utf8",
  logLevel: "silent",
  define: {
    "import.meta.url": "__pipe_url",
    "import.meta.filename": "__pipe_filename",
    "import.meta.dirname": "__pipe_dirname",
  },
  logOverride: {
    "unsupported-dynamic-import": "warning",
    "unsupported-require-call": "warning",
    "indirect-require": "warning",
  },
};

const REFUSED = {
  "unsupported-dynamic-import": "a computed import()",
  "unsupported-require-call": "a computed require()",
  "indirect-require": "an indirect use of require",
};

/** A template such as `./${name}.ts` is taken for a pattern: what matches it is bundled, what comes later is not. */
function refuseGlobImports(inputs: Metafile["inputs"]): void {
  for (const [at, { imports }] of Object.entries(inputs)) {
    const isPattern = imports.some(({ path, external }) => external === true && /^\.{1,2}\/.*\*/.test(path));
    if (isPattern) throw cannotFingerprint({ at, what: "a computed import() or require()" });
  }
}

/** What a `require` of the code's own making loads from the project is in no bundle. */
function refuseHiddenRequires(at: string, text: string): void {
  for (const [, name = ""] of text.matchAll(/([\w$]+)=createRequire\w*\(/g)) {
    const isRelative = new RegExp(`(?<![\\w$.])${name.replaceAll("$", "\\$")}\\(["'\`]\\.{1,2}/`).test(text);
    if (isRelative) throw cannotFingerprint({ at, what: "a relative require() made by createRequire()" });
  }
}

function failure(error: BuildFailure): Error {
  const [first] = error.errors ?? [];
  if (first === undefined) return error;
  const detail = first.detail as unknown;
  return detail instanceof Error
    ? detail
    : brokenCode({
        at: placeOf(first),
        problem: first.text,
        line: first.location?.lineText ?? "",
        column: first.location?.column ?? 0,
      });
}

const placeOf = ({ location }: Message): string =>
  location ? `${location.file}:${location.line}:${location.column + 1}` : "the Pipefile";

function textOf(files: readonly OutputFile[], name: string): string {
  return files.find((file) => file.path.endsWith(`/${name}`))?.text ?? "";
}
