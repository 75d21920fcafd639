// Bundles pipe as `dist/` is bundled, with source maps, so that a profile can name the file of a function.

import { cpSync, mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

// Bundled CommonJS packages ask for Node's own modules through a `require` that an ES module lacks.
const requireBanner =
  'import { createRequire as pipeCreateRequire } from "node:module";const require = pipeCreateRequire(import.meta.url);';

/** Makes the bundle in a folder of its own, for the caller to remove; returns the folder and the bundle's entry. */
export async function mappedBundle() {
  // Below node_modules, where the packages that stay outside of the bundle are found, and git looks away.
  const folder = mkdtempSync(join(root, "node_modules/.pipefile-profile-"));
  cpSync(join(root, "package.json"), join(folder, "package.json"));
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  await build({
    absWorkingDir: root,
    entryPoints: {
      pipe: "./src/cli/pipe.ts",
      index: "./src/index.ts",
      model: "./src/model/index.ts",
      worker: "./src/run/worker.ts",
      "serve-worker": "./src/serve/worker.ts",
      monitor: "./src/monitor/index.ts",
    },
    outdir: join(folder, "dist"),
    chunkNames: "chunk-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: Object.keys(dependencies).flatMap((name) => [name, `${name}/*`]),
    conditions: ["pipefile-source"],
    minifySyntax: true,
    sourcemap: "linked",
    banner: { js: requireBanner },
  });
  return { folder, entry: join(folder, "dist/pipe.js") };
}
