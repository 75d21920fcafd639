// The reference pipeline as a project of its own, and the command that builds one of its steps on rows made up.

import { cpSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const entry = join(root, "dist/pipe.js");

/** In the order in which they are built. */
export const STEPS = ["ingest", "clean", "train", "score"];

/** A folder in which nothing was built. */
export function projectIn(folder) {
  if (!existsSync(entry)) throw new Error("dist/pipe.js is missing; run: npm run build");
  mkdirSync(folder, { recursive: true });
  for (const path of ["Pipefile.ts", "rules", "data/source", "tsconfig.json", "package.json"])
    cpSync(join(root, path), join(folder, path), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** Builds the step alone, where those before it are built of as many rows. */
export const buildCommand = (step, rows) => [process.execPath, entry, "build", step, "--param", `ingest.rows=${rows}`];
