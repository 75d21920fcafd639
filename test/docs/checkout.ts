/** The checkout that the docs are about: its files, and tools run on it. */

import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");

export const textOf = (path: string): string => readFileSync(join(root, path), "utf8");

/** The files of a folder that git knows, or that are about to be committed. */
export function filesBelow(folder: string): readonly string[] {
  const list = ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", folder];
  return execFileSync("git", list, { cwd: root, encoding: "utf8" }).split("\n").filter(Boolean);
}

export interface Diagnostic {
  /** Relative to the folder that was asked about. */
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** What the compiler says of these files, with the settings of the checkout and `pipefile` resolved to it. */
export function diagnosticsOf(folder: string, files: readonly string[]): readonly Diagnostic[] {
  const home = realpathSync(folder);
  const config = join(home, "tsconfig.json");
  const typeRoots = [join(root, "node_modules/@types")];
  const settings = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: { typeRoots },
    // With what the sources are declared by.
    files: [...files, join(root, "src/jstat.d.ts")],
    include: [],
    exclude: [],
  };
  writeFileSync(config, JSON.stringify(settings));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { stdout, stderr } = spawnSync(process.execPath, [tsc, "--project", config, "--pretty", "false"], {
    cwd: home,
    encoding: "utf8",
  });
  if (stderr !== "") throw new Error(stderr);
  return diagnosticsIn(stdout).map((found) => ({ ...found, file: relative(home, resolve(home, found.file)) }));
}

/** A diagnostic starts at the left margin; what is indented below it explains it. */
function diagnosticsIn(output: string): readonly Diagnostic[] {
  return output
    .split(/\n(?=\S)/)
    .filter((text) => text.trim() !== "")
    .map((text) => {
      const [, file, line, message] = /^(.+?)\((\d+),\d+\): error (.*)$/s.exec(text) ?? [];
      if (file === undefined) throw new Error(`tsc said: ${text}`);
      return { file, line: Number(line), message: message ?? "" };
    });
}
