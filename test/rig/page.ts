/** A page of the docs as a project: the files that it shows, and the commands, with what they print. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { blocksOf, fileOf } from "../docs/markdown.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const PIPE = join(ROOT, "dist/pipe.js");

/** A command as the page shows it, and what it printed. */
export interface Shown {
  readonly command: string;
  readonly output: string;
}

export const pageOf = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** By path, the files that a page shows. */
export const filesOf = (page: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...blocksOf(page, "ts"), ...blocksOf(page, "python")].flatMap((block) => {
      const file = fileOf(block);
      return file === undefined ? [] : [[file, block]];
    }),
  );

/** What stands after each `$ `, in the order of the page. */
export const shownIn = (page: string): readonly Shown[] =>
  blocksOf(page, "")
    .flatMap((block) => block.split(/^\$ /m).slice(1))
    .map((text) => {
      const [command = "", ...lines] = text.split("\n");
      return { command, output: lines.join("\n") };
    });

/** What a command of a page prints in a folder, to either stream; `npx pipe` is the command of this checkout. */
export function printedBy(command: string, folder: string): string {
  const { PATH = "", HOME = "" } = process.env;
  const script = `exec 2>&1; npx() { shift; "${process.execPath}" "${PIPE}" "$@"; }; ${command}`;
  const { error, stdout } = spawnSync("sh", ["-c", script], {
    cwd: folder,
    encoding: "utf8",
    // Debian's python3 is the one that has Debian's scikit-learn.
    env: { PATH: `/usr/bin:${PATH}`, HOME, NO_COLOR: "1" },
  });
  if (error !== undefined) throw error;
  return stdout;
}

/** What is the same whenever the command is right: no times, and steps that ran side by side in any order. */
export const comparable = (output: string): readonly string[] =>
  output
    .replaceAll(/^running .*\n/gm, "")
    .replaceAll(/\b\d+(?:\.\d+)? m?s\b/g, "<time>")
    .trimEnd()
    .split(/\n(?! )/)
    .toSorted();
