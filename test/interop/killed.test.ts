/**
 * A kill at any system call loses nothing: strace ends the engine before each call that changes a file, then a worker
 * before each of its own. What stands at each declared output is whole, and the next build makes it right.
 */

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { BuildEvent } from "../../src/core/event.ts";
import { State } from "../../src/store/state.ts";
import { fresh, warningsOf } from "../rig/events.ts";
import { actionOf } from "../rig/pipefile.ts";
import { projectOf, type Project } from "../rig/project.ts";
import { contentsOf, filesBelow } from "../rig/snapshot.ts";
import { ended, killingAt, noneLeftOf, strace, type Moment, type Traced } from "./strace.ts";

const PIPE = fileURLToPath(new URL("../../dist/pipe.js", import.meta.url));
const CALLS = ["rename", "write", "unlink", "rmdir", "link", "mkdir", "ftruncate", "fsync"];
const MINE = "what a person wrote\n";

/** Files and directories that are replaced, restored, rescued; `total` reads them all, and `gate` goes before each. */
const RULES = `{
  gate: rule({ inputs: { in: "in.txt" }, outputs: { out: "gate.txt" }, run: () => import("./rules/gate.ts") }),
  file: rule({ inputs: { in: "in.txt", gate: "gate.txt" }, outputs: { out: "out/file.txt" }, run: counting("file", 'cat "$in" > "$out"') }),
  folder: rule({ inputs: { in: "in.txt", gate: "gate.txt" }, outputs: { out: "out/folder/" }, run: counting("folder", 'mkdir -p "$out/in"; cp "$in" "$out/in/$(cat "$in").txt"; cp "$in" "$out/same.txt"') }),
  pair: rule({ inputs: { in: "in.txt", gate: "gate.txt" }, outputs: { one: "out/one.txt", other: "out/other/" }, run: () => import("./rules/pair.ts") }),
  back: rule({ inputs: { in: "back.txt" }, outputs: { out: "out/back.txt", all: "out/back/" }, run: counting("back", 'echo back; cat "$in" > "$out"; mkdir "$all"; cat "$in" > "$all/x.txt"') }),
  edited: rule({ inputs: { in: "in.txt" }, outputs: { out: "out/edited.txt", all: "out/edited/" }, run: counting("edited", 'cat "$in" > "$out"; mkdir "$all"; cat "$in" > "$all/x.txt"') }),
  total: rule({ inputs: { file: "out/file.txt", folder: "out/folder/", one: "out/one.txt", other: "out/other/", back: "out/back.txt" }, outputs: { out: "out/total.txt" }, run: () => import("./rules/total.ts") }),
}`;
const STEPS = 7;
const OUTPUTS = ["file.txt", "folder", "one.txt", "other", "back.txt", "back", "edited.txt", "edited", "total.txt"];

const MODULES = {
  // It says who runs it, and waits to be let through.
  "rules/gate.ts": actionOf(
    "gate",
    `log(String(process.pid));
     while (!existsSync(process.env.RUNS + ".open")) await delay(5);
     writeFileSync(outputs.out, "open");`,
    'import { existsSync } from "node:fs"; import { setTimeout as delay } from "node:timers/promises";',
  ),
  "rules/pair.ts": actionOf(
    "pair",
    `const text = readFileSync(inputs.in, "utf8");
     writeFileSync(outputs.one, text);
     mkdirSync(outputs.other);
     for (const half of [text.slice(0, 1), text.slice(1)]) appendFileSync(outputs.other + "/x.txt", half);`,
  ),
  "rules/total.ts": actionOf(
    "total",
    'writeFileSync(outputs.out, [inputs.file, inputs.one, inputs.other + "/x.txt", inputs.back].map((file) => readFileSync(file, "utf8")).join(" "));',
  ),
};

interface Scene {
  readonly project: Project;
  /** What stands in out/ before the build that is killed, and what is due after it. */
  readonly before: Standing;
  readonly after: Standing;
  /** Puts everything back to where it was before that build. */
  reset(): void;
}

type Standing = Readonly<Record<string, string>>;

async function sceneOf(): Promise<Scene> {
  const project = projectOf({ "in.txt": "old", "back.txt": "one", ...MODULES });
  openGate(project);
  project.pipefile(RULES);
  await project.build();
  project.write("back.txt", "two");
  await project.build();
  project.write("back.txt", "one");
  project.write("in.txt", "new");
  project.write("out/edited.txt", MINE);
  project.write("out/edited/mine.txt", MINE);
  const before = contentsOf(project.at("out"));
  const kept = `${project.root}.kept`;
  execFileSync("cp", ["-a", project.root, kept]);
  await project.build();
  const after = contentsOf(project.at("out"));
  const reset = (): void => {
    execFileSync("rm", ["-rf", project.root]);
    execFileSync("cp", ["-a", kept, project.root]);
  };
  return { project, before, after, reset };
}

const gateOf = (project: Project): string => `${environmentOf(project).RUNS}.open`;
const openGate = (project: Project): void => writeFileSync(gateOf(project), "");

/** What stands at one output. */
const at = (standing: Standing, output: string): readonly (readonly [string, string])[] =>
  Object.entries(standing).filter(([path]) => path === output || path.startsWith(`${output}/`));

