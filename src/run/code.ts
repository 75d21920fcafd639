/**
 * The Pipefile and its actions as bundles in `.pipe/code/`, with a manifest of what each was made from. While no source
 * of a bundle changed, nothing of esbuild is loaded.
 */

import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brokenPipefile, notAPipeline, PipeError } from "../core/error.ts";
import type { RunIdentity } from "../core/fingerprint.ts";
import type { Pipeline } from "../core/rule.ts";
import { digestOfText } from "../store/digest.ts";
import type { Observer } from "../store/observer.ts";
import { replaceFile } from "../store/whole.ts";
import type { Bundle } from "./bundle.ts";
import { mappedStack } from "./stack.ts";
import { identityOfPackages } from "./packages.ts";

/** An action as bundled: what identifies it, and the file that runs. */
export interface ActionCode {
  readonly identity: RunIdentity;
  readonly file: string;
  /** Files that the code reads from beside itself, relative to the root. */
  readonly assets: readonly string[];
}

interface Entry {
  /** The bundle's file name in the folder. */
  readonly bundle: string;
  readonly identity: RunIdentity;
  readonly assets: readonly string[];
  /** True where the code sees nothing but itself, so that each evaluation gives the same. */
  readonly isClosed: boolean;
  /** Digests of all files that the bundle was made from. */
  readonly made: Readonly<Record<string, string>>;
}

type Entries = Readonly<Record<string, Entry>>;

interface Manifest {
  /** Grows when bundles are made in another way; those of before are then made anew. */
  readonly format: number;
  readonly entries: Entries;
}

const FORMAT = 3;

export const FOLDER = ".pipe/code";
const TOOL = dirname(fileURLToPath(import.meta.url));
const PLATFORM = `node ${process.versions.node.split(".")[0]} ${process.platform}-${process.arch}`;

export class Code {
  readonly #root: string;
  readonly #folder: string;
  readonly #observer: Observer;
  #entries: Entries;

  constructor(root: string, observer: Observer) {
    this.#root = root;
    this.#folder = `${root}/${FOLDER}`;
    this.#observer = observer;
    this.#entries = readEntries(`${this.#folder}/manifest.json`);
  }

