/** A step that goes wrong in any way fails alone, by a kind that is named, and the next one finds nothing of it. */

import { statSync } from "node:fs";
import { expect, test } from "vitest";
import { eventsOf, ran } from "../rig/events.ts";
import { actionOf } from "../rig/pipefile.ts";
import { isAlive } from "../rig/processes.ts";
import { projectOf, type Project, type Run } from "../rig/project.ts";

/** What the next action finds of the process: all that an earlier one could have changed. */
const NEXT = actionOf(
  "next",
  `await new Promise((resolve) => setTimeout(resolve, 150));
  const changed = { stolen: "stolen" in globalThis || "stolen" in {}, title: process.title === "stolen",
    code: process.exitCode !== undefined, listeners: process.listenerCount("SIGTERM") > 0,
    parse: typeof JSON.parse !== "function", mask: process.umask() === 0o77, variable: "STOLEN" in process.env };
  const names = Object.entries(changed).flatMap(([name, isChanged]) => (isChanged ? [name] : []));
  writeFileSync(outputs.out, JSON.stringify([process.cwd(), ...names]));`,
);

/** Two steps, one after the other in one worker if it is still good. */
function projectOfTwo(code: string, more = ""): Project {
  const project = projectOf({ "rules/bad.ts": actionOf("bad", code), "rules/next.ts": NEXT });
  project.pipefile(`{
    bad: rule({ inputs: {}, outputs: { out: "bad.txt" }, ${more} run: () => import("./rules/bad.ts") }),
    next: rule({ inputs: {}, outputs: { out: "next.txt" }, run: () => import("./rules/next.ts") }) }`);
  return project;
}

function expectNextUnharmed(project: Project, run: Run): void {
  expect(ran(run)).toContain("next");
  expect(project.runs()).toEqual(["bad", "next"]);
  expect(JSON.parse(project.read("next.txt"))).toEqual([project.root]);
}

const WRITE = `writeFileSync(outputs.out, "x");`;

const FAILURES: readonly (readonly [what: string, code: string, kind: string, message: RegExp, more?: string])[] = [
  ["exits with 0", `process.exit(0);`, "error", /exit code 0/],
  ["exits after it returned", `${WRITE} setTimeout(() => process.exit(3), 20);`, "error", /exit code 3/],
  ["loops for ever", `for (;;);`, "timeout", /after 1 s, its timeout/, `timeout: "1s",`],
  ["never ends", `await new Promise(() => setInterval(() => {}, 1000));`, "timeout", /1 s/, `timeout: "1s",`],
  ["waits for nothing", `await new Promise(() => {});`, "error", /will never end/],
  [
    "fills its heap",
    `const all: unknown[] = []; for (;;) all.push(new Array(1000).fill(Math.random()));`,
    "oom",
    /heap|its limit/,
    `resources: { memory: "200MB" },`,
  ],
  [
    "fills memory with buffers",
    `const all: unknown[] = []; for (;;) { all.push(Buffer.alloc(2e7, 1)); await new Promise((r) => setTimeout(r, 20)); }`,
    "oom",
    /its limit is 300 MB/,
    `resources: { memory: "300MB" },`,
  ],
  ["asks for too large a buffer", `throw new RangeError("Array buffer allocation failed");`, "oom", /allocation/],
  ["crashes", `process.kill(process.pid, "SIGSEGV");`, "killed", /SIGSEGV/],
  ["is killed", `process.kill(process.pid, "SIGKILL");`, "killed", /SIGKILL/],
  ["aborts", `process.abort();`, "killed", /SIGABRT/],
  [
    "rejects after it returned",
    `${WRITE} setTimeout(() => void Promise.reject(new Error("late")), 20);`,
    "error",
    /late/,
  ],
  ["throws after it returned", `${WRITE} setTimeout(() => { throw new Error("late"); }, 20);`, "error", /late/],
  ["throws a string", `throw "text";`, "error", /threw the string "text"/],
  ["throws undefined", `throw undefined;`, "error", /threw undefined/],
  ["throws null", `throw null;`, "error", /threw null/],
  ["throws a symbol", `throw Symbol("s");`, "error", /Symbol/],
  [
    "throws getters",
    `throw { get message() { throw 1; }, get code() { throw 2; }, toJSON() { throw 3; } };`,
    "error",
    /cannot be shown/,
  ],
  [
    "throws a proxy",
    `const no = () => { throw new Error("no"); }; throw new Proxy(new Error("x"), { get: no, getPrototypeOf: no, has: no });`,
    "error",
    /cannot be shown/,
  ],
  [
    "throws an error with odd fields",
    `throw Object.assign(new Error("x"), { message: { a: 1 }, stack: 5, cause: 7 });`,
    "error",
    /^Error$/,
  ],
  ["throws a huge message", `throw new Error("a".repeat(2e7));`, "error", /^a{10000}…$/],
  ["has its connection refused", `await fetch("http://127.0.0.1:1/").then(String);`, "network", /fetch failed: .*/],
  [
    "finds no host",
    `throw new Error("x", { cause: Object.assign(new Error("y"), { code: "ENOTFOUND" }) });`,
    "network",
    /x: y/,
  ],
  [
    "names its kind",
    `throw Object.defineProperty(new Error("x"), Symbol.for("pipefile.kind"), { value: "fit" });`,
    "fit",
    /^x$/,
  ],
  [
    "leaves a file half written",
    `(await import("node:fs")).promises.open("/dev/stdin"); require("node:child_process").execSync("mkfifo pipe.fifo"); require("node:fs").promises.readFile("pipe.fifo"); ${WRITE}`,
    "error",
    /still working on files/,
  ],
  [
    "closes its channel",
    `require("node:fs").closeSync(3); await new Promise(() => setInterval(() => {}, 1000));`,
    "timeout",
    /1 s/,
    `timeout: "1s",`,
  ],
];

