/** What an action's code is: its text and all that decides it, and nothing else. */

import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { Code, modulePathOf, type ActionCode } from "../../src/run/code.ts";
import { Observer } from "../../src/store/observer.ts";
import { State } from "../../src/store/state.ts";
import { temporaryFolder } from "../rig/project.ts";

interface Sources {
  readonly root: string;
  readonly write: (path: string, text: string) => void;
  /** The code of an action as a build finds it, `rules/a.ts` if no other is named. */
  readonly code: (path?: string) => Promise<ActionCode>;
}

function sourcesOf(files: Readonly<Record<string, string>>, root = temporaryFolder()): Sources {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  return { root, write, code: (path = "rules/a.ts") => codeOf(root, { path }) };
}

async function codeOf(root: string, of: { readonly path: string; readonly observer?: Observer }): Promise<ActionCode> {
  const observer = of.observer ?? new Observer(root, new State(`${root}/.pipe`));
  const code = (await new Code(root, observer).actions([of.path])).get(of.path);
  if (code === undefined) throw new Error(`no code of ${of.path}`);
  return code;
}

const PACKAGE = (version: string): string => JSON.stringify({ name: "dep", version, main: "index.js" });
const installed = (folder: string, version: string): Readonly<Record<string, string>> => ({
  [`${folder}/package.json`]: PACKAGE(version),
  [`${folder}/index.js`]: `module.exports = "${version}";`,
});

const USES_V = `import { v } from "./v";\nexport default () => v;`;

describe("code counts", () => {
  const cases: Readonly<Record<string, readonly [Readonly<Record<string, string>>, (sources: Sources) => void]>> = {
    "a module that it imports": [
      { "rules/a.ts": USES_V, "rules/v.ts": "export const v = 1;" },
      ({ write }) => write("rules/v.ts", "export const v = 2;"),
    ],
    "a file that now comes before the one that an import without extension meant": [
      { "rules/a.ts": USES_V, "rules/v.js": "export const v = 1;" },
      ({ write }) => write("rules/v.ts", "export const v = 2;"),
    ],
    "a file that now comes before a folder's index": [
      { "rules/a.ts": USES_V, "rules/v/index.ts": "export const v = 1;" },
      ({ write }) => write("rules/v.ts", "export const v = 2;"),
    ],
    "a .js file that now stands where its .ts was meant": [
      { "rules/a.ts": `import { v } from "./v.js";\nexport default () => v;`, "rules/v.ts": "export const v = 1;" },
      ({ write }) => write("rules/v.js", "export const v = 2;"),
    ],
    "paths of a tsconfig.json that another one extends": [
      {
        "rules/a.ts": `import { v } from "v";\nexport default () => v;`,
        "one.ts": "export const v = 1;",
        "two.ts": "export const v = 2;",
        "tsconfig.json": `{ "extends": "./base" } // a comment`,
        "base.json": `{ "compilerOptions": { "paths": { "v": ["./one.ts"] } } }`,
      },
      ({ write }) => write("base.json", `{ "compilerOptions": { "paths": { "v": ["./two.ts"] } } }`),
    ],
    "a tsconfig.json that appears nearer to the source": [
      {
        "rules/a.ts": `import { v } from "v";\nexport default () => v;`,
        "one.ts": "export const v = 1;",
        "two.ts": "export const v = 2;",
        "tsconfig.json": `{ "compilerOptions": { "paths": { "v": ["./one.ts"] } } }`,
      },
      ({ write }) => write("rules/tsconfig.json", `{ "compilerOptions": { "paths": { "v": ["../two.ts"] } } }`),
    ],
    "a package that appears nearer to the source": [
      { "rules/a.ts": `import dep from "dep";\nexport default () => dep;`, ...installed("node_modules/dep", "1.0.0") },
      ({ write }) =>
        Object.entries(installed("rules/node_modules/dep", "2.0.0")).forEach(([at, text]) => write(at, text)),
    ],
    "a text that differs by the project's folder": [
      { "rules/a.ts": "export default () => 'ROOT/data';" },
      ({ write }) => write("rules/a.ts", "export default () => '/data';"),
    ],
  };

  test.each(Object.entries(cases))("%s", async (_, [files, edit]) => {
    const root = temporaryFolder();
    const inFolder = Object.entries(files).map(([path, text]) => [path, text.replaceAll("ROOT", root)]);
    const sources = sourcesOf(Object.fromEntries(inFolder) as Record<string, string>, root);
    const before = await sources.code();
    edit(sources);
    expect((await sources.code()).identity).not.toEqual(before.identity);
  });
});

test("a package's new version counts where it is a link that was turned, as pnpm does", async () => {
  const sources = sourcesOf({
    "rules/a.ts": `import dep from "dep";\nexport default () => dep;`,
    ...installed("node_modules/.pnpm/dep@1/node_modules/dep", "1.0.0"),
    ...installed("node_modules/.pnpm/dep@2/node_modules/dep", "2.0.0"),
  });
  const link = (version: number): void =>
    symlinkSync(`.pnpm/dep@${version}/node_modules/dep`, `${sources.root}/node_modules/dep`);
  link(1);
  expect((await sources.code()).identity.packages).toEqual({ dep: "1.0.0" });
  rmSync(`${sources.root}/node_modules/dep`);
  link(2);
  expect((await sources.code()).identity.packages).toEqual({ dep: "2.0.0" });
});