  /** Evaluates the Pipefile; no code of a rule is touched. `path` is relative to the root. */
  async pipeline(path: string): Promise<{ readonly pipeline: Pipeline; readonly isClosed: boolean }> {
    const entry = await this.#entryOfPipefile(path);
    const url = pathToFileURL(`${this.#folder}/${entry.bundle}`).href;
    const loaded = (await import(url).catch((error: unknown) => {
      throw error instanceof PipeError ? error : brokenPipefile({ path, stack: this.#stackOf(error, entry) });
    })) as { readonly default?: Partial<Pipeline> };
    if (typeof loaded.default?.rules !== "object") throw notAPipeline({ path });
    return { pipeline: loaded.default as Pipeline, isClosed: entry.isClosed };
  }

  /** The code of every action, by the path of its module; what is not up to date is bundled in one go. */
  async actions(paths: readonly string[]): Promise<ReadonlyMap<string, ActionCode>> {
    const stale = paths.filter((path) => !this.#isCurrent(this.#entries[actionKey(path)]));
    if (stale.length > 0) {
      const { bundleActions } = await import("./bundle.ts");
      const sinceMs = Date.now();
      const bundles = await bundleActions(this.#bundling(), stale);
      this.#keep(stale.map((path, at) => [actionKey(path), this.#entryFrom(path, bundles[at] as Bundle, sinceMs)]));
    }
    return new Map(paths.map((path) => [path, this.#codeOf(path)]));
  }

  #codeOf(path: string): ActionCode {
    const entry = this.#entries[actionKey(path)] as Entry;
    return { identity: entry.identity, file: `${this.#folder}/${entry.bundle}`, assets: entry.assets };
  }

  #stackOf(error: unknown, { bundle }: Entry): string {
    return error instanceof Error
      ? mappedStack(error.stack ?? error.message, `${this.#folder}/${bundle}`)
      : String(error);
  }

  async #entryOfPipefile(path: string): Promise<Entry> {
    const known = this.#entries[path];
    if (known !== undefined && this.#isCurrent(known)) return known;
    const { bundlePipefile } = await import("./bundle.ts");
    const sinceMs = Date.now();
    const entry = this.#entryFrom(path, await bundlePipefile(this.#bundling(), path), sinceMs);
    this.#keep([[path, entry]]);
    return entry;
  }

  #isCurrent(entry: Entry | undefined): boolean {
    if (entry === undefined || entry.identity.platform !== PLATFORM) return false;
    // The bundle itself counts too: what runs is what was fingerprinted, whatever happened to the folder.
    const isWhole = this.#observer.digestOf(`${FOLDER}/${entry.bundle}`) === entry.bundle.replace(/\.mjs$/, "");
    return isWhole && Object.entries(entry.made).every(([path, digest]) => this.#observer.digestOf(path) === digest);
  }

  #entryFrom(path: string, bundle: Bundle, sinceMs: number): Entry {
    const text = withRequire(bundle.text, this.#root);
    const packages = identityOfPackages(
      this.#root,
      bundle.packages.map((each) => each.file),
    );
    // The same code in another folder is the same code. What stands for a folder can stand in no text, or an edit from
    // "/app/data" to "/data" would go unseen in the project /app.
    const code = digestOfText(
      text
        .replaceAll(pathToFileURL(TOOL).href, "\0tool")
        .replaceAll(pathToFileURL(this.#root).href, "\0url")
        .replaceAll(this.#root, "\0root"),
    );
    const name = `${digestOfText(text)}.mjs`;
    mkdirSync(this.#folder, { recursive: true });
    // Another command may make the same bundle at this moment, and a worker import it.
    replaceFile(`${this.#folder}/${name}.map`, bundle.map);
    replaceFile(`${this.#folder}/${name}`, text);
    this.#observer.forget(`${FOLDER}/${name}`);
    const files = [
      ...bundle.sources,
      ...packages.files,
      ...bundle.lookups,
      ...(packages.files.length > 0 ? ["node_modules/.package-lock.json"] : []),
    ];
    // A source edited while the bundle was made may not be what was bundled: it is bundled again next time. An earlier
    // look may be older than what was bundled.
    const stateOf = (file: string): string => {
      this.#observer.forget(file);
      return this.#observer.isYoungerThan(file, sinceMs) ? "young" : this.#observer.digestOf(file);
    };
    const made = Object.fromEntries(files.map((file) => [file, stateOf(file)]));
    return {
      bundle: name,
      assets: bundle.assets,
      isClosed: isClosed(bundle),
      identity: { module: path, code, packages: packages.versions, platform: PLATFORM },
      made,
    };
  }

  #keep(entries: readonly (readonly [string, Entry])[]): void {
    this.#entries = { ...this.#entries, ...Object.fromEntries(entries) };
    const manifest: Manifest = { format: FORMAT, entries: this.#entries };
    replaceFile(`${this.#folder}/manifest.json`, JSON.stringify(manifest));
  }

  #bundling(): { readonly root: string; readonly tool: string; readonly conditions: readonly string[] } {
    return { root: this.#root, tool: TOOL, conditions: conditionsOf(this.#root) };
  }
}

/** The files in {@link FOLDER} that are of use: the manifest, and the bundles that it names with their source maps. */
export function currentCode(root: string): ReadonlySet<string> {
  const manifest = "manifest.json";
  const bundles = Object.values(readEntries(`${root}/${FOLDER}/${manifest}`)).map(({ bundle }) => bundle);
  return new Set([manifest, ...bundles, ...bundles.map((bundle) => `${bundle}.map`)]);
}

/** What shows a module more than itself: the clock, chance, the process, the network, and the ways around these names. */
const OPEN =
  /\b(?:process|Date|Math\s*\.\s*random|globalThis|global|self|fetch|performance|crypto|eval|Function|constructor|require|import|navigator|Intl|toLocale\w*|localeCompare|console|stack|set(?:Timeout|Interval|Immediate)|WebSocket|EventSource|WebAssembly|Worker|BroadcastChannel)\b|\bMath\s*\[/;

function isClosed({ text, imports }: Bundle): boolean {
  const own = pathToFileURL(`${TOOL}/index.js`).href;
  const withoutOwnImport = text.replace(/import\s*\{[^}]*\}\s*from\s*"[^"]*";/, "");
  return imports.every((name) => name === own) && !OPEN.test(withoutOwnImport);
}

const actionKey = (path: string): string => `action ${path}`;

/** The path of the module that a rule runs, which its `run()` in the bundled Pipefile gives. */
export async function modulePathOf(run: () => Promise<unknown>): Promise<string | undefined> {
  // A `run` of any other form may do anything, and what it gives or throws says only that it is one.
  const given = (await Promise.resolve()
    .then(run)
    .catch(() => undefined)) as { readonly action?: string } | null | undefined;
  return typeof given?.action === "string" ? given.action : undefined;
}

function readEntries(file: string): Entries {
  try {
    const { format, entries } = JSON.parse(readFileSync(file, "utf8")) as Partial<Manifest>;
    return format === FORMAT && typeof entries === "object" ? entries : {};
  } catch {
    // Missing or damaged: everything is bundled anew, and the manifest with it.
    return {};
  }
}

// esbuild leaves `require` of an outside package as it is, and a module has none of its own.
function withRequire(text: string, root: string): string {
  if (!text.includes("__require(")) return text;
  const base = JSON.stringify(pathToFileURL(`${root}/package.json`).href);
  return `import{createRequire as __pipe_create}from"node:module";const require=__pipe_create(${base});${text}`;
}

/** `customConditions` of the project's tsconfig.json, which may carry comments. */
function conditionsOf(root: string): readonly string[] {
  const file = `${root}/tsconfig.json`;
  if (!existsSync(file)) return [];
  const list = /"customConditions"\s*:\s*\[([^\]]*)\]/.exec(readFileSync(file, "utf8"))?.[1] ?? "";
  return [...list.matchAll(/"([^"]+)"/g)].map((match) => match[1] as string);
}
