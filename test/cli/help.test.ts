/** Every command and flag of the table is in the help and in docs/cli.md. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { COMMANDS, optionsOf } from "../../src/cli/commands.ts";
import { OPTIONS, type Option } from "../../src/cli/options.ts";
import { pipe } from "./terminal.ts";

const docs = readFileSync(new URL("../../docs/cli.md", import.meta.url), "utf8");

/** What docs/cli.md says from a heading to the next. */
function sectionOf(heading: string): string {
  const [, rest] = docs.split(`\n## ${heading}`);
  if (rest === undefined) throw new Error(`docs/cli.md has no section '${heading}'`);
  return rest.split("\n## ", 1)[0] ?? "";
}

test.each(COMMANDS)("$name: every flag and example is in its help and in the docs", async (command) => {
  const { code, out } = await pipe([command.name, "--help"]);
  const documented = sectionOf(`pipe ${command.name}`) + sectionOf("Everywhere");
  expect(code).toBe(0);
  expect(out).toContain(command.description);
  for (const name of optionsOf(command)) {
    const { short }: Option = OPTIONS[name];
    expect(out).toMatch(new RegExp(`${short === undefined ? "" : `-${short}, `}--${name}\\b`));
    expect(documented).toContain(`\`--${name}`.replace("`", short === undefined ? "`" : `-${short}\`, \``));
  }
  for (const [typed] of command.examples) {
    expect(out).toContain(typed);
    expect(documented).toContain(typed);
  }
});

test("every option belongs to a command, and no command has one twice", () => {
  const used = COMMANDS.flatMap((command) => optionsOf(command));
  expect(new Set(used)).toEqual(new Set(Object.keys(OPTIONS)));
  for (const command of COMMANDS) expect(new Set(optionsOf(command)).size).toBe(optionsOf(command).length);
});

test("pipe --help lists the commands", async () => {
  const { code, out } = await pipe(["--help"]);
  expect(code).toBe(0);
  for (const { name, description } of COMMANDS) expect(out).toMatch(new RegExp(`pipe ${name}.*${description}`));
});

test("pipe help build is pipe build --help", async () => {
  expect(await pipe(["help", "build"])).toEqual(await pipe(["build", "--help"]));
});

test("pipe alone is a usage error that shows the help on stderr", async () => {
  const { code, out, err } = await pipe([]);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toContain("pipe build [target..]");
});

test("--version is the version of package.json", async () => {
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  expect(await pipe(["--version"])).toEqual({ code: 0, out: `${manifest.version}\n`, err: "" });
});

test.each([
  [["biuld"], "there is no command 'biuld'", "did you mean 'pipe build'?"],
  [["frobnicate"], "there is no command 'frobnicate'", "'pipe --help' shows what there is"],
  [["--json"], "no command is given", "'pipe --help' shows what there is"],
  [["build", "--dry-rum"], "there is no flag --dry-rum", "did you mean '--dry-run'?"],
  [["build", "--quite=1"], "there is no flag --quite", "did you mean '--quiet'?"],
  [["build", "-x"], "there is no flag -x", "'pipe build --help' shows what there is"],
  [["status", "--quiet"], "'pipe status' has no flag --quiet", "'pipe status --help' shows what there is"],
  [["build", "-j"], "-j, --jobs needs a value", "'pipe build --help' shows what there is"],
  [["build", "-j", "-2"], "-j needs a value", "'pipe build --help' shows what there is"],
  [["build", "--json=yes"], "Option '--json' does not take an argument", "'pipe build --help' shows what there is"],
  [["list", "train"], "'pipe list' takes no target", "'pipe list --help' shows what there is"],
  [["why"], "'pipe why' takes one target", "'pipe why --help' shows what there is"],
  [["why", "a", "b"], "'pipe why' takes one target", "'pipe why --help' shows what there is"],
  [
    ["graph", "--format", "svg"],
    "--format is one of tree, mermaid, dot, json, not 'svg'",
    "'pipe graph --help' shows what there is",
  ],
])("pipe %j is refused with a hint", async (args, message, hint) => {
  expect(await pipe(args)).toEqual({ code: 2, out: "", err: `error[usage]: ${message}\n  hint: ${hint}\n` });
});

test("completion knows commands, flags and choices", async () => {
  const completed = async (...words: string[]): Promise<readonly string[]> =>
    (await pipe(["--get-yargs-completions", "pipe", ...words])).out.trim().split("\n");
  expect(await completed("")).toEqual([...COMMANDS.map(({ name }) => name), "help"]);
  expect(await completed("status", "--")).toEqual([
    "--check",
    "--param",
    "--json",
    "--directory",
    "--pipefile",
    "--help",
    "--version",
  ]);
  expect(await completed("graph", "--format", "")).toEqual(["tree", "mermaid", "dot", "json"]);
});
