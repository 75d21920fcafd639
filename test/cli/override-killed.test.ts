/** A `pipe restore` that is killed leaves the old state, or after the next command the whole override. */

import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eventsOf, warningsOf } from "../rig/events.ts";
import { projectOf, temporaryFolder } from "../rig/project.ts";
import { filesBelow } from "../rig/snapshot.ts";
import { answerOf, overridden } from "./overridden.ts";

/** Loaded before the command: ends the process before the call of this number that changes a file. */
const KILLER = `
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
let left = Number(process.env.TEST_KILL_AT);
for (const name of ["renameSync", "writeSync", "writeFileSync", "copyFileSync", "linkSync", "rmSync", "fsyncSync"]) {
  const call = fs[name];
  fs[name] = (...args) => {
    if (--left === 0) process.kill(process.pid, "SIGKILL");
    return call(...args);
  };
}
syncBuiltinESMExports();
`;

test("whichever change of a file it dies before", async () => {
  const template = await overridden();
  template.write("model/parts/a", "mine");
  const killer = join(temporaryFolder(), "killer.mjs");
  writeFileSync(killer, KILLER);
  const outcomes = new Set<string>();
  for (let at = 1; ; at++) {
    const project = projectOf();
    cpSync(template.root, project.root, { recursive: true });
    const env = { NODE_OPTIONS: `--import=${killer}`, TEST_KILL_AT: String(at) };
    const killed = await project.pipe(["restore", "train", "--at", template.builds[1] ?? "", "--reason", "x"], { env });
    const dry = await project.pipe(["build", "-n", "train"]);
    const held = eventsOf(dry, "step-fresh").find(({ override }) => override?.kind === "restored");
    const standing = [project.read("model/model.bin"), project.read("model/parts/a")];
    const rescued = project.has(".pipe/rescued") ? filesBelow(project.at(".pipe/rescued")) : [];
    if (held === undefined) expect([at, standing, rescued]).toEqual([at, ["THREE 1\n", "mine"], []]);
    else {
      expect([at, standing]).toEqual([at, ["TWO 1\n", "TWO\n"]]);
      expect(rescued.map((path) => project.read(`.pipe/rescued/${path}`))).toEqual(["mine"]);
    }
    outcomes.add(`${killed.code === 0 ? "ended" : "killed"} ${held === undefined ? "before" : "after"}`);
    // Each build after it goes on from there.
    if (held !== undefined) expect(warningsOf(await project.build())).toEqual([]);
    if (killed.code === 0) {
      answerOf(killed);
      break;
    }
  }
  expect(outcomes).toEqual(new Set(["killed before", "killed after", "ended after"]));
}, 240_000);
