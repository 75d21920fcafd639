/** The repository's own pipeline as a project of its own, in which nothing was built. */

import { cpSync, readFileSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect } from "vitest";
import { projectOf, type Project } from "./project.ts";

const REPOSITORY = resolve(import.meta.dirname, "../..");
const COPIED = ["Pipefile.ts", "rules", "data/source", "tsconfig.json", "package.json"];

/** Sorted. */
export const STEPS = ["clean", "ingest", "serialize", "train"];
/** What `model/model.pkl` needs made, and itself. */
const MADE = [
  "data/raw.csv",
  "data/clean.csv",
  "reports/clean.json",
  "reports/metrics.json",
  "model/model.bin",
  "model/model.pkl",
  "model/checksum.txt",
];
export const SOURCE = "data/source/penguins.csv";

export function referenceProject(): Project {
  const project = projectOf();
  for (const path of COPIED) cpSync(join(REPOSITORY, path), project.at(path), { recursive: true });
  symlinkSync(join(REPOSITORY, "node_modules"), project.at("node_modules"));
  return project;
}

/** The bytes of all that the pipeline made, by path. */
export const madeIn = (project: Project): Readonly<Record<string, Buffer>> =>
  Object.fromEntries(MADE.map((path) => [path, readFileSync(project.at(path))]));

/** Replaces a text that has to be there. */
export function edit(project: Project, path: string, [from, to]: readonly [string, string]): void {
  const before = project.read(path);
  expect(before).toContain(from);
  project.write(
    path,
    before.replace(from, () => to),
  );
}
