/** The versions that tools print: asked as seldom as can be, and never taken from a program that is another one now. */

import { chmodSync, copyFileSync, existsSync, mkdirSync, realpathSync, utimesSync, writeFileSync } from "node:fs";
import { beforeEach, expect, test } from "vitest";
import { Tools } from "../../src/run/tools.ts";
import { temporaryFolder } from "../rig/project.ts";

let root = "";
beforeEach(() => {
  root = temporaryFolder();
  mkdirSync(`${root}/.pipe`);
  mkdirSync(`${root}/bin`);
});

const tools = (): Tools => new Tools(root, { PATH: `${root}/bin:${process.env["PATH"]}` });

/** A script that prints this text. */
function script(name: string, text: string): void {
  writeFileSync(`${root}/bin/${name}`, `#!/bin/sh\n${text}\n`);
  chmodSync(`${root}/bin/${name}`, 0o755);
}

test("a tool is asked once, however many rules name it", () => {
  script("tool", `echo x >> ${root}/asked; echo 1.0`);
  const asked = tools();
  expect([asked.versionOf("tool --version", "a"), asked.versionOf("tool --version", "b")]).toEqual(["1.0", "1.0"]);
  script("tool", "echo 2.0");
  expect(asked.versionOf("tool --version", "a")).toBe("1.0");
});

test("a script is asked in each build, since it may choose another version each time", () => {
  script("tool", "echo 1.0");
  tools().versionOf("tool --version", "a");
  script("tool", "echo 2.0");
  expect(tools().versionOf("tool --version", "a")).toBe("2.0");
});

test("what goes to stderr counts where stdout is empty", () => {
  script("tool", "echo 1.0 >&2");
  expect(tools().versionOf("tool", "a")).toBe("1.0");
});

test("the answer of a native program is kept until the program is another one", () => {
  copyFileSync(realpathSync("/bin/true"), `${root}/bin/native`);
  chmodSync(`${root}/bin/native`, 0o755);
  const first = tools().versionOf("native --version", "a");
  expect(existsSync(`${root}/.pipe/tools.json`)).toBe(true);
  copyFileSync(realpathSync("/bin/false"), `${root}/bin/native`);
  utimesSync(`${root}/bin/native`, 1, 1);
  // false ends with 1 even as it tells its version.
  expect(() => tools().versionOf("native --version", "a")).toThrow(expect.objectContaining({ code: "tool-failed" }));
  expect(first).not.toBe("");
});

test("a tool that is not there, or that fails, is told with the rule that names it", () => {
  script("tool", "echo broken >&2; exit 3");
  for (const [command, words] of [
    ["absent-tool --version", "not found"],
    ["tool --version", "exit code 3: broken"],
  ] as const) {
    expect(() => tools().versionOf(command, "train")).toThrow(new RegExp(`rule 'train' names the tool.*${words}`, "s"));
  }
});

test("answers that cannot be read are asked for again", () => {
  writeFileSync(`${root}/.pipe/tools.json`, "{");
  script("tool", "echo 1.0");
  expect(tools().versionOf("tool", "a")).toBe("1.0");
});
