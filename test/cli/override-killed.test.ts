/** A `pipe restore` that is killed leaves the old state, or after the next command the whole override. */

import { cpSync } from "node:fs";
import { expect, test } from "vitest";
import { eventsOf, warningsOf } from "../rig/events.ts";
import { killing } from "../rig/killer.ts";
import { projectOf } from "../rig/project.ts";
import { filesBelow } from "../rig/snapshot.ts";
import { answerOf, overridden } from "./overridden.ts";

test("whichever change of a file it dies before", async () => {
  const template = await overridden();
  template.write("model/parts/a", "mine");
  const envOf = killing();
  const outcomes = new Set<string>();
  for (let at = 1; ; at++) {
    const project = projectOf();
    cpSync(template.root, project.root, { recursive: true });
    const restore = ["restore", "train", "--at", template.builds[1] ?? "", "--reason", "x"];
    const killed = await project.pipe(restore, { env: envOf(at) });
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
