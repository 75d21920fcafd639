/** An input that moves while more than one step reads it, through the real command. */

import { expect, test } from "vitest";
import { eventsOf, fresh } from "../rig/events.ts";
import { pipefileOf } from "../rig/pipefile.ts";
import { projectOf } from "../rig/project.ts";

// `quick` waits for the edit, `slow` for quick's second run, which by then has looked at the new input.
const waitFor = (file: string): string => `until [ -e ${file} ]; do sleep 0.01; done`;

test("an input that moves under two steps is noticed by both, whichever ends first", async () => {
  const project = projectOf({ source: "old\n" });
  project.write(
    "Pipefile.ts",
    pipefileOf(`{
      quick: rule({ inputs: { source: "source" }, outputs: { out: "quick.txt" },
        run: '${waitFor("edited")}; cat "$source" > "$out"; if [ -e first ]; then touch second; fi; touch first' }),
      slow: rule({ inputs: { source: "source" }, outputs: { out: "slow.txt" },
        run: '${waitFor("second")}; cat "$source" > "$out"' }),
    }`),
  );
  let started = 0;
  const run = await project.pipe(["build", "-j2"], {
    onEvent(event) {
      if (event.type !== "step-started" || ++started !== 2) return;
      project.write("source", "new\n");
      project.write("edited", "");
    },
  });
  expect(run.code).toBe(0);
  expect(
    eventsOf(run, "step-built")
      .map(({ step, attempts }) => `${step} ${attempts}`)
      .toSorted(),
  ).toEqual(["quick 2", "slow 2"]);
  expect(fresh(await project.build())).toEqual(["quick", "slow"]);
  expect(project.read("slow.txt")).toBe("new\n");
  // What slow made of the new input is not what it makes of the old one.
  project.write("source", "old\n");
  await project.build();
  expect(project.read("slow.txt")).toBe("old\n");
});
