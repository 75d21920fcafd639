/** The command as a process: signals, a reader that leaves, another installation, another build. */

import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { interruption, type Signalled } from "../../src/cli/interrupt.ts";
import { localCommand } from "../../src/cli/local.ts";
import { projectOf, temporaryFolder, type Project } from "../rig/project.ts";
import { command, DIST, start } from "./command.ts";

const pipefile = (run: string): string => `
import { pipeline, rule } from "pipefile";
export default pipeline({ wait: rule({ inputs: {}, outputs: { out: "out.txt" }, run: ${JSON.stringify(run)} }) });
`;

const endless = (): Project => projectOf({ "Pipefile.ts": pipefile('echo half > "$out"; tail -f /dev/null') });

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s ends the running step, publishes nothing, and exits with %d", async (signal, code) => {
  const project = endless();
  const running = start(["build", "--json"], project.root);
  await running.printed('"step-started"');
  running.child.kill(signal);
  const ended = await running.ended;
  expect([ended.code, project.has("out.txt")]).toEqual([code, false]);
  expect(ended.out).toContain(`"exitCode":${code}`);
});

test("while a build holds the project, --no-wait fails with exit code 3, and waiting can be interrupted", async () => {
  const project = endless();
  const first = start(["build", "--json"], project.root);
  await first.printed('"step-started"');
  const refused = await command(["build", "--no-wait"], project.root);
  expect([refused.code, refused.err]).toEqual([3, expect.stringContaining("error[locked]")]);
  const second = start(["build", "--json"], project.root);
  await second.printed('"waiting"');
  second.child.kill("SIGINT");
  expect((await second.ended).code).toBe(130);
  first.child.kill("SIGINT");
  expect((await first.ended).code).toBe(130);
});

test("the first signal lets the build end its steps, the second ends the process; before a build the first does", () => {
  const listeners = new Map<string, (signal: "SIGINT") => void>();
  const exits: number[] = [];
  const process: Signalled = {
    on: (signal, listener) => listeners.set(signal, listener),
    exit: (code) => exits.push(code),
  };
  const late = interruption(process);
  late.begin();
  listeners.get("SIGINT")?.("SIGINT");
  expect([late.signal.aborted, late.signal.reason, exits]).toEqual([true, "SIGINT", []]);
  listeners.get("SIGINT")?.("SIGINT");
  expect(exits).toEqual([130]);
  const early = interruption(process);
  listeners.get("SIGINT")?.("SIGINT");
  expect([early.signal.aborted, exits]).toEqual([false, [130, 130]]);
});

test("a reader that leaves neither stops the build nor makes a noise", async () => {
  const project = projectOf({ "Pipefile.ts": pipefile('echo whole > "$out"') });
  const running = start(["build", "--json"], project.root);
  running.child.stdout?.destroy();
  const { code, err } = await running.ended;
  expect([code, err, project.read("out.txt")]).toEqual([0, "", "whole\n"]);
});

/** A package in the project's node_modules with this text as its command. */
function installed(project: Project, text: string): void {
  project.write(
    "node_modules/pipefile/package.json",
    '{ "name": "pipefile", "type": "module", "bin": { "pipe": "bin/pipe.js" } }',
  );
  project.write("node_modules/pipefile/bin/pipe.js", text);
}

test("the project's own installation serves, also for a subfolder, -C and what this one does not know", async () => {
  const project = projectOf({ "Pipefile.ts": "", "sub/file": "" });
  installed(project, 'console.log("local", ...process.argv.slice(2)); process.exitCode = 7;');
  expect(await command(["build", "x"], project.root)).toEqual({ code: 7, out: "local build x\n", err: "" });
  expect((await command(["frobnicate", "--new"], project.at("sub"))).out).toBe("local frobnicate --new\n");
  expect((await command(["-C", project.at("sub"), "build"], "/")).out).toBe(`local -C ${project.at("sub")} build\n`);
  expect((await command(["list", "--pipefile", project.at("Other.ts")], "/")).code).toBe(7);
});

test("an installation that was handed over to serves", async () => {
  const project = projectOf({ "Pipefile.ts": pipefile("true") });
  const elsewhere = join(temporaryFolder(), "lib");
  mkdirSync(elsewhere);
  for (const folder of [elsewhere, project.at("node_modules/pipefile")]) {
    cpSync(DIST, join(folder, "dist"), { recursive: true });
    writeFileSync(
      join(folder, "package.json"),
      '{ "name": "pipefile", "type": "module", "bin": { "pipe": "dist/pipe.js" } }',
    );
    symlinkSync(join(dirname(DIST), "node_modules"), join(folder, "node_modules"));
  }
  const handed = await start(["list"], project.root, join(elsewhere, "dist/pipe.js")).ended;
  expect(handed).toEqual({ code: 0, out: "wait  out.txt (default)\n", err: "" });
});

test("an installation that is linked into the project is this one", async () => {
  const project = projectOf({ "Pipefile.ts": pipefile("true"), "node_modules/file": "" });
  symlinkSync(dirname(DIST), project.at("node_modules/pipefile"));
  expect(localCommand(project.root, join(DIST, "pipe.js"))).toBeUndefined();
  expect(localCommand(project.root, join(project.root, "pipe.js"))).toBe(join(DIST, "pipe.js"));
  expect((await command(["list"], project.root)).code).toBe(0);
});
