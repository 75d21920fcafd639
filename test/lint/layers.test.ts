/** The linter holds the layers: each forbidden import, planted in a copy of its configuration, is flagged at its file. */

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");

const planted = "planted.ts";
const layerRule = "eslint(no-restricted-imports)";

/** What each folder may not import, written as its files would write it. */
const above = (layers: string, from: string) => layers.split(" ").map((layer) => `${from}/${layer}/${planted}`);
const forbidden: Readonly<Record<string, readonly string[]>> = {
  "src/core": above("model store run watch serve monitor ui cli", "..").concat(
    ["../build.ts", "../index.ts", "pipefile", "node:fs", "node:fs/promises", "fs", "fs/promises", "node:crypto"],
    ["picomatch"],
  ),
  "src/model": above("store run watch serve monitor ui cli", "..").concat(
    "../build.ts",
    "../index.ts",
    "pipefile/model",
  ),
  "src/store": above("run watch serve monitor ui cli", "..").concat("../build.ts", "../index.ts", "pipefile"),
  "src/run": above("watch serve monitor ui cli", "..").concat("../build.ts", "../index.ts", "pipefile"),
  src: above("watch serve monitor ui cli", ".").concat("./index.ts", "pipefile"),
  "src/watch": above("ui cli", "..").concat("../index.ts", "pipefile"),
  "src/serve": above("ui cli", "..").concat("../index.ts", "pipefile"),
  "src/monitor": above("ui cli", "..").concat("../index.ts", "pipefile"),
  "src/ui": above("model store run watch serve monitor cli", "..").concat("../build.ts", "../index.ts", "pipefile"),
  "src/ui/monitoring": above("model store run watch serve monitor cli", "../..").concat("../../build.ts", "pipefile"),
  "src/cli": ["../index.ts", "pipefile"],
  rules: [`../src/core/${planted}`, "../src/index.ts"],
};

const allowed: Readonly<Record<string, readonly string[]>> = {
  "src/core": ["./other.ts"],
  "src/model": ["./other.ts", `../core/${planted}`, "simple-statistics", "node:fs"],
  "src/store": [`../core/${planted}`, `../model/${planted}`, "node:fs/promises"],
  "src/run": [`../core/${planted}`, `../store/${planted}`, "node:child_process", "esbuild"],
  src: [`./core/${planted}`, `./run/${planted}`, `./store/${planted}`, "./build.ts", "node:path"],
  "src/serve": ["../build.ts", `../core/${planted}`, `../run/${planted}`],
  "src/ui": ["./other.ts", `../core/${planted}`, "node:tty"],
  "src/ui/monitoring": ["./other.ts", "../other.ts", `../../core/${planted}`, "d3-scale"],
  "src/cli": ["../build.ts", `../ui/${planted}`, `../serve/${planted}`, `../core/${planted}`],
  rules: ["pipefile", "pipefile/model", "csv-parse", "node:fs"],
};

interface Diagnostic {
  readonly code: string;
  readonly filename: string;
}

let copy: string;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "layers-"));
  for (const file of [".oxlintrc.json", "tsconfig.json", "package.json"]) cpSync(join(root, file), join(copy, file));
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe("a planted import against the layers is flagged", () => {
  test.for(Object.entries(forbidden))("in %s", ([folder, imports]) => {
    const files = imports.map((specifier, index) => plant(`${folder}/${index}.ts`, `export * from "${specifier}";\n`));
    const flagged = lint().filter(({ code }) => code === layerRule);
    expect(flagged.map(({ filename }) => filename).toSorted()).toEqual(files.toSorted());
  });

  test("at run time", () => {
    const file = plant("src/run/late.ts", 'export const late = () => import("../ui/text.ts");\n');
    expect(lint()).toContainEqual(expect.objectContaining({ code: layerRule, filename: file }));
  });

  test("of a type alone", () => {
    const file = plant(
      "src/core/type.ts",
      'import type { Stats } from "node:fs";\nexport type Size = Stats["size"];\n',
    );
    expect(lint()).toContainEqual(expect.objectContaining({ code: layerRule, filename: file }));
  });
});

test.for(Object.entries(allowed))("imports down the layers pass in %s", ([folder, imports]) => {
  imports.forEach((specifier, index) => plant(`${folder}/${index}.ts`, `export * from "${specifier}";\n`));
  expect(lint().filter(({ code }) => code === layerRule)).toEqual([]);
});

const otherRules: readonly (readonly [code: string, path: string, text: string])[] = [
  ["eslint(no-console)", "src/run/a.ts", 'console.log("x");\n'],
  ["unicorn(no-process-exit)", "src/run/a.ts", "process.exit(1);\n"],
  ["typescript(no-explicit-any)", "src/core/a.ts", "export const a = (b: any): unknown => b;\n"],
  [
    "typescript(no-floating-promises)",
    "src/run/a.ts",
    "export function a(b: () => Promise<void>): void {\n  b();\n}\n",
  ],
  [
    "eslint(max-lines)",
    "src/core/a.ts",
    Array.from({ length: 251 }, (_, i) => `export const a${i} = ${i};\n`).join(""),
  ],
  ["eslint(max-lines-per-function)", "rules/a.ts", `export function a(): void {\n${"  void 0;\n".repeat(50)}}\n`],
  ["eslint(max-params)", "src/core/a.ts", "export const a = (b: 1, c: 1, d: 1, e: 1) => [b, c, d, e];\n"],
];
test.for(otherRules)("%s is flagged in %s", ([code, path, text]) => {
  const filename = plant(path, text);
  expect(lint()).toContainEqual(expect.objectContaining({ code, filename }));
});

test("a cycle of imports is flagged", () => {
  plant("src/core/a.ts", 'import { b } from "./b.ts";\nexport const a = (): unknown => b;\n');
  plant("src/core/b.ts", 'import { a } from "./a.ts";\nexport const b = (): unknown => a;\n');
  expect(lint()).toContainEqual(expect.objectContaining({ code: "import(no-cycle)" }));
});

test("printing and exiting are allowed where they belong", () => {
  plant("src/ui/a.ts", 'console.log("x");\n');
  plant("src/cli/a.ts", "process.exit(1);\n");
  expect(lint()).toEqual([]);
});

test("every folder of src is a layer that has its rules", () => {
  const folders = readdirSync(join(root, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(Object.keys(forbidden)).toEqual(expect.arrayContaining(folders.map(({ name }) => `src/${name}`)));
});

function plant(path: string, text: string): string {
  const file = join(copy, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return path;
}

/** Lints what was planted, and clears it away. */
function lint(): readonly Diagnostic[] {
  const oxlint = join(root, "node_modules/oxlint/bin/oxlint");
  const { stdout, stderr } = spawnSync(process.execPath, [oxlint, "--format", "json", "src", "rules"], {
    cwd: copy,
    encoding: "utf8",
    timeout: 20_000,
  });
  for (const folder of ["src", "rules"]) rmSync(join(copy, folder), { recursive: true, force: true });
  try {
    return JSON.parse(stdout).diagnostics;
  } catch {
    throw new Error(`oxlint said: ${stdout.slice(0, 2_000)}${stderr}`);
  }
}
