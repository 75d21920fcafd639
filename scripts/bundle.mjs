// Bundles the sources into what ships in `dist/`; shared by the build and by the notices, so that both see the same packages.

import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

// One build with `splitting`: what the command and a Pipefile both import is one chunk, hence one module when both run.
// Chunks lie flat beside the entries, so that `new URL("./worker.js", import.meta.url)` holds in every one of them.
const entries = {
  pipe: "./src/cli/pipe.ts",
  index: "./src/index.ts",
  model: "./src/model/index.ts",
  monitor: "./src/monitor/index.ts",
  worker: "./src/run/worker.ts",
  "serve-worker": "./src/serve/worker.ts",
};

// A bundled CommonJS package asks for Node's own modules through esbuild's `require` shim, which takes a `require` that
// is in scope. An ES module has none, so the one chunk that holds the shim makes it.
const requireShim = 'Dynamic require of "';
const requireBanner =
  'import { createRequire as pipeCreateRequire } from "node:module";\nconst require = pipeCreateRequire(import.meta.url);\n';

/** The files of `dist/` (name and contents) and the packages inside them, by folder. */
export async function bundle() {
  const result = await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: "dist",
    chunkNames: "chunk-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    // Dependencies are loaded at run time, everything else is bundled.
    external: Object.keys(manifest.dependencies).flatMap((name) => [name, `${name}/*`]),
    conditions: ["pipefile-source"],
    minifySyntax: true,
    minifyWhitespace: true,
    // Their text is in THIRD-PARTY-NOTICES.
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "warning",
  });
  assertExternalsShip(result.metafile);
  return {
    files: result.outputFiles.map((file) => ({
      name: file.path.slice(join(root, "dist/").length),
      text: finish(file),
    })),
    packages: bundledPackages(result.metafile),
  };
}

function finish({ text }) {
  if (!text.includes(requireShim)) return text;
  const end = text.startsWith("#!") ? text.indexOf("\n") + 1 : 0;
  return text.slice(0, end) + requireBanner + text.slice(end);
}

// A package that is imported but neither bundled nor installed with ours would fail only at a user's.
function assertExternalsShip(metafile) {
  const shipped = new Set([...Object.keys(manifest.dependencies), ...builtinModules]);
  for (const [output, { imports }] of Object.entries(metafile.outputs)) {
    for (const { path, external } of imports) {
      if (!external || path.startsWith("node:")) continue;
      const name = path
        .split("/")
        .slice(0, path.startsWith("@") ? 2 : 1)
        .join("/");
      if (!shipped.has(name)) throw new Error(`${output} imports ${path}, which is no dependency`);
    }
  }
}

function bundledPackages(metafile) {
  const folders = Object.values(metafile.outputs)
    .flatMap((output) => Object.entries(output.inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0])
    .filter((folder) => folder !== undefined);
  return [...new Set(folders)].toSorted();
}