function expectNothingHalf({ project, before, after }: Scene): void {
  const now = contentsOf(project.at("out"));
  for (const output of OUTPUTS) {
    // One directory cannot take the place of another in one call: between two the old one stands aside.
    const isBetween = at(now, output).length === 0 && at(before, output).length > 1;
    if (!isBetween) expect([at(before, output), at(after, output)]).toContainEqual(at(now, output));
  }
  expect(myBytes(project), "both of what a person wrote are there").toBeGreaterThanOrEqual(2);
}

/** How many files hold what a person wrote, wherever in the project. */
const myBytes = (project: Project): number =>
  filesBelow(project.root).filter((path) => readFileSync(project.at(path), "utf8") === MINE).length;

async function expectMended({ project, after }: Scene, killed: Traced): Promise<void> {
  const next = await project.build();
  expect(contentsOf(project.at("out"))).toEqual(after);
  const told = [killed.out, next.stdout].join("");
  expect(told).toContain('"code":"rescued"');
  const rescued = filesBelow(project.at(".pipe/rescued")).filter(
    (path) => readFileSync(project.at(`.pipe/rescued/${path}`), "utf8") === MINE,
  );
  expect(rescued.length).toBeGreaterThanOrEqual(2);
  expect(warningsOf(next).filter((code) => code !== "rescued")).toEqual([]);
  expect(leftovers(project)).toEqual([]);
  project.runs();
  const last = await project.build();
  expect([project.runs(), fresh(last).length]).toEqual([[], STEPS]);
}

/** What a killed build may leave behind, and the one after it must not. */
function leftovers(project: Project): readonly string[] {
  const { journals } = new State(project.at(".pipe"));
  const staged = existsSync(project.at(".pipe/stage")) ? filesBelow(project.at(".pipe/stage")) : [];
  const incoming = existsSync(project.at(".pipe/cache/incoming"))
    ? readdirSync(project.at(".pipe/cache/incoming"))
    : [];
  const beside = readdirSync(project.at(".pipe")).filter((name) => /\.\d+$|^lock|\.new$/.test(name));
  return [...journals.map(({ trace }) => `journal of ${trace.step}`), ...staged, ...incoming, ...beside];
}

const environmentOf = (project: Project): { readonly RUNS: string } => ({ RUNS: join(project.root, "../runs") });

/** Ends the engine at the moment, if the build does not end before. */
async function killEngine({ project }: Scene, moment: Moment): Promise<Traced> {
  const env = environmentOf(project);
  const args = [...killingAt(moment), process.execPath, PIPE, "build", "--json", "-j2"];
  const traced = await ended(strace(args, { cwd: project.root, env }));
  await noneLeftOf(`RUNS=${env.RUNS}`);
  return traced;
}

/** Ends the one worker of the build at a moment after it was let through the gate. */
async function killWorker({ project }: Scene, moment: Moment): Promise<Traced> {
  rmSync(gateOf(project));
  let tracing: Promise<Traced> | undefined;
  const onEvent = (event: BuildEvent): void => {
    if (event.type !== "step-logged") return;
    const child = strace(["-p", event.message, ...killingAt(moment, "noisy")], { cwd: project.root, env: {} });
    child.stderr?.on("data", () => openGate(project));
    tracing = ended(child);
  };
  const { code, stdout, stderr, events } = await project.pipe(["build", "-j1"], { onEvent });
  await tracing;
  const kinds = events.flatMap((event) => (event.type === "step-failed" ? [event.kind] : []));
  expect([code, kinds]).toEqual(code === 0 ? [0, []] : [1, ["killed"]]);
  await noneLeftOf(`RUNS=${environmentOf(project).RUNS}`);
  return { isKilled: code !== 0, out: stdout, err: stderr };
}

interface Toll {
  readonly kills: number;
  /** What went wrong, by the moment of the kill. */
  readonly losses: readonly string[];
}

/** Kills before every call of these names, in two projects side by side; a name is done when a build passes unhurt. */
async function tollOf(
  calls: readonly string[],
  kill: (scene: Scene, moment: Moment) => Promise<Traced>,
): Promise<Toll> {
  let kills = 0;
  const losses: string[] = [];
  const lane = async (start: number): Promise<void> => {
    const scene = await sceneOf();
    for (const call of calls) {
      for (let [when, isKilled] = [start, true]; isKilled; when += LANES.length) {
        scene.reset();
        const traced = await kill(scene, { call, when });
        ({ isKilled } = traced);
        kills += isKilled ? 1 : 0;
        try {
          if (isKilled) expectNothingHalf(scene);
          await expectMended(scene, traced);
        } catch (error) {
          losses.push(`${call} ${when}: ${(error as Error).message}`);
        }
      }
    }
  };
  await Promise.all(LANES.map(lane));
  return { kills, losses };
}

const LANES = [1, 2];

test("an engine that is killed at any call that changes a file loses nothing", async () => {
  const { kills, losses } = await tollOf(CALLS, killEngine);
  expect(losses).toEqual([]);
  expect(kills).toBeGreaterThan(100);
}, 600_000);

test("a worker that is killed at any call of its own fails its step and loses nothing", async () => {
  const { kills, losses } = await tollOf(["openat", "write", "mkdir"], killWorker);
  expect(losses).toEqual([]);
  expect(kills).toBeGreaterThan(20);
}, 600_000);
