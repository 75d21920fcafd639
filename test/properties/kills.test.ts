/**
 * Kills at random times: random projects and edits as for the oracle, and in the middle of each build the engine or one of
 * its workers is killed. What stands there is whole, and the next build makes what a clean one makes.
 */

import { array, assert, asyncProperty, constantFrom, nat, record } from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { BuildEvent } from "../../src/core/event.ts";
import { cleanBuildOf, makeEdit, settled, TAMPERED, worldOf, type Edit, type World } from "./edit.ts";
import { diskGround, engineOf, type DiskGround, type Engine } from "./engine.ts";
import { filesAt, type Clean, type Files } from "./model.ts";
import { runsFrom } from "./runs.ts";
import { sketches } from "./sketch.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await engineOf();
});
afterAll(() => engine.remove());

const EDITS = [
  "content",
  "content",
  "same-size",
  "back",
  "delete",
  "tamper",
  "param",
  "mark",
  "rewire",
  "add",
] as const;
const KILLS_A_PROJECT = 5;

const kills = array(
  record({
    edits: array(record({ kind: constantFrom(...EDITS), at: nat(997), way: nat(997) }), { minLength: 1, maxLength: 3 }),
    /** When, in thousandths of how long the first build takes, which compiles the Pipefile too. */
    moment: nat(800),
    victim: constantFrom("engine", "engine", "worker"),
  }),
  { minLength: KILLS_A_PROJECT, maxLength: KILLS_A_PROJECT },
);

test("a kill of the engine or a worker at any time loses nothing, and the next build equals a clean one", async () => {
  const runs = runsFrom("KILLS", 8);
  let [cuts, builds] = [0, 0];
  await assert(
    asyncProperty(sketches, kills, async (drawn, planned) => {
      const ground = diskGround();
      try {
        const world = worldOf(ground, drawn);
        const startedMs = Date.now();
        await engine.buildCut(ground.root, { afterMs: 60_000, victim: "engine" });
        const wholeMs = Date.now() - startedMs;
        for (const { edits, moment, victim } of planned) {
          await mend(world, ground);
          for (const edit of edits) makeEdit(world, { ...edit, next: "build", jobs: 4 } satisfies Edit);
          const before = ground.files();
          builds += 1;
          if (await engine.buildCut(ground.root, { afterMs: (moment * wholeMs) / 1000, victim })) cuts += 1;
          expectWhole(cleanBuildOf(world), before, ground);
        }
        await mend(world, ground);
      } finally {
        ground.clear();
      }
    }),
    runs,
  );
  process.stderr.write(`${cuts} of ${builds} builds were killed\n`);
  expect(cuts).toBeGreaterThan(builds / 4);
}, 3_600_000);

/** Every output holds what it held or what it is due to hold, and what a person wrote is there. */
function expectWhole(clean: Clean, before: Files, ground: DiskGround): void {
  const now = ground.files();
  for (const path of [...clean.made.values()].flatMap((made) => made.outputs)) {
    const stands = filesAt(now, path);
    // Between two renames the old directory stands aside.
    if (path.endsWith("/") && stands.length === 0) continue;
    expect([filesAt(before, path), filesAt(clean.files, path)]).toContainEqual(stands);
  }
  expect([...ground.rescued(), ...now.values()]).toEqual(expect.arrayContaining([...tamperedIn(before)]));
}

const tamperedIn = (files: Files): readonly string[] => [...files.values()].filter((text) => text.includes(TAMPERED));

/** The next build makes everything right, and the one after it nothing. */
async function mend(world: World, ground: DiskGround): Promise<void> {
  const clean = cleanBuildOf(world);
  const mine = tamperedIn(ground.files());
  const first = await engine.build(ground.root, { jobs: 4 });
  expect([first.problem, first.events.filter(({ type }) => type === "step-failed")]).toEqual(["", []]);
  for (const path of [...clean.made.values()].flatMap((made) => made.outputs))
    expect(filesAt(ground.files(), path)).toEqual(filesAt(clean.files, path));
  expect([...ground.rescued(), ...ground.files().values()]).toEqual(expect.arrayContaining([...mine]));
  const second = await engine.build(ground.root, { jobs: 4 });
  expect(second.events.filter(isDeed)).toEqual([]);
  settled(world);
}

const isDeed = ({ type }: BuildEvent): boolean => type === "step-built" || type === "step-restored";
