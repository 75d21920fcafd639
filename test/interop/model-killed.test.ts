/**
 * A kill at any change of a file, while a model is published, held back, promoted or rolled back. Seen from outside,
 * `sha256sum -c` may fail for a moment, but what it passes is one whole version; after the next command all is one again.
 */

import { spawnSync } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { eventsOf } from "../rig/events.ts";
import { killing } from "../rig/killer.ts";
import { digestFrom, modelled, modelledIn, rulesWith, sha256, standingFrom, type Modelled } from "../rig/modelled.ts";
import { projectOf, type Run } from "../rig/project.ts";

const LIVE = "10 a";
const WORSE = "11 a";
const [LIVE_DIGEST, WORSE_DIGEST] = [LIVE, WORSE].map((rows) => digestFrom(rows)) as [string, string];
const GATED = rulesWith('promote: { metric: "rmse", orNoWorseThan: 0.05 }');

interface Deed {
  /** The project before it. */
  readonly prepare: (project: Modelled) => Promise<unknown>;
  readonly args: readonly string[];
  /** What holds once the next command was run: whether the deed is done. */
  readonly settled: (project: Modelled, next: Run) => boolean;
  /** What holds after builds that follow. */
  readonly after: (project: Modelled) => Promise<void>;
}

/** Copies the project for each change of a file, dies before it, and looks at what is left. */
async function killedEverywhere(rules: string, deed: Deed): Promise<ReadonlySet<string>> {
  const template = modelled(rules);
  await template.from(LIVE);
  await deed.prepare(template);
  const envOf = killing();
  const outcomes = new Set<string>();
  for (let at = 1; ; at++) {
    const copy = projectOf();
    cpSync(template.root, copy.root, { recursive: true });
    const project = modelledIn(copy);
    const killed = await project.pipe(deed.args, { env: envOf(at) });
    expectOneSeenFromOutside(project);
    const next = await project.pipe(["status"]);
    const isDone = deed.settled(project, next);
    outcomes.add(`${killed.code === null ? "killed" : "ended"} ${isDone ? "after" : "before"}`);
    expect([at, project.standing()[2]]).toEqual([at, true]);
    await expectWholeVersions(project);
    await deed.after(project);
    if (killed.code !== null) return outcomes;
  }
}

function expectOneSeenFromOutside(project: Modelled): void {
  const { status } = spawnSync("sh", ["-c", "sha256sum -c model/checksum.txt"], { cwd: project.root });
  const pickle = project.read("model/model.pkl").trim();
  expect([`pickle of ${LIVE}`, `pickle of ${WORSE}`]).toContain(pickle);
  if (status === 0) expect(project.read("model/checksum.txt")).toContain(sha256(`${pickle}\n`));
}

/** Whatever is listed as kept is as it was. */
async function expectWholeVersions(project: Modelled): Promise<void> {
  for (const { digest, files, isKept, waiting } of await project.versions()) {
    if (!isKept) continue;
    const folder = `model/backup/${digest.slice(0, 16)}.version${waiting === undefined ? "" : ".candidate"}`;
    for (const { path, sha256: told } of files)
      expect([path, sha256(readFileSync(project.at(`${folder}/${path}`), "utf8"))]).toEqual([path, told]);
  }
}

const isOne = (standing: readonly unknown[]): string => {
  const [one] = [LIVE, WORSE].filter((rows) => JSON.stringify(standingFrom(rows)) === JSON.stringify(standing));
  return one ?? `a mixture: ${JSON.stringify(standing)}`;
};

const BOTH = new Set(["killed before", "killed after", "ended after"]);

test("a rollback", async () => {
  const outcomes = await killedEverywhere(rulesWith(), {
    prepare: (project) => project.from(WORSE),
    args: ["rollback", "--reason", "drift"],
    settled(project) {
      const isDone = isOne(project.standing()) === LIVE;
      if (!isDone) expect(isOne(project.standing())).toBe(WORSE);
      expect(project.deployed().filter((line) => line.startsWith("rollback")).length).toBe(isDone ? 1 : 0);
      return isDone;
    },
    async after(project) {
      if (isOne(project.standing()) !== LIVE) {
        // Nobody has lost what a second try needs.
        expect((await project.pipe(["rollback"])).code).toBe(0);
      }
      for (const rows of [WORSE, "12 a", WORSE]) await project.from(rows);
      expect(isOne(project.standing())).toBe(LIVE);
      const versions = await project.versions();
      expect(versions.map(({ digest, status }) => [digest, status])).toEqual([
        [WORSE_DIGEST, "rejected"],
        [LIVE_DIGEST, "live"],
      ]);
    },
  });
  expect(outcomes).toEqual(BOTH);
}, 600_000);

