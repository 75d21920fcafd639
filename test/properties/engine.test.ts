/** The real engine against the reference model: random projects, edits, damages, kills, and orders of completion. */

import { assert, asyncProperty } from "fast-check";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { BuildEvent } from "../../src/core/event.ts";
import { cleanBuildOf, edits, KINDS, makeEdit, settled, TAMPERED, worldOf, type Edit, type World } from "./edit.ts";
import { diskGround, engineOf, type DiskGround, type Engine } from "./engine.ts";
import {
  allowedFates,
  emptyMemory,
  filesAt,
  remember,
  type Clean,
  type Fate,
  type Files,
  type Memory,
} from "./model.ts";
import { runsFrom } from "./runs.ts";
import { sketches } from "./sketch.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await engineOf();
});
afterAll(() => engine.remove());

interface Case {
  readonly world: World;
  readonly ground: DiskGround;
  readonly memory: Memory;
}

test("an incremental build equals a clean one, runs what it must and nothing else, and the next runs nothing", async () => {
  await assert(
    asyncProperty(sketches, edits(6), async (drawn, changes) => {
      const ground = diskGround();
      try {
        const of: Case = { ground, world: worldOf(ground, drawn), memory: emptyMemory() };
        await checkBuild(of, { jobs: 4 });
        for (const edit of changes) await checkEdit(of, edit);
        await checkBuild(of, { jobs: 4 });
        await checkNothingRuns(of);
      } finally {
        ground.clear();
      }
    }),
    runsFrom("ENGINE", 100),
  );
}, 600_000);

const COMMON = {
  isModule: false,
  op: "join",
  mark: "m0",
  param: 1,
  remark: 0,
  cpu: 1,
  network: 0,
  fills: undefined,
} as const;

async function builtCase(drawn: readonly World["sketches"][number][]): Promise<Case> {
  const ground = diskGround();
  onTestFinished(() => ground.clear());
  const of: Case = { ground, world: worldOf(ground, drawn), memory: emptyMemory() };
  await checkBuild(of, { jobs: 1 });
  return of;
}

test("an output that was renamed is dead, even if the publish of the new one was killed", async () => {
  const of = await builtCase([
    { ...COMMON, name: "r0", isCached: true, level: 1, inputs: { a: "data/a.txt" }, outputs: { out: "l1/r0.txt" } },
    {
      ...COMMON,
      name: "r1",
      isCached: true,
      level: 2,
      inputs: { a: { glob: "l1/*.txt" } },
      outputs: { out: "l2/r1.txt" },
    },
  ]);
  await checkKill(of, { kind: "kill", at: 0, way: 1, next: "build", jobs: 4 });
});

test.each([true, false])(
  "what is read inside of a directory output waits on the directory (cached: %s)",
  async (isCached) => {
    const of = await builtCase([
      { ...COMMON, name: "r0", isCached, level: 1, inputs: { a: "data/a.txt" }, outputs: { out: "l1/r0/" } },
      { ...COMMON, name: "r1", isCached, level: 2, inputs: { a: "l1/r0/in/two.txt" }, outputs: { out: "l2/r1.txt" } },
    ]);
    of.ground.write("l1/r0/in/two.txt", `${TAMPERED}\n`, "new");
    await checkStatus(of, { jobs: 1 });
  },
);

test("what is read inside of a directory that is read itself waits on the directory", async () => {
  const inputs = { a: "l1/r0/", b: "l1/r0/in/two.txt" };
  const of = await builtCase([
    { ...COMMON, name: "r0", isCached: true, level: 1, inputs: { a: "data/a.txt" }, outputs: { out: "l1/r0/" } },
    { ...COMMON, name: "r1", isCached: true, level: 2, inputs, outputs: { out: "l2/r1.txt" } },
  ]);
  of.ground.write("l1/r0/in/two.txt", `${TAMPERED}\n`, "new");
  await checkStatus(of, { jobs: 1 });
});

const RESTED: Readonly<Record<string, readonly World["sketches"][number][]>> = {
  "with globs": [
    {
      ...COMMON,
      name: "r0",
      isCached: true,
      level: 1,
      inputs: { a: { glob: "data/*.txt" } },
      outputs: { out: "l1/r0.txt" },
    },
    {
      ...COMMON,
      name: "r1",
      isCached: false,
      level: 2,
      inputs: { a: { glob: "l1/*.txt" }, b: "data/a.txt" },
      outputs: { out: "l2/r1/" },
    },
  ],
  "without globs": [
    { ...COMMON, name: "r0", isCached: true, level: 1, inputs: { a: "data/" }, outputs: { out: "l1/r0/" } },
    {
      ...COMMON,
      name: "r1",
      isCached: false,
      level: 2,
      inputs: { a: "l1/r0/in/two.txt", b: "data/a.txt" },
      outputs: { out: "l2/r1.txt" },
    },
  ],
};

