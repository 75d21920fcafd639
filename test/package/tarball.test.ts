/** What a stranger gets: the packed tarball, installed in projects that know nothing of this checkout. */

import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pickleOf, writeModel } from "pipefile/model";
import { birds } from "../rig/model.ts";
import { folderOf, output, root, run } from "./npm.ts";

const PIPEFILE = `
import { pipeline, rule } from "pipefile";

const greet = rule({
  inputs: { name: "name.txt" },
  outputs: { greeting: "greeting.txt" },
  params: { word: "Hello" },
  run: () => import("./rules/greet.ts"),
});
const shout = rule({
  inputs: { greeting: greet.outputs.greeting },
  outputs: { loud: "loud.txt" },
  run: 'tr a-z A-Z < "$greeting" > "$loud"',
});
export default pipeline({ greet, shout });
`;
const FILES = {
  "package.json": JSON.stringify({ name: "strangers-project", private: true, type: "module" }),
  "name.txt": "world\n",
  "Pipefile.ts": PIPEFILE,
  "rules/greet.ts": `
import { readFileSync, writeFileSync } from "node:fs";
import type { Action } from "pipefile";

const greet: Action<{ name: string }, { greeting: string }, { word: string }> = ({ inputs, outputs, params }) =>
  writeFileSync(outputs.greeting, params.word + ", " + readFileSync(inputs.name, "utf8"));
export default greet;
`,
};
/** Reads a model, pickles it, and takes the pickle back, with what the package offers. */
const MODEL_USER = `
import { readFileSync, writeFileSync } from "node:fs";
import { modelOfPickle, pickleOf, predict, readModel, writeModel } from "pipefile/model";

const model = readModel(readFileSync("model.bin", "utf8"));
writeFileSync("model.pkl", pickleOf(model));
const again = modelOfPickle(readFileSync("model.pkl"));
if (writeModel(again) !== writeModel(model)) throw new Error("it is another model");
for (const { row, prediction } of again.golden) if (predict(again, row) !== prediction) throw new Error("it predicts otherwise");
console.log("as it was");
`;
const WRONG = PIPEFILE.replace('inputs: { name: "name.txt" }', 'inputs: { nmae: "name.txt" }');

const folders: string[] = [];
const folder = (files: Readonly<Record<string, string>>) => {
  const made = folderOf(files);
  folders.push(made);
  return made;
};
afterAll(() => folders.forEach((made) => rmSync(made, { recursive: true, force: true })));

let tarball: string;
beforeAll(() => {
  const packed = folder({});
  output(root, "npm", "pack", "--pack-destination", packed);
  tarball = join(packed, `pipefile-${JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version}.tgz`);
});

describe("installed in an empty project", () => {
  let project: string;
  beforeAll(() => {
    project = folder(FILES);
    output(project, "npm", "install", "--prefer-offline", "--no-audit", "--no-fund", tarball);
  });

  test("npx pipe builds, and then finds nothing to do", () => {
    output(project, "npx", "pipe", "build");
    expect(readFileSync(join(project, "loud.txt"), "utf8")).toBe("HELLO, WORLD\n");
    const again = output(project, "npx", "pipe", "build", "--json");
    expect(eventsOf(again).at(-1)).toMatchObject({ type: "build-finished", built: 0, fresh: 2, failed: 0 });
  });

  test.for(["nodenext", "bundler"])("its Pipefile type-checks with module resolution %s", (resolution) => {
    typeCheck({ text: PIPEFILE, resolution });
  });

  test("pipefile/model alone writes a model as a pickle, and has it back", () => {
    writeFileSync(join(project, "model.bin"), writeModel(birds));
    expect(output(project, "node", "--input-type=module", "--eval", MODEL_USER)).toBe("as it was\n");
    expect(readFileSync(join(project, "model.pkl"))).toEqual(Buffer.from(pickleOf(birds)));
  });

  test.for(["nodenext", "bundler"])("and its use type-checks with module resolution %s", (resolution) => {
    typeCheck({ text: MODEL_USER, resolution });
  });

  test("a misspelt input is a compiler error", () => {
    expect(() => typeCheck({ text: WRONG, resolution: "nodenext" })).toThrow(/Pipefile\.ts\(\d+,\d+\): error TS/);
  });

  function typeCheck({ text, resolution }: { readonly text: string; readonly resolution: string }): void {
    const module = resolution === "bundler" ? "esnext" : resolution;
    const options = `--noEmit --strict --target es2023 --module ${module} --moduleResolution ${resolution} --types node`;
    const checked = folder({ ...FILES, "Pipefile.ts": text });
    mkdirSync(join(checked, "node_modules"));
    symlinkSync(join(project, "node_modules/pipefile"), join(checked, "node_modules/pipefile"));
    symlinkSync(join(root, "node_modules/@types"), join(checked, "node_modules/@types"));
    const tsc = join(root, "node_modules/.bin/tsc");
    output(checked, tsc, ...options.split(" "), "--allowImportingTsExtensions", "Pipefile.ts");
  }
});

describe("installed globally", () => {
  let pipe: string;
  beforeAll(() => {
    const prefix = folder({});
    output(
      prefix,
      "npm",
      "install",
      "--global",
      "--prefix",
      prefix,
      "--prefer-offline",
      "--no-audit",
      "--no-fund",
      tarball,
    );
    pipe = join(prefix, "bin/pipe");
  });

  test("it serves a project that has no pipe of its own", () => {
    const project = folder(FILES);
    output(project, pipe, "build", "loud.txt");
    expect(readFileSync(join(project, "loud.txt"), "utf8")).toBe("HELLO, WORLD\n");
  });

  test("it hands over to the project's own, with its arguments and its exit code", () => {
    const project = folder({
      ...FILES,
      "node_modules/pipefile/package.json": JSON.stringify({
        name: "pipefile",
        version: "9.9.9",
        bin: { pipe: "own.js" },
      }),
      "node_modules/pipefile/own.js":
        '#!/usr/bin/env node\nconsole.log("own", ...process.argv.slice(2));\nprocess.exitCode = 3;\n',
    });
    chmodSync(join(project, "node_modules/pipefile/own.js"), 0o755);
    const { status, stdout } = run(project, pipe, "build", "--jobs=1", "loud.txt");
    expect({ status, stdout }).toEqual({ status: 3, stdout: "own build --jobs=1 loud.txt\n" });
  });
});

test("publint finds nothing wrong with the tarball", () => {
  expect(output(root, join(root, "node_modules/.bin/publint"), "--strict", tarball)).toContain("All good!");
});

test("the tarball ships its notices, its licence and no source", () => {
  const files = output(root, "tar", "-tzf", tarball).trim().split("\n");
  expect(files).toEqual(
    expect.arrayContaining(["package/LICENSE", "package/THIRD-PARTY-NOTICES", "package/dist/pipe.js"]),
  );
  expect(files.filter((file) => /^package\/(src|test|rules|scripts)\//.test(file))).toEqual([]);
});

function eventsOf(stdout: string): readonly { readonly type: string }[] {
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}
