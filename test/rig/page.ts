/** A page of the docs as a project: the files that it shows, and the commands, with what they print. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect } from "vitest";
import { fileOf } from "../docs/markdown.ts";
import type { Project } from "./project.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const PIPE = join(ROOT, "dist/pipe.js");

export const pageOf = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** By path, the files that a page shows; of one that it shows twice, the last. */
export const filesOf = (page: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    blocksIn(page).flatMap(({ code }) => {
      const file = fileOf(code);
      return file === undefined ? [] : [[file, code]];
    }),
  );

/** Writes each file and runs each command, in the order of the page; all must print what stands there. */
export function follow(page: string, project: Project): void {
  for (const { language, code } of blocksIn(page)) {
    const file = fileOf(code);
    if (file !== undefined) project.write(file, code);
    if (language === "") for (const shown of commandsIn(code)) expectPrinted(shown, project);
  }
}

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

interface Shown {
  readonly command: string;
  readonly output: string;
}

const blocksIn = (page: string): readonly { readonly language: string; readonly code: string }[] =>
  [...page.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(([, language = "", code = ""]) => ({ language, code }));

/** What stands after each `$ `, and below it. */
const commandsIn = (block: string): readonly Shown[] =>
  block
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const [command = "", ...lines] = text.split("\n");
      return { command, output: lines.join("\n") };
    });

const expectPrinted = ({ command, output }: Shown, { root }: Project): void =>
  expect([command, ...comparable(printedBy(command, root))]).toEqual([command, ...comparable(output)]);

/** What is the same whenever the command is right: no times or sizes, and steps that ran side by side in any order. */
const comparable = (output: string): readonly string[] =>
  output
    .replaceAll(/^running .*\n/gm, "")
    .replaceAll(/\b\d+(?:\.\d+)? m?s\b/g, "<time>")
    .replaceAll(/\(\d+(?:\.\d+)? [kM]?B\b/g, "(<size>")
    .trimEnd()
    .split(/\n(?! )/)
    .toSorted();