test.each(Object.entries(RESTED))(
  "after a rest, when signatures are trusted, every edit is seen (%s)",
  async (_, drawn) => {
    const of = await builtCase(drawn);
    for (const [at, kind] of [...new Set(KINDS)].entries()) {
      await checkEdit(of, { kind, at, way: at * 7 + 1, next: "rest", jobs: 1 });
      await checkNothingRuns(of);
    }
  },
  120_000,
);

async function checkEdit(of: Case, edit: Edit): Promise<void> {
  if (edit.kind === "moving") return checkMoving(of, edit);
  if (edit.kind === "kill") return checkKill(of, edit);
  lose(of.memory, makeEdit(of.world, edit));
  if (edit.next === "edit") return;
  if (edit.way % 4 === 0) await checkStatus(of, edit);
  else await checkBuild(of, edit);
  if (edit.next === "rest") await delay(60);
  for (let builds = BUILDS_AFTER[edit.next]; builds > 0; builds--) await checkNothingRuns(of);
}

/** After a rest: signatures come to be trusted, and what is trusted decides. */
const BUILDS_AFTER = { edit: 0, build: 0, "build-twice": 1, rest: 2 };

function lose(memory: Memory, loss: ReturnType<typeof makeEdit>): void {
  if (loss === "all" || loss === "records") memory.records.clear();
  if (loss === "all") memory.cached.clear();
  if (loss === "all") memory.isCacheSound = true;
  if (loss === "some-objects") memory.isCacheSound = false;
  if (loss === "some-records") for (const step of memory.records.keys()) memory.records.set(step, "unknown");
}

interface Building {
  readonly jobs: number;
  readonly onEvent?: (event: BuildEvent) => void;
  /** What the build has to end with, where that is not what the sources at its start would give. */
  readonly clean?: Clean;
  /** What the build finds, where that is not what stands on disk yet. */
  readonly before?: Files;
}

/** Builds, and compares with the model what stands on disk and what became of each step. */
async function checkBuild({ world, ground, memory }: Case, of: Building): Promise<Fates> {
  const clean = of.clean ?? cleanBuildOf(world);
  const before = of.before ?? ground.files();
  const allowed = allowedFates(memory, clean, before);
  const remembered = ground.remembered();
  const { problem, events } = await engine.build(ground.root, of);
  const fates = fatesOf(events);
  expect([problem, events.filter(({ type }) => type === "step-failed")]).toEqual(["", []]);
  checkOutputs(clean, ground.files());
  expect([...fates.keys()].toSorted()).toEqual([...clean.made.keys()].toSorted());
  for (const [step, fate] of fates) expect(allowed.get(step), `${step} was ${fate}`).toContain(fate);
  checkRescued(clean, before, ground);
  const isKept = [...fates].some(([step, fate]) => fate === "built" && clean.made.get(step)?.sketch.isCached);
  if (!isKept) expect(ground.remembered()).toBe(remembered);
  remember(memory, clean, new Set([...fates].flatMap(([step, fate]) => (fate === "built" ? [step] : []))));
  settled(world);
  return fates;
}

type Fates = ReadonlyMap<string, Fate>;

function fatesOf(events: readonly BuildEvent[]): Fates {
  const fates = new Map<string, Fate>();
  for (const event of events) {
    if (event.type !== "step-fresh" && event.type !== "step-restored" && event.type !== "step-built") continue;
    expect(fates.has(event.step), `${event.step} settled twice`).toBe(false);
    fates.set(event.step, event.type.slice("step-".length) as Fate);
  }
  return fates;
}

function checkOutputs(clean: Clean, files: Files): void {
  for (const { outputs } of clean.made.values())
    for (const path of outputs) expect(filesAt(files, path)).toEqual(filesAt(clean.files, path));
}

/** What a person wrote over an output is kept. */
function checkRescued(clean: Clean, before: Files, ground: DiskGround): void {
  const outputs = [...clean.made.values()].flatMap((made) => made.outputs);
  const mine = outputs
    .flatMap((path) => filesAt(before, path))
    .flatMap(([, text]) => (text.includes(TAMPERED) ? [text] : []));
  if (mine.length > 0) expect(ground.rescued()).toEqual(expect.arrayContaining(mine));
}

async function checkNothingRuns(of: Case): Promise<void> {
  const fates = await checkBuild(of, { jobs: 4 });
  expect(new Set(fates.values())).toEqual(new Set(fates.size > 0 ? ["fresh"] : []));
}

