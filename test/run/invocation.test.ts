/** What an action is given: a clean environment, and a command its names as variables. */

import { mkdirSync, openSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runCommand } from "../../src/run/command.ts";
import { environmentFrom, type Invocation } from "../../src/run/invocation.ts";
import type { Outcome } from "../../src/run/outcome.ts";
import { temporaryFolder } from "../rig/project.ts";

describe("the environment of an action", () => {
  const of = (env: Readonly<Record<string, string>>, rule: { env?: string[]; passEnv?: string[] } = {}) =>
    environmentFrom(env)({ env: [], passEnv: [], ...rule });

  test("has what every program expects, proxies and certificates, and nothing else", () => {
    const given = { PATH: "p", HOME: "h", HTTPS_PROXY: "x", no_proxy: "y", NODE_EXTRA_CA_CERTS: "c" };
    expect(of({ ...given, TOKEN: "t", NODE_OPTIONS: "o", MY_PROXY: "z", LD_PRELOAD: "l" })).toEqual(given);
  });

  test("has what is named, and globs name no more than they say", () => {
    const given = { A: "1", AWS_KEY: "2", "X.Y": "3", XZY: "4", AXAWS_: "5" };
    expect(of(given, { env: ["A"], passEnv: ["AWS_*", "X.*"] })).toEqual({ A: "1", AWS_KEY: "2", "X.Y": "3" });
    expect(of(given, { passEnv: ["*"] })).toEqual(given);
    expect(of({}, { env: ["ABSENT"] })).toEqual({});
  });
});

describe("a command", () => {
  const EMPTY: Invocation = {
    step: "s",
    inputs: {},
    outputs: {},
    artifacts: {},
    previous: {},
    params: {},
    wildcards: {},
    env: { PATH: process.env["PATH"] ?? "" },
    scratch: undefined,
    depfile: undefined,
  };

  async function run(
    command: string,
    given: Partial<Invocation> = {},
    shell: "sh" | "bash" = "sh",
  ): Promise<{ readonly outcome: Outcome; readonly printed: string }> {
    const root = temporaryFolder();
    mkdirSync(`${root}/stage`);
    const log = openSync(`${root}/log`, "w");
    const outcome = await runCommand({
      root,
      stage: "stage/0",
      command,
      shell,
      invocation: { ...EMPTY, ...given },
      log,
      logFile: `${root}/log`,
    });
    return { outcome, printed: readFileSync(`${root}/log`, "utf8") };
  }

  test("has paths, params and wildcards as variables of their names", async () => {
    const { printed } = await run(`printf '%s|' "$in" "$out" "$out_path" "$text" "$list" "$x"`, {
      inputs: { in: "a b" },
      outputs: { out: "stage/0/out" },
      artifacts: { out: "-out" },
      params: { text: "$(false) 'q'", list: [1, { a: null }] },
      wildcards: { x: "é" },
    });
    expect(printed).toBe(`a b|stage/0/out|-out|$(false) 'q'|[1,{"a":null}]|é|`);
  });

  test("has a path that starts with a dash so that no program takes it for a flag", async () => {
    const { printed } = await run(`printf '%s|' "$in" "$all"; cat "$all_file"`, {
      inputs: { in: "-n", all: ["-a", "b"] },
    });
    expect(printed).toBe("./-n|./-a\nb|./-a\nb\n");
  });

  test("has a list of 64 KiB or more in its file alone, and an empty one in both", async () => {
    const names = (bytes: number): readonly string[] => ["a".repeat(bytes - 2), "b"];
    const command = `printf '%s ' "\${all+set}"; wc -l < "$all_file"`;
    expect((await run(command, { inputs: { all: names(65_535) } })).printed).toMatch(/^set +2\n$/);
    expect((await run(command, { inputs: { all: names(65_536) } })).printed).toMatch(/^ +2\n$/);
    expect((await run(command, { inputs: { all: [] } })).printed).toMatch(/^set +0\n$/);
  });

  test("that reads a variable nobody set has failed, and so has a line of it that fails", async () => {
    expect((await run(`echo "$unset"`)).outcome).toMatchObject({ isDone: false, kind: "error" });
    expect(await run("false; echo on")).toMatchObject({
      outcome: { isDone: false, message: "the command ended with exit code 1" },
      printed: "",
    });
    expect((await run("true; true")).outcome).toEqual({ isDone: true });
  });

  test("minds a failure within a pipe under bash alone", async () => {
    expect((await run("false | cat")).outcome.isDone).toBe(true);
    expect((await run("false | cat", {}, "bash")).outcome.isDone).toBe(false);
  });

  test("that is killed says by what", async () => {
    expect((await run("kill -TERM $$")).outcome).toEqual({
      isDone: false,
      kind: "killed",
      message: "the command was killed by SIGTERM",
    });
  });
});
