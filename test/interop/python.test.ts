/** docs/python.md, run as it stands: scikit-learn fits a model for each region, and again only where something changed. */

import { appendFileSync, chmodSync } from "node:fs";
import { expect, test } from "vitest";
import { fresh, partsOf, plansOf, ran, warningsOf } from "../rig/events.ts";
import { filesOf, follow, pageOf, printedBy } from "../rig/page.ts";
import { projectOf, type Project, type Run } from "../rig/project.ts";
import { edit } from "../rig/reference.ts";

// Each of dozens of steps starts a Python that imports scikit-learn.
const TIMEOUT_MS = 300_000;
const PAGE = pageOf("docs/python.md");

const fits = (...regions: readonly string[]): readonly string[] => regions.map((region) => `fit:region=${region}`);

test(
  "each command of the page prints what the page shows",
  () => {
    const project = projectOf();
    follow(PAGE, project);
    // The last of them has taken a region away.
    expect(project.read("reports/regions.csv").match(/^\w+,400,/gm)).toHaveLength(3);
  },
  TIMEOUT_MS,
);

test(
  "what changed is fitted again, and nothing else",
  async () => {
    const project = projectOf(filesOf(PAGE));
    const regions = fits("east", "north", "south");
    sample(project, "north south east");
    expect(ran(await build(project))).toEqual(["compare", ...regions]);
    const again = await build(project);
    expect([ran(again), fresh(again), warningsOf(again)]).toEqual([[], ["compare", ...regions], []]);

    appendFileSync(project.at("data/regions/south.csv"), "75,1998,2.5,1400\n");
    const edited = await build(project);
    expect([ran(edited), fresh(edited)]).toEqual([["compare", ...fits("south")], fits("east", "north")]);
    expect(partsOf(edited, "fit:region=south")).toEqual(["input data/regions/south.csv"]);

    sample(project, "west");
    const grown = await build(project);
    expect([ran(grown), fresh(grown)]).toEqual([["compare", ...fits("west")], regions]);
    expect(project.read("reports/regions.csv").match(/^\w+,40[01],/gm)).toHaveLength(4);

    const all = [...regions, ...fits("west")];
    edit(project, "scripts/fit.py", ["Ridge(alpha=args.alpha)", "Ridge(alpha=2 * args.alpha)"]);
    const why = await project.pipe(["why", "compare"], DEBIAN);
    expect(plansOf(why)).toMatchObject(Object.fromEntries(all.map((step) => [step, "would-run"])));
    const retrained = await build(project);
    expect(ran(retrained)).toEqual(["compare", ...all]);
    expect(partsOf(retrained, "fit:region=west")).toEqual(["input scripts/fit.py"]);

    const upgraded = await project.pipe(["why", "compare"], {
      env: { PATH: `${newerPython(project)}:${DEBIAN.env.PATH}` },
    });
    expect(plansOf(upgraded)).toMatchObject(Object.fromEntries(all.map((step) => [step, "would-run"])));
    expect(upgraded.stdout).toContain("Python 3.99.0");
  },
  TIMEOUT_MS,
);

// Its python3 is the one that has its scikit-learn.
const DEBIAN = { env: { PATH: `/usr/bin:${process.env["PATH"] ?? ""}` } };

async function build(project: Project): Promise<Run> {
  const run = await project.pipe(["build"], DEBIAN);
  expect([run.code, run.stderr]).toEqual([0, ""]);
  return run;
}

/** A folder with a python3 that says so. */
function newerPython(project: Project): string {
  project.write(
    "bin/python3",
    '#!/bin/sh\n[ "$*" != --version ] || exec echo Python 3.99.0\nexec /usr/bin/python3 "$@"\n',
  );
  chmodSync(project.at("bin/python3"), 0o755);
  return project.at("bin");
}

const sample = (project: Project, regions: string): void =>
  expect(printedBy(`python3 scripts/sample.py ${regions}`, project.root)).toBe("");