/** What `status` says comes true in the build after it. */
async function checkStatus(of: Case, { jobs }: Pick<Edit, "jobs">): Promise<void> {
  const statuses = await engine.status(of.ground.root);
  const isSound = of.memory.isCacheSound;
  const fates = await checkBuild(of, { jobs });
  for (const { step, plan, after } of statuses) {
    const fate = fates.get(step);
    if (plan === "fresh") expect([step, fate]).toEqual([step, "fresh"]);
    if (plan === "would-run") expect([step, fate]).not.toEqual([step, "fresh"]);
    // Where it waits on others, what they make may turn out to be what the cache has.
    if (plan === "would-run" && after.length === 0) expect([step, fate]).toEqual([step, "built"]);
    if (plan === "would-restore" && isSound) expect([step, fate]).toEqual([step, "restored"]);
  }
}

/**
 * An input changes at the moment when its step starts: what counts is what the step found when nothing moved any more.
 * So does an output: what a person wrote there meanwhile is kept.
 */
async function checkMoving(of: Case, edit: Edit): Promise<void> {
  const { world } = of;
  await checkBuild(of, edit);
  const moving = stepWithOwnSource(cleanBuildOf(world), edit);
  if (moving === undefined) return;
  lose(of.memory, makeEdit(world, { ...edit, kind: "mark", at: world.sketches.indexOf(moving.sketch), way: 1 }));
  const text = `${of.ground.read(moving.path)?.trim()}moved\n`;
  const clean = cleanBuildOf({ sketches: world.sketches, sources: new Map(world.sources).set(moving.path, text) });
  const [overwritten = ""] = (clean.made.get(moving.step)?.outputs ?? []).flatMap(
    (path) => filesAt(of.ground.files(), path)[0]?.[0] ?? [],
  );
  const mine = `${TAMPERED} meanwhile ${edit.at} ${world.count}`;
  let isMoved = false;
  const onEvent = (event: BuildEvent): void => {
    if (event.type !== "step-started" || event.step !== moving.step || isMoved) return;
    isMoved = true;
    of.ground.write(moving.path, text, edit.way % 2 === 0 ? "kept" : "new");
    world.sources = new Map(world.sources).set(moving.path, text);
    of.ground.write(overwritten, mine, "new");
  };
  await checkBuild(of, { jobs: edit.jobs, onEvent, clean });
  expect(of.ground.rescued()).toContain(mine);
  await checkNothingRuns(of);
}

/** A step that reads a source which no other step reads. */
function stepWithOwnSource(
  clean: Clean,
  { at }: Edit,
): { readonly step: string; readonly sketch: World["sketches"][number]; readonly path: string } | undefined {
  const read = [...clean.made].flatMap(([step, { inputs, sketch }]) =>
    (JSON.parse(inputs) as [string, string][]).map(([, path]) => ({ step, sketch, path })),
  );
  const isOwn = ({ path, step }: (typeof read)[number]): boolean =>
    path.startsWith("data/") &&
    !path.endsWith("/") &&
    read.every((other) => other.step === step || (other.path !== path && other.path !== "data/"));
  const own = read.filter((each) => isOwn(each) && each.sketch.fills === undefined);
  return own[at % own.length];
}

/** A build that is killed between two renames of a step is finished by the next start: the step is fresh. */
async function checkKill(of: Case, edit: Edit): Promise<void> {
  const { world, ground, memory } = of;
  await checkBuild(of, edit);
  const candidates = world.sketches.filter((sketch) => sketch.fills === undefined);
  const sketch = candidates[edit.at % candidates.length];
  if (sketch === undefined) return;
  const at = world.sketches.indexOf(sketch);
  makeEdit(world, { ...edit, kind: "mark", at, way: 1 });
  if (edit.jobs > 1) makeEdit(world, { ...edit, kind: "rename-output", at, way: edit.way });
  const clean = cleanBuildOf(world);
  // A directory is moved aside before its new one comes.
  const standing = (path: string): boolean => path.endsWith("/") && filesAt(ground.files(), path).length > 0;
  const renames = clean.made.get(sketch.name)?.outputs.reduce((sum, path) => sum + (standing(path) ? 2 : 1), 0) ?? 1;
  const isKilled = await engine.buildKilled(ground.root, 1 + (Math.floor(edit.way / 3) % renames));
  const done = [...clean.made].filter(([step]) => step === sketch.name || !isKilled);
  remember(memory, { ...clean, made: new Map(done) }, new Set(done.map(([step]) => step)));
  await checkBuild(of, {
    jobs: edit.jobs,
    before: isKilled ? withOutputs(ground.files(), clean, sketch.name) : ground.files(),
  });
}

function withOutputs(files: Files, clean: Clean, step: string): Files {
  const outputs = clean.made.get(step)?.outputs ?? [];
  const isOutput = (path: string): boolean =>
    outputs.some((output) => output === path || (output.endsWith("/") && path.startsWith(output)));
  return new Map([
    ...[...files].filter(([path]) => !isOutput(path)),
    ...outputs.flatMap((path) => filesAt(clean.files, path)),
  ]);
}
