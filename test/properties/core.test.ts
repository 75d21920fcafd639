/** The pure core against the reference model: random pipelines, edits, limits and orders of completion. */

import { array, assert, nat, property } from "fast-check";
import { expect, test } from "vitest";
import { cleanBuildOf, edits, makeEdit, settled, worldOf, type Edit, type World } from "./edit.ts";
import { buildInMemory, durationMs, memoryGround, stepAt, type CoreBuild, type MemoryGround } from "./memory.ts";
import { allowedFates, emptyMemory, filesAt, remember, type Clean, type Memory } from "./model.ts";
import { runsFrom } from "./runs.ts";
import { sketches } from "./sketch.ts";

const turns = array(nat(50), { minLength: 1, maxLength: 12 });

test("an incremental build equals a clean one, runs what it must and nothing else, and the next runs nothing", () => {
  assert(
    property(sketches, edits(6), turns, (drawn, changes, order) => {
      const ground = memoryGround();
      const world = worldOf(ground, drawn);
      const memory = emptyMemory();
      checkBuild(world, { ground, memory, jobs: 4, turns: order });
      for (const edit of changes) {
        lose(memory, makeEdit(world, edit));
        for (let builds = buildsAfter(edit); builds > 0; builds--)
          checkBuild(world, { ground, memory, jobs: edit.jobs, turns: order });
      }
      checkBuild(world, { ground, memory, jobs: 2, turns: order });
      checkBuild(world, { ground, memory, jobs: 2, turns: order });
    }),
    runsFrom("CORE", 1000),
  );
}, 120_000);

const buildsAfter = ({ next }: Edit): number => ({ edit: 0, build: 1, "build-twice": 2, rest: 2 })[next];

function lose(memory: Memory, loss: ReturnType<typeof makeEdit>): void {
  if (loss === "all") memory.records.clear();
  else if (loss === "some-records") for (const step of memory.records.keys()) memory.records.set(step, "unknown");
}

function checkBuild(
  world: World,
  of: {
    readonly ground: MemoryGround;
    readonly memory: Memory;
    readonly jobs: number;
    readonly turns: readonly number[];
  },
): void {
  const clean = cleanBuildOf(world);
  const allowed = allowedFates({ ...of.memory, cached: new Set() }, clean, new Map(world.ground.files()));
  const done = buildInMemory(of.ground, of);
  checkOutputs(clean, of.ground);
  checkNeeds(clean, done);
  checkOrder(done);
  checkTokens(done);
  for (const deed of done.deeds) {
    if (deed.type !== "settled") continue;
    const { id } = stepAt(done.graph, deed.index);
    expect(allowed.get(id), `${id} was ${deed.fate}`).toContain(deed.fate);
  }
  remember(of.memory, clean, new Set());
  settled(world);
}

function checkOutputs(clean: Clean, { texts }: MemoryGround): void {
  for (const { outputs } of clean.made.values())
    for (const path of outputs) expect(filesAt(texts, path)).toEqual(filesAt(clean.files, path));
}

function checkNeeds(clean: Clean, { graph }: CoreBuild): void {
  expect(graph.steps.map(({ id }) => id).toSorted()).toEqual([...clean.made.keys()].toSorted());
  for (const [index, { id }] of graph.steps.entries()) {
    const needs = graph.needs[index]?.map((need) => stepAt(graph, need).id);
    expect(needs?.toSorted()).toEqual([...new Set(clean.made.get(id)?.needs)].toSorted());
  }
}

/** Each step is judged once, when all it needs is settled, and settles once. */
function checkOrder({ graph, deeds }: CoreBuild): void {
  const [judged, settled] = [new Set<number>(), new Set<number>()];
  for (const { type, index } of deeds) {
    if (type === "judged") {
      expect(judged.has(index)).toBe(false);
      expect(graph.needs[index]?.every((need) => settled.has(need))).toBe(true);
      judged.add(index);
    }
    if (type === "settled") {
      expect(settled.has(index)).toBe(false);
      settled.add(index);
    }
  }
  expect(settled.size).toBe(graph.steps.length);
}

/** No token is given twice, none that is free is withheld, and of those that fit the one with most work behind it starts. */
function checkTokens({ graph, deeds, capacity }: CoreBuild): void {
  const running = new Set<number>();
  // A step that asks for more than there is runs alone.
  const needOf = (index: number, token: string): number =>
    Math.min(stepAt(graph, index).rule.tokens[token] ?? 0, capacity[token] ?? 0);
  const used = (token: string): number => [...running].reduce((sum, index) => sum + needOf(index, token), 0);
  const fits = (index: number): boolean =>
    Object.keys(capacity).every((token) => used(token) + needOf(index, token) <= (capacity[token] ?? 0));
  const longest = (index: number): number =>
    durationMs(index) + Math.max(0, ...(graph.dependents[index] ?? []).map(longest));
  for (const [at, deed] of deeds.entries()) {
    if (deed.type === "started") {
      const best = Math.max(...deed.waiting.filter(fits).map(longest));
      expect(fits(deed.index)).toBe(true);
      expect(longest(deed.index)).toBe(best);
      running.add(deed.index);
    }
    if (deed.type === "settled") running.delete(deed.index);
    const next = deeds[at + 1];
    const isLastStart = deed.type === "started" && next?.type === "settled";
    if (isLastStart) expect(deed.waiting.filter((index) => index !== deed.index && fits(index))).toEqual([]);
  }
}

test("what a wildcard rule made on demand is no source of a glob, even after a person edited it", () => {
  const common = {
    isModule: false,
    op: "join",
    mark: "m0",
    param: 1,
    isCached: true,
    remark: 0,
    cpu: 1,
    network: 0,
  } as const;
  const upper = {
    ...common,
    name: "r0",
    level: 0,
    inputs: { a: "data/{x}.txt" },
    outputs: { out: "wr0/{x}.txt" },
    fills: [],
  };
  const all = {
    ...common,
    name: "r1",
    level: 1,
    inputs: { a: "wr0/a.txt", b: { glob: "wr0/*.txt" } },
    outputs: { out: "l1/r1.txt" },
    fills: undefined,
  };
  const ground = memoryGround();
  const of = { ground, memory: emptyMemory(), jobs: 1, turns: [0] };
  const world = worldOf(ground, [upper, all]);
  checkBuild(world, of);
  ground.write("wr0/a.txt", "mine\n", "new");
  checkBuild(world, of);
  checkBuild(world, of);
});
