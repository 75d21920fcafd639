/** `pipe gc` frees what is of no use any more, and tells how much. */

import { readdirSync, utimesSync } from "node:fs";
import { expect, test } from "vitest";
import type { Collected } from "../../src/core/upkeep.ts";
import { ran, restored } from "../rig/events.ts";
import { projectOf, type Project } from "../rig/project.ts";
import { contentsOf } from "../rig/snapshot.ts";
import { command } from "./command.ts";

const RULES = `{ make: rule({ inputs: { raw: "raw.txt" }, outputs: { big: "big.txt" }, run: counting("make", 'yes "$(cat "$raw")" | head -c 1000 > "$big"') }) }`;

async function builtThrice(options = ""): Promise<Project> {
  const project = projectOf();
  project.pipefile(RULES, options);
  for (const text of ["one", "two", "three"]) {
    project.write("raw.txt", text);
    await project.build();
  }
  project.runs();
  return project;
}

async function collected(project: Project, ...args: readonly string[]): Promise<Collected> {
  const run = await project.pipe(["gc", ...args]);
  if (run.code !== 0) throw new Error(run.stderr);
  return run.events[0] as unknown as Collected;
}

test("the cache is brought within a limit that was lowered, oldest first", async () => {
  const project = await builtThrice();
  expect(await collected(project)).toMatchObject({ freedBytes: 0, cache: { objects: 0, leftBytes: 3000 } });
  project.pipefile(RULES, 'cache: { limit: "2KB" }');
  expect(await collected(project)).toMatchObject({
    freedBytes: 1000,
    cache: { objects: 1, entries: 1, leftBytes: 2000, inUseBytes: 1000, limitBytes: 2000 },
  });
  project.write("raw.txt", "two");
  expect(restored(await project.build())).toEqual(["make"]);
  project.write("raw.txt", "one");
  expect(ran(await project.build())).toEqual(["make"]);
});

test("--all leaves what the outputs of now need, and --dry-run everything", async () => {
  const project = await builtThrice();
  const before = contentsOf(project.at(".pipe/cache"));
  const dry = await collected(project, "--all", "-n");
  expect(dry).toMatchObject({ isDryRun: true, freedBytes: 2000, cache: { objects: 2, entries: 2, leftBytes: 1000 } });
  expect(contentsOf(project.at(".pipe/cache"))).toEqual(before);
  expect(await collected(project, "--all")).toEqual({ ...dry, isDryRun: false });
  expect(readdirSync(project.at(".pipe/cache/entries"))).toHaveLength(1);
  project.remove("big.txt");
  expect(restored(await project.build())).toEqual(["make"]);
});

test("where what is in use is more than the limit, that is said and nothing else is removed", async () => {
  const project = await builtThrice();
  project.pipefile(RULES, 'cache: { limit: "0.5KB" }');
  const run = await command(["gc"], project.root);
  expect([run.code, run.err]).toEqual([0, expect.stringContaining("warning[cache-full]")]);
  expect(run.out).toBe("freed 2.0 kB\n    2.0 kB  2 objects of the cache\nthe cache holds 1.0 kB of at most 500 B\n");
  expect((await command(["gc"], project.root)).out).toBe("nothing to free\nthe cache holds 1.0 kB of at most 500 B\n");
});

test("what a killed build left in its stage goes, and so do old copies that were never finished", async () => {
  const left = { ".pipe/stage/0/sub/out.txt": "1234567", "../cache/incoming/7-0": "12345" };
  const project = projectOf({ ...left, "../cache/incoming/8-0": "young" });
  project.pipefile(RULES, 'cache: { folder: "../cache" }');
  old(project, "../cache/incoming/7-0");
  const expected = { freedBytes: 12, stage: { files: 1, sizeBytes: 7 }, incoming: { files: 1, sizeBytes: 5 } };
  expect(await collected(project, "-n")).toMatchObject(expected);
  expect(project.has(".pipe/stage/0/sub/out.txt")).toBe(true);
  expect(await collected(project)).toMatchObject(expected);
  expect([project.has(".pipe/stage"), readdirSync(project.at("../cache/incoming"))]).toEqual([false, ["8-0"]]);
});

test("bundles that no manifest names go once they are old; those of now stay, and nothing is bundled again", async () => {
  const project = projectOf({ "raw.txt": "one" });
  project.pipefile(RULES);
  await project.build();
  project.pipefile(RULES, 'cache: { limit: "1GB" }');
  await project.build();
  const files = readdirSync(project.at(".pipe/code"));
  expect((await collected(project)).code.files).toBe(0);
  for (const file of files) old(project, `.pipe/code/${file}`);
  expect((await collected(project)).code.files).toBe(2);
  const left = readdirSync(project.at(".pipe/code"));
  expect(left).toHaveLength(files.length - 2);
  await project.build();
  expect(readdirSync(project.at(".pipe/code"))).toEqual(left);
});

test("a build clears the stage of one that was killed", async () => {
  const project = projectOf({ "raw.txt": "one", ".pipe/stage/0/big.txt": "left", ".pipe/stage/7/stray": "left" });
  project.pipefile(RULES);
  await project.build();
  expect(project.has(".pipe/stage/7")).toBe(false);
});

function old(project: Project, path: string): void {
  const hoursAgo = new Date(Date.now() - 2 * 3_600_000);
  utimesSync(project.at(path), hoursAgo, hoursAgo);
}