test.for(FAILURES)("an action that %s fails alone", async ([, code, kind, message, more = ""]) => {
  const project = projectOfTwo(code, more);
  const run = await project.pipe(["build", "-j1", "--keep-going"]);
  expect(run.stderr).not.toContain("This is a bug");
  const failures = eventsOf(run, "step-failed").map((event) => [event.step, event.kind, event.message]);
  expect(failures).toEqual([["bad", kind, expect.stringMatching(message)]]);
  expect([run.code, project.has("bad.txt")]).toEqual([1, false]);
  expectNextUnharmed(project, run);
});

const HARMLESS: readonly (readonly [what: string, code: string])[] = [
  ["leaves a timer", `setInterval(() => { throw new Error("late"); }, 120);`],
  [
    "changes the folder, the mask and the environment",
    `process.chdir("/"); process.umask(0o77); process.env.STOLEN = "x";`,
  ],
  [
    "leaves listeners",
    `process.removeAllListeners(); for (const name of ["exit", "SIGTERM"]) process.on(name, () => {});`,
  ],
  ["changes globals", `(globalThis as any).stolen = 1; (Object.prototype as any).stolen = 1;`],
  ["changes the title and exit code", `process.title = "stolen"; process.exitCode = 3;`],
  ["replaces built-in functions", `JSON.parse = 1 as any; process.stdout.write = (() => true) as any;`],
  ["looks for a channel to its parent", `(process as any).send?.("garbage"); (process as any).disconnect?.();`],
  ["writes to the channel", `require("node:fs").writeSync(3, 'garbage\\n{"type":5}\\n[]\\nnull\\n{"type":"x"}\\n');`],
];

test.each(HARMLESS)("an action that %s harms no other", async (_what, code) => {
  const project = projectOfTwo(`${WRITE} ${code}`);
  const run = await project.pipe(["build", "-j1"]);
  expect([run.code, run.stderr]).toEqual([0, ""]);
  expectNextUnharmed(project, run);
});

test("a log that grows without bound is cut, with its start, its end and a note", async () => {
  const project = projectOfTwo(
    `console.log("first"); const line = "x".repeat(1e6); for (let i = 0; i < 100; i++) console.log(line); console.log("last"); ${WRITE}`,
  );
  await project.build("-j1", "bad");
  const log = project.read("logs/bad.log");
  expect(statSync(project.at("logs/bad.log")).size).toBeLessThan(65 * 2 ** 20);
  expect([log.split("\n")[1], log.trimEnd().split("\n").at(-1)]).toEqual(["first", "last"]);
  expect(log).toContain("\n# pipe: the middle of this log was left out");
});

const COMMANDS: readonly (readonly [what: string, command: string, kind: string, message: RegExp])[] = [
  ["ends with 3", "exit 3", "error", /exit code 3/],
  ["is killed", "kill -9 $$", "killed", /SIGKILL/],
  ["loops for ever", "trap '' TERM; while :; do :; done", "timeout", /1 s/],
  ["kills what runs it", "kill -9 $PPID; sleep 3600", "killed", /SIGKILL/],
  [
    "runs a program that fills its heap",
    `node --max-old-space-size=30 -e "const all = []; for (;;) all.push(new Array(1000).fill(1.5))"; exit $?`,
    "oom",
    /heap was full/,
  ],
  [
    "fills memory by a grandchild",
    `sh -c "node -e 'const all = []; setInterval(() => all.push(Buffer.alloc(2e7, 1)), 20)'"; true`,
    "oom",
    /its limit is 300 MB/,
  ],
];

test.each(COMMANDS)("a command that %s fails alone", async (_what, command, kind, message) => {
  const project = projectOf();
  const limits = kind === "timeout" ? `timeout: "1s",` : `resources: { memory: "300MB" },`;
  project.pipefile(`{
    bad: rule({ inputs: {}, outputs: {}, ${limits} run: ${JSON.stringify(command)} }),
    next: rule({ inputs: {}, outputs: { out: "next.txt" }, run: 'echo > "$out"' }) }`);
  const run = await project.pipe(["build", "-j1", "--keep-going"]);
  const failures = eventsOf(run, "step-failed").map((event) => [event.step, event.kind, event.message]);
  expect(failures).toEqual([["bad", kind, expect.stringMatching(message)]]);
  expect(ran(run)).toEqual(["next"]);
});

test("a command's processes end with it, and its log says so", async () => {
  const project = projectOf();
  project.pipefile(`{
    bad: rule({ inputs: {}, outputs: { out: "bad.txt" }, run: 'sleep 3600 & echo $! > "$out"' }),
    next: rule({ inputs: {}, outputs: { out: "next.txt" }, run: 'echo > "$out"' }) }`);
  await project.build("-j1");
  expect(isAlive(Number(project.read("bad.txt")))).toBe(false);
  expect(project.read("logs/bad.log")).toContain("it left processes behind, which were ended: sleep");
});

test("an isolated step has a process that no other runs in", async () => {
  const write = actionOf("each", "writeFileSync(outputs.out, String(process.pid));");
  const project = projectOf({ "rules/each.ts": write });
  const each = (name: string, more = ""): string =>
    `${name}: rule({ inputs: {}, outputs: { out: "${name}" }, ${more} run: () => import("./rules/each.ts") })`;
  project.pipefile(`{ ${each("a")}, ${each("b")}, ${each("c", "isolate: true,")}, ${each("d", "isolate: true,")} }`);
  await project.build("-j1");
  const pids = ["a", "b", "c", "d"].map((name) => project.read(name));
  expect([pids[0] === pids[1], new Set(pids).size]).toEqual([true, 3]);
});
