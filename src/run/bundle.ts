/** Turns a Pipefile or an action into one module by esbuild: the text that is fingerprinted is the text that runs. */

import { createRequire } from "node:module";
import { readFileSync, realpathSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type {
  BuildFailure,
  BuildOptions,
  Message,
  OnResolveArgs,
  OnResolveResult,
  OutputFile,
  Plugin,
  PluginBuild,
} from "esbuild";
import { brokenCode, cannotFingerprint } from "../core/error.ts";

export interface Bundle {
  readonly text: string;
  readonly map: string;
  /** Every source in it, relative to the root. */
  readonly sources: readonly string[];
  /** Everything that it imports when it runs, by the name in its text. */
  readonly imports: readonly string[];
  /** The packages that stay outside: the name as imported, and the file it resolved to. */
  readonly packages: readonly { readonly name: string; readonly file: string }[];
}

interface Bundling {
  readonly root: string;
  /** The folder of the running tool's own entries, which `pipefile` stands for. */
  readonly tool: string;
  /** What tsconfig.json adds, so that types and code resolve alike. */
  readonly conditions: readonly string[];
}

const ACTION = "pipe-action";
const ENTRY = "pipe-entry";

/** The Pipefile, in which `run()` of a rule gives the path of its module and evaluates nothing of it. */
export async function bundlePipefile(bundling: Bundling, path: string): Promise<Bundle> {
  const [bundle] = await bundled(bundling, { entries: [path], plugins: [pathsOfActions(bundling)] });
  return bundle as Bundle;
}

/** Each action alone: a virtual entry re-exports just the action, so that the module's other exports do not count. */
export async function bundleActions(bundling: Bundling, paths: readonly string[]): Promise<readonly Bundle[]> {
  return bundled(bundling, { entries: paths.map((path) => `${ENTRY}:${path}`), plugins: [entries(bundling)] });
}

async function bundled(
  bundling: Bundling,
  asked: { readonly entries: readonly string[]; readonly plugins: readonly Plugin[] },
): Promise<readonly Bundle[]> {
  const { build } = createRequire(import.meta.url)("esbuild") as typeof import("esbuild");
  const packages: Bundle["packages"][number][] = [];
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
  refuseGlobImports(Object.keys(metafile.inputs));
  return asked.entries.map((_, at) => {
    const output = metafile.outputs[`${at}.js`];
    const imported = new Set(output?.imports.map((each) => each.path));
    return {
      text: textOf(outputFiles, `${at}.js`),
      map: textOf(outputFiles, `${at}.js.map`),
      sources: Object.keys(output?.inputs ?? {}).filter((input) => !/^[a-z-]+:/.test(input)),
      imports: [...imported],
      packages: packages.filter((each) => imported.has(each.name)),
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

function refuseGlobImports(inputs: readonly string[]): void {
  const found = inputs.map((input) => /^(import|require)\(.*\) in (.*)$/.exec(input)).find((match) => match !== null);
  if (found) throw cannotFingerprint({ at: found[2] ?? "", what: `a computed ${found[1]}()` });
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

/** In a Pipefile, a dynamic import becomes a module that only names the path of the action. */
function pathsOfActions({ root }: Bundling): Plugin {
  return {
    name: ACTION,
    setup(build) {
      build.onResolve({ filter: /./ }, async (args) => {
        if (args.kind !== "dynamic-import") return undefined;
        const found = await resolved(build, args);
        return found === undefined ? undefined : { path: relative(root, found), namespace: ACTION };
      });
      build.onLoad({ filter: /./, namespace: ACTION }, ({ path }) => ({
        contents: `export const action = ${JSON.stringify(path)};`,
      }));
    },
  };
}

function entries({ root }: Bundling): Plugin {
  return {
    name: ENTRY,
    setup(build) {
      const prefix = `${ENTRY}:`;
      build.onResolve({ filter: new RegExp(`^${prefix}`) }, ({ path }) => ({
        path: path.slice(prefix.length),
        namespace: ENTRY,
      }));
      build.onLoad({ filter: /./, namespace: ENTRY }, ({ path }) => ({
        contents: `export { default } from ${JSON.stringify(`./${path}`)};`,
        resolveDir: root,
        loader: "ts",
      }));
    },
  };
}

/** Packages stay outside the bundle, but for those whose real path is the project's own source. */
function outsidePackages(bundling: Bundling, packages: { name: string; file: string }[]): Plugin {
  const found = async (build: PluginBuild, args: OnResolveArgs): Promise<OnResolveResult | undefined> => {
    if (args.pluginData === RESOLVING || args.namespace === ENTRY || args.kind === "entry-point") return undefined;
    const isOurs = args.path === "pipefile" || args.path.startsWith("pipefile/");
    const file = await resolved(build, args);
    if (isOurs && (file === undefined || args.importer.endsWith("/Pipefile.ts") || isInstalled(file))) {
      const entry = `${bundling.tool}/${args.path === "pipefile" ? "index" : args.path.slice("pipefile/".length)}.js`;
      const name = pathToFileURL(entry).href;
      packages.push({ name, file: entry });
      return { path: name, external: true };
    }
    // A package's JSON is data: it comes into the bundle, where a change of it counts by itself.
    if (file === undefined || !isInstalled(file) || file.endsWith(".json")) return undefined;
    const isReachable = await resolved(build, { ...args, resolveDir: bundling.root });
    const name = isReachable === file ? args.path : pathToFileURL(file).href;
    packages.push({ name, file });
    return { path: name, external: true };
  };
  return {
    name: "pipe-packages",
    setup(build) {
      build.onResolve({ filter: /^\.{0,2}\/.*\.node$/ }, (args) => {
        throw cannotFingerprint({ at: relative(bundling.root, args.importer), what: `the native addon ${args.path}` });
      });
      build.onResolve({ filter: /^[^./]/ }, (args) => found(build, args));
    },
  };
}

const RESOLVING = { isPipeResolving: true };
const isInstalled = (file: string): boolean => realpathSync(file).includes("/node_modules/");

async function resolved(
  build: PluginBuild,
  args: Pick<OnResolveArgs, "path" | "resolveDir" | "importer">,
): Promise<string | undefined> {
  const { path, resolveDir, importer } = args;
  if (path.startsWith("node:")) return undefined;
  const result = await build.resolve(path, { kind: "import-statement", resolveDir, importer, pluginData: RESOLVING });
  return result.errors.length > 0 || result.external || result.namespace !== "file" ? undefined : resolve(result.path);
}

/** `import.meta.url` and its friends mean the source, wherever the bundle stands. */
function sourceUrls(): Plugin {
  return {
    name: "pipe-source-urls",
    setup(build) {
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, ({ path }) => {
        const text = readFileSync(path, "utf8");
        if (!text.includes("import.meta")) return undefined;
        const url = JSON.stringify(pathToFileURL(path).href);
        const names = `const __pipe_url=${url},__pipe_filename=${JSON.stringify(path)},__pipe_dirname=${JSON.stringify(dirname(path))};`;
        return { contents: names + text, loader: /\.[cm]?jsx?$/.test(path) ? "js" : "ts" };
      });
    },
  };
}
