/** What the README and the docs show is true: their code compiles and builds, their links lead somewhere. */

import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { OPTIONS, type Option } from "../../src/cli/options.ts";
import { projectOf, temporaryFolder } from "../rig/project.ts";
import { diagnosticsOf, filesBelow, root, textOf } from "./checkout.ts";
import { anchorsOf, blocksOf, codeSpansOf, fileOf, linksOf } from "./markdown.ts";

const pages = ["README.md", ...filesBelow("docs").filter((page) => page.endsWith(".md"))];

/** An example as a small project: one Pipefile or module, and the actions that the same page shows. */
interface Example {
  readonly page: string;
  readonly number: number;
  readonly files: Readonly<Record<string, string>>;
}

const examples = pages.flatMap(examplesIn);
// A page that shows scripts in Python is built by the interop tests: here there need be nothing but Node.
const isPython = (page: string): boolean =>
  blocksOf(textOf(page), "python").some((block) => fileOf(block) !== undefined);
const pipefiles = examples.filter(({ page, files }) => "Pipefile.ts" in files && !isPython(page));

test("every example in TypeScript compiles", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/pipefile"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const written = examples.flatMap(({ page, number, files }) =>
    Object.entries(files).map(([name, text]) => {
      const file = join(folder, `${page}-${number}`, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      return file;
    }),
  );
  expect(diagnosticsOf(folder, written)).toEqual([]);
});

test.for(pipefiles.map((example) => [`${example.page}, example ${example.number}`, example] as const))(
  "a Pipefile that is shown builds, and is then up to date: %s",
  async ([, { files }]) => {
    const project = projectOf({ ...files, "data/raw.csv": "b,1\na,2\n\n", "data/urls.txt": "one\n" });
    await project.build();
    const again = await project.build();
    expect(again.events.at(-1)).toMatchObject({ type: "build-finished", built: 0, restored: 0, failed: 0 });
  },
);

test("the Pipefile of the README has about 20 lines and does what it says", async () => {
  const [example] = pipefiles.filter(({ page }) => page === "README.md");
  const lines =
    example?.files["Pipefile.ts"]
      ?.trim()
      .split("\n")
      .filter((line) => line !== "") ?? [];
  expect(lines.length).toBeLessThanOrEqual(20);
  const project = projectOf({ ...example?.files, "data/raw.csv": "b,1\n\na,2\n" });
  await project.build();
  expect(project.read("reports/summary.txt")).toBe("clean: 2\nraw: 3\n");
});

describe.for(pages)("%s", (page) => {
  const text = textOf(page);
  const code = [...blocksOf(text, ""), ...codeSpansOf(text)].flatMap((block) => block.split("\n"));

  test("its links lead somewhere", () => {
    expect(linksOf(text).filter((link) => !/^https?:/.test(link) && !leadsSomewhere(page, link))).toEqual([]);
  });

  test("the npm scripts that it names exist", () => {
    const { scripts } = JSON.parse(textOf("package.json")) as { readonly scripts: Readonly<Record<string, string>> };
    const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  test("the flags that it names exist", () => {
    const options = Object.entries<Option>(OPTIONS);
    const known = options.flatMap(([name, { short }]) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]);
    const ours = code.filter((line) => /^(?:npx )?pipe |^-|^\$ /.test(line) && !/^\$ (?!npx pipe|pipe)/.test(line));
    const named = ours.flatMap(
      (line) => line.replace(/ [|#>] .*| > .*/, "").match(/(?<=^|\s)-{1,2}[a-zA-Z][a-z-]*/g) ?? [],
    );
    expect(named.filter((flag) => !known.includes(flag))).toEqual([]);
  });

  test("the commands that it names exist", () => {
    const known = [...COMMANDS.map(({ name }): string => name), "completion", "help", "<command>"];
    const named = code.flatMap((line) => /^(?:\$ )?(?:npm ci && )?(?:npx )?pipe ([^\s-]+)/.exec(line)?.[1] ?? []);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });
});

function examplesIn(page: string): readonly Example[] {
  const blocks = blocksOf(textOf(page), "ts");
  const nameOf = (block: string): string => fileOf(block) ?? "example.ts";
  const isAction = (block: string): boolean => nameOf(block).startsWith("rules/");
  const actions = Object.fromEntries(blocks.filter(isAction).map((block) => [nameOf(block), block]));
  return blocks
    .filter((block) => !isAction(block) || blocks.every(isAction))
    .map((block, at) => ({ page, number: at + 1, files: { ...actions, [nameOf(block)]: block } }));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const file = path === "" ? page : posix.join(posix.dirname(page), path);
  if (!existsSync(join(root, file))) return false;
  return anchor === undefined || anchorsOf(textOf(file)).includes(anchor);
}