test("a publish, with the backup before it", async () => {
  const outcomes = await killedEverywhere(rulesWith(), {
    prepare: async (project) => project.write("rows.txt", `${WORSE}\n`),
    args: ["build", "-j1", "serialize"],
    settled: (project) => isOne(project.standing()) === WORSE,
    async after(project) {
      expect((await project.pipe(["build", "serialize"])).code).toBe(0);
      const versions = await project.versions();
      expect(versions.map(({ digest, status }) => [digest, status])).toEqual([
        [WORSE_DIGEST, "live"],
        [LIVE_DIGEST, "healthy"],
      ]);
      expect(project.deployed()).toEqual([`live ${LIVE_DIGEST.slice(0, 12)}`, `live ${WORSE_DIGEST.slice(0, 12)}`]);
    },
  });
  expect(outcomes).toEqual(BOTH);
}, 600_000);

test("a model that is held back", async () => {
  const outcomes = await killedEverywhere(GATED, {
    prepare: async (project) => project.write("rows.txt", `${WORSE}\n`),
    args: ["build", "-j1", "serialize"],
    settled(project, next) {
      expect(isOne(project.standing())).toBe(LIVE);
      return next.stdout.includes('"plan":"held"');
    },
    async after(project) {
      const run = await project.pipe(["build", "serialize"]);
      expect([run.code, eventsOf(run, "step-held").length, isOne(project.standing())]).toEqual([1, 1, LIVE]);
      expect((await project.versions()).map(({ status }) => status)).toEqual(["candidate", "live"]);
    },
  });
  expect(outcomes).toEqual(new Set(["killed before", "killed after", "ended after"]));
}, 600_000);

test("a promotion", async () => {
  const outcomes = await killedEverywhere(GATED, {
    prepare: (project) => project.from(WORSE),
    args: ["promote", sha256(`${WORSE}\n`), "--reason", "a harder hold-out"],
    settled(project) {
      const [model, , , rmse] = project.standing();
      expect([
        [LIVE, 10],
        [WORSE, 11],
      ]).toContainEqual([model, rmse]);
      const isDone = model === WORSE;
      expect(project.deployed().filter((line) => line.startsWith("promote")).length).toBe(isDone ? 1 : 0);
      return isDone;
    },
    async after(project) {
      const isDone = project.standing()[0] === WORSE;
      expect((await project.pipe(["build", "serialize"])).code).toBe(isDone ? 0 : 1);
      expect(isOne(project.standing())).toBe(isDone ? WORSE : LIVE);
      const statuses = (await project.versions()).map(({ status }) => status);
      expect(statuses).toEqual(isDone ? ["live", "healthy"] : ["candidate", "live"]);
    },
  });
  expect(outcomes).toEqual(BOTH);
}, 600_000);

test("a promotion by a build", async () => {
  const outcomes = await killedEverywhere(GATED, {
    prepare: (project) => project.from(WORSE),
    args: ["build", "-j1", "train", "--accept", "--reason", "a harder hold-out"],
    settled(project) {
      const [model, , , rmse] = project.standing();
      expect([
        [LIVE, 10],
        [WORSE, 11],
      ]).toContainEqual([model, rmse]);
      const isDone = model === WORSE;
      expect(project.deployed().filter((line) => line.startsWith("promote")).length).toBe(isDone ? 1 : 0);
      return isDone;
    },
    async after(project) {
      const isDone = project.standing()[0] === WORSE;
      expect((await project.pipe(["build", "serialize"])).code).toBe(isDone ? 0 : 1);
      expect(isOne(project.standing())).toBe(isDone ? WORSE : LIVE);
      const statuses = (await project.versions()).map(({ status }) => status);
      expect(statuses).toEqual(isDone ? ["live", "healthy"] : ["candidate", "live"]);
    },
  });
  expect(outcomes).toEqual(BOTH);
}, 600_000);