test("a source that was edited between a look at it and the bundling is bundled again once it is as it was", async () => {
  const sources = sourcesOf({ "rules/a.ts": "export default () => 'old';" });
  const observer = new Observer(sources.root, new State(`${sources.root}/.pipe`));
  observer.digestOf("rules/a.ts");
  sources.write("rules/a.ts", "export default () => 'new';");
  await codeOf(sources.root, { path: "rules/a.ts", observer });
  sources.write("rules/a.ts", "export default () => 'old';");
  expect(readFileSync((await sources.code()).file, "utf8")).toContain("old");
});

describe("files named beside the source", () => {
  const files = { "rules/a.txt": "", "rules/é $.txt": "", "lib/b.txt": "", "rules/all/x": "" };
  const assetsOf = async (expression: string, more: Readonly<Record<string, string>> = {}): Promise<unknown> =>
    (await sourcesOf({ ...files, ...more, "rules/a.ts": `export default () => ${expression};` }).code()).assets;
  const url = (literal: string): string => `new URL(${literal}, import.meta.url)`;

  test.each([
    [url(`"./a.txt"`), ["rules/a.txt"]],
    [url(`"a.txt"`), ["rules/a.txt"]],
    [url("`../lib/b.txt`"), ["lib/b.txt"]],
    [url(`'./%C3%A9%20$.txt'`), ["rules/é $.txt"]],
    [url(`"./é $.txt"`), ["rules/é $.txt"]],
    [url(`"./a.txt?raw#x"`), ["rules/a.txt"]],
    [url(`"./all/"`), ["rules/all/"]],
    [`[${url(`"a.txt"`)}, ${url(`"./a.txt"`)}]`, ["rules/a.txt"]],
  ])("%s is an input", async (expression, assets) => {
    expect(await assetsOf(expression)).toEqual(assets);
  });

  test.each([url(`"https://example.com/a.txt"`), url(`"."`), url(`".."`), `1 // ${url(`"gone.txt"`)}\n`])(
    "%s names no file",
    async (expression) => {
      expect(await assetsOf(expression)).toEqual([]);
    },
  );

  test("count in each module that the action uses, and in no function that it does not", async () => {
    const lib = `export const used = () => ${url(`"b.txt"`)};\nexport const unused = () => ${url(`"gone.txt"`)};`;
    const text = `import { used } from "../lib/lib.ts";\nexport default () => [used(), ${url(`"a.txt"`)}];`;
    const { assets } = await sourcesOf({ ...files, "lib/lib.ts": lib, "rules/a.ts": text }).code();
    expect([...assets].toSorted()).toEqual(["lib/b.txt", "rules/a.txt"]);
  });
});

test.each([
  ["a computed import", `export default (x: string) => import(x);`],
  ["an import by a pattern", "export default (x: string) => import(`./${x}.ts`);"],
  ["a require by a pattern", "export default (x: string) => require(`../rules/${x}.cjs`);"],
  ["a computed require", `export default (x: string) => require(x);`],
  ["an indirect require", `export default (f: any) => f(require);`],
  ["a native addon by a relative path", `import addon from "./x.node";\nexport default () => addon;`],
  [
    "a relative require of its own making",
    `import { createRequire } from "node:module";\nconst load = createRequire(import.meta.url);\nexport default () => load("./x.cjs");`,
  ],
  ["a file outside of the project", `export default () => new URL("../../x.txt", import.meta.url);`],
])("%s cannot be fingerprinted", async (_, text) => {
  const sources = sourcesOf({ "rules/a.ts": text, "rules/x.node": "", "rules/x.cjs": "" });
  await expect(sources.code()).rejects.toMatchObject({ code: "cannot-fingerprint" });
});

test.each([
  ["throws", () => Promise.reject(new Error("x"))],
  [
    "throws at once",
    () => {
      throw new Error("x");
    },
  ],
  ["gives nothing", () => Promise.resolve()],
  ["gives null", () => Promise.resolve(null)],
  ["gives something else", () => Promise.resolve({ default: () => {} })],
])("a `run` that %s names no module", async (_, run) => {
  expect(await modulePathOf(run)).toBeUndefined();
});

describe("an action that runs from its bundle", () => {
  const result = async (path: string, files: Readonly<Record<string, string>>): Promise<unknown> => {
    const sources = sourcesOf(files);
    const { file } = await sources.code(path);
    const { default: action } = (await import(/* @vite-ignore */ file)) as { default: () => unknown };
    return String(await action()).replaceAll(sources.root, "ROOT");
  };

  test("knows its own place by import.meta, behind a first line for the shell too", async () => {
    const text = `#!/usr/bin/env node\nexport default () => [import.meta.url, import.meta.dirname, import.meta.filename];`;
    expect(await result("rules/a.ts", { "rules/a.ts": text })).toBe(
      "file://ROOT/rules/a.ts,ROOT/rules,ROOT/rules/a.ts",
    );
  });

  test("may be CommonJS, with __dirname and a package that only its own folder has", async () => {
    const text = `const dep = require("dep");\nmodule.exports = () => [dep, __dirname, __filename];`;
    const files = { "rules/a.cjs": text, ...installed("rules/node_modules/dep", "1.0.0") };
    expect(await result("rules/a.cjs", files)).toBe("1.0.0,ROOT/rules,ROOT/rules/a.cjs");
  });

  test("may await at its top, be JSX, and import JSON", async () => {
    const files = {
      "rules/a.tsx": `import limits from "./limits.json" with { type: "json" };
const React = { createElement: (name: string) => \`<\${name}>\` };
const most: number = await Promise.resolve(limits.most);
export default () => [<b />, most, import.meta.url.length > 0];`,
      "rules/limits.json": `{ "most": 7 }`,
    };
    expect(await result("rules/a.tsx", files)).toBe("<b>,7,true");
  });
});
