/** The real engine against the reference: inputs found while running, failures, fallbacks, temporary outputs. */

import { array, assert, asyncProperty, boolean, constantFrom, nat, record } from "fast-check";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { BuildEvent } from "../../src/core/event.ts";
import type { StepStatus } from "../../src/core/status.ts";
import { diskGround, engineOf, type DiskGround, type Engine } from "./engine.ts";
import { finders, LASTING, outputOf, type Finder } from "./finder.ts";
import { FinderWorld, KINDS } from "./finder-edit.ts";
import { plansOf, remember, type Fate, type Plan, type Scene } from "./finder-model.ts";
import { runsFrom } from "./runs.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await engineOf();
});
afterAll(() => engine.remove());

const edits = array(
  record({ kind: constantFrom(...KINDS), at: nat(997), way: nat(997), isBuilt: nat(3).map((number) => number > 0) }),
  { minLength: 1, maxLength: 8 },
);
const wishes = array(
  record({
    jobs: constantFrom(1, 4),
    keepsGoing: nat(3).map((number) => number > 0),
    isForced: nat(9).map((number) => number === 0),
    useCache: nat(7).map((number) => number > 0),
    rests: boolean(),
  }),
  { minLength: 1, maxLength: 9 },
);
type Wish = Parameters<Parameters<typeof wishes.map>[0]>[0][number];
const PLAIN: Wish = { jobs: 4, keepsGoing: true, isForced: false, useCache: true, rests: false };

test("what a step finds, fails at or falls back to is built as from nothing, and runs what it must and nothing else", async () => {
  await assert(
    asyncProperty(finders, edits, wishes, async (drawn, changes, asked) => {
      const ground = diskGround();
      try {
        const world = new FinderWorld(ground, drawn);
        await checkBuild(world, ground, PLAIN);
        for (const [at, edit] of changes.entries()) {
          world.edit(edit);
          if (edit.isBuilt) await checkBuild(world, ground, asked[at % asked.length] ?? PLAIN);
        }
        await checkBuild(world, ground, PLAIN);
        await checkBuild(world, ground, PLAIN);
      } finally {
        ground.clear();
      }
    }),
    runsFrom("FINDER", 25),
  );
}, 600_000);

async function checkBuild(world: FinderWorld, ground: DiskGround, wish: Wish): Promise<void> {
  const { isForced, useCache } = wish;
  const scene: Scene = { ...world.scene, disk: ground.files(), isForced, useCache };
  const plans = plansOf(scene);
  if (wish.rests) await delay(60);
  const statuses = isForced || !useCache ? [] : await engine.status(ground.root);
  const args = [wish.keepsGoing ? "-k" : "", isForced ? "--force" : "", useCache ? "" : "--no-cache"];
  const { events } = await engine.build(ground.root, {
    jobs: wish.jobs,
    args: args.filter((arg) => arg !== ""),
    sleep: (ms) => delay(ms),
  });
  const fates = fatesIn(events);
  checkFates(world.scene.finders, { plans, fates, wish });
  checkStatuses(statuses, { first: fates, last: fatesIn(events.toReversed()) });
  checkDisk(scene, { plans, fates, after: ground.files() });
  remember(scene, plans, fates);
}

/** What became of each step first: a temporary output may be made once more for a step that comes later. */
function fatesIn(events: readonly BuildEvent[]): ReadonlyMap<string, Fate> {
  const fates = new Map<string, Fate>();
  for (const { type, ...event } of events) {
    const fate = /^step-(fresh|restored|built|failed|skipped)$/.exec(type)?.[1] as Fate | undefined;
    const step = "step" in event ? event.step : "";
    if (fate !== undefined && !fates.has(step)) fates.set(step, fate);
  }
  return fates;
}

interface Done {
  readonly plans: ReadonlyMap<string, Plan>;
  readonly fates: ReadonlyMap<string, Fate>;
}

function checkFates(drawn: readonly Finder[], { plans, fates, wish }: Done & { readonly wish: Wish }): void {
  const expected = new Map([...plans].map(([step, { fate }]) => [step, fate]));
  if (wish.keepsGoing) return expect(byStep(fates)).toEqual(byStep(expected));
  // Which steps are spared by a failure is a matter of time.
  for (const [step, fate] of fates) expect([expected.get(step), "skipped"], `${step} was ${fate}`).toContain(fate);
  const failures = (of: ReadonlyMap<string, Fate>): boolean => [...of.values()].includes("failed");
  expect(failures(fates)).toBe(failures(expected));
  if (!failures(expected)) expect(byStep(fates)).toEqual(byStep(expected));
  for (const { name } of drawn) expect(fates.has(name)).toBe(true);
}

const byStep = (fates: ReadonlyMap<string, Fate>): object => Object.fromEntries(fates);

/** What `status` said came true, unless what it could not know came between: that a step fails. */
function checkStatuses(
  statuses: readonly StepStatus[],
  { first, last }: { readonly first: Done["fates"]; readonly last: Done["fates"] },
): void {
  const isLost = [...first.values()].some((fate) => fate === "failed" || fate === "skipped");
  for (const { step, plan, after } of statuses) {
    if (plan === "would-run") expect([step, last.get(step)]).not.toEqual([step, "fresh"]);
    if (isLost) continue;
    if (plan === "fresh") expect([step, first.get(step)]).toEqual([step, "fresh"]);
    if (plan === "would-restore") expect([step, last.get(step)]).toEqual([step, "restored"]);
    if (plan === "would-run" && after.length === 0) expect(["built", "restored"]).toContain(last.get(step));
  }
}

/** What was built is right; what failed or was skipped is as it was. */
function checkDisk(scene: Scene, { plans, fates, after }: Done & { readonly after: Scene["disk"] }): void {
  for (const [step, fate] of fates) {
    const path = outputOf(step);
    const isTemporary = scene.finders.some(({ name, policy }) => name === step && policy === "temp");
    const isLost = fate === "failed" || fate === "skipped";
    const right = isLost ? scene.disk.get(path) : plans.get(step)?.text;
    if (!isTemporary || after.has(path)) expect([path, after.get(path)]).toEqual([path, right]);
  }
  for (const path of LASTING) expect(after.get(path)).toBe(scene.sources.get(path));
}
