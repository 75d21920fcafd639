/** What esbuild is taught: that a Pipefile only names its actions, and which packages stay outside of a bundle. */

import { readFileSync, realpathSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Loader, OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild";
import { cannotFingerprint } from "../core/error.ts";

export interface Bundling {
  readonly root: string;
  /** The folder of the running tool's own entries, which `pipefile` stands for. */
  readonly tool: string;
  /** What tsconfig.json adds, so that types and code resolve alike. */
  readonly conditions: readonly string[];
}

/** A package that stays outside: the name as imported, and the file that it resolved to. */
export interface Outside {
  readonly name: string;
  readonly file: string;
  /** The folder from which it was looked for, and the name that the source has for it; none for this tool itself. */
  readonly from?: string;
  readonly sought?: string;
}

const ACTION = "pipe-action";
/** What the path of a virtual entry begins with. */
export const ENTRY = "pipe-entry";

/** In a Pipefile, a dynamic import becomes a module that only names the path of the action. */
export function pathsOfActions({ root }: Bundling): Plugin {
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

export function entries({ root }: Bundling): Plugin {
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
export function outsidePackages(bundling: Bundling, packages: Outside[]): Plugin {
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
    const place = args.kind === "require-call" ? file : pathToFileURL(file).href;
    const name = isReachable === file ? args.path : place;
    packages.push({ name, file, from: args.resolveDir, sought: args.path });
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

/** `import.meta.url` and its friends, and `__dirname` in CommonJS, mean the source, wherever the bundle stands. */
export function sourceUrls(): Plugin {
  return {
    name: "pipe-source-urls",
    setup(build) {
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, ({ path }) => {
        const text = readFileSync(path, "utf8");
        const isCommon = /\.c[jt]s$/.test(path);
        if (!text.includes(isCommon ? "name" : "import.meta")) return undefined;
        const [url, file, folder] = [pathToFileURL(path).href, path, dirname(path)].map((each) => JSON.stringify(each));
        const names = isCommon
          ? `var __filename=${file},__dirname=${folder};`
          : `const __pipe_url=${url},__pipe_filename=${file},__pipe_dirname=${folder};`;
        // A first line that is for the shell is no more one behind the names.
        return { contents: names + text.replace(/^#!/, "//"), loader: loaderOf(path) };
      });
    },
  };
}

const loaderOf = (path: string): Loader =>
  path.endsWith(".tsx") ? "tsx" : /\.[cm]?ts$/.test(path) ? "ts" : path.endsWith(".jsx") ? "jsx" : "js";
