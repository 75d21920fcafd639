/** The cache keeps within its limit, and projects may share one. */

import { existsSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ran, restored, warningsOf } from "../rig/events.ts";
import { projectOf, temporaryFolder, type Project } from "../rig/project.ts";
import { contentsOf } from "../rig/snapshot.ts";

const RULES = `{
  make: rule({ inputs: { raw: "raw.txt" }, outputs: { big: "big.txt", all: "all/" }, run: counting("make", 'yes "$(cat "$raw")" | head -c 1000 > "$big"; mkdir "$all"; cp "$big" "$all/copy"; cat "$raw" > "$all/raw"; echo "printed $(cat "$raw")"') }),
}`;

function limitedTo(limit: string, folder = ""): Project {
  const project = projectOf();
  project.pipefile(RULES, `cache: { limit: "${limit}"${folder === "" ? "" : `, folder: ${JSON.stringify(folder)}`} }`);
  return project;
}

async function builtWith(project: Project, text: string, env: Readonly<Record<string, string>> = {}) {
  project.write("raw.txt", `${text}\n`);
  return project.pipe(["build"], { env });
}

test("a build that leaves the cache over its limit removes what was used longest ago, and nothing that is in use", async () => {
  const project = limitedTo("4KB");
  for (const text of ["one", "two", "three"]) await builtWith(project, text);
  expect(restored(await builtWith(project, "one"))).toEqual(["make"]);
  // The run with two is now the oldest.
  expect(warningsOf(await builtWith(project, "four"))).toEqual([]);
  project.remove("all");
  project.remove("big.txt");
  expect(restored(await project.build())).toEqual(["make"]);
  expect(project.read("logs/make.log")).toContain("\nprinted four");
  expect(restored(await builtWith(project, "one"))).toEqual(["make"]);
  expect(ran(await builtWith(project, "two"))).toEqual(["make"]);
});

test("where what is in use is more than the limit, a build that adds to it says so, and can be restored", async () => {
  const project = limitedTo("1KB");
  await builtWith(project, "one");
  const run = await builtWith(project, "two");
  expect([warningsOf(run), ran(run)]).toEqual([["cache-full"], ["make"]]);
  expect(warningsOf(await project.build())).toEqual([]);
  project.remove("all");
  project.remove("big.txt");
  const back = await project.build();
  expect([restored(back), warningsOf(back)]).toEqual([["make"], []]);
  expect(project.read("logs/make.log")).toContain("\nprinted two");
  expect(ran(await builtWith(project, "one"))).toEqual(["make"]);
});

test("nothing is counted while the cache is within its limit", async () => {
  const project = limitedTo("1GB");
  await builtWith(project, "one");
  const objects = readdirSync(project.at(".pipe/cache/objects"));
  // An exact count would find less than this.
  project.write(".pipe/cache/size", "999\n");
  await builtWith(project, "two");
  expect(objects.length).toBeGreaterThan(0);
  expect(Number(project.read(".pipe/cache/size").split("\n")[1])).toBeGreaterThan(1000);
  expect(project.read(".pipe/cache/size").split("\n")[0]).toBe("999");
});

test("what a project built in a shared folder another one restores, directories and all", async () => {
  const env = { PIPE_CACHE_DIR: temporaryFolder() };
  const [first, second] = [limitedTo("1GB"), limitedTo("1GB", "ignored")];
  await builtWith(first, "one", env);
  const run = await builtWith(second, "one", env);
  expect([restored(run), second.runs()]).toEqual([["make"], []]);
  for (const path of ["all", "logs"])
    expect(Object.keys(contentsOf(second.at(path)))).toEqual(Object.keys(contentsOf(first.at(path))));
  expect(second.read("all/copy")).toBe(first.read("all/copy"));
  expect([second.has(".pipe/cache"), second.has("ignored")]).toEqual([false, false]);
});

test("the folder may be named in the Pipefile, relative to it", async () => {
  const project = limitedTo("1GB", "../shared");
  await builtWith(project, "one");
  expect([existsSync(project.at("../shared/objects")), project.has(".pipe/cache")]).toEqual([true, false]);
});

test("two builds at once in one folder both end well, and what they made is there for a third", async () => {
  const env = { PIPE_CACHE_DIR: temporaryFolder() };
  const projects = [limitedTo("2KB"), limitedTo("2KB")];
  for (const text of ["one", "two"]) {
    const runs = await Promise.all(projects.map((project) => builtWith(project, text, env)));
    expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ""],
      [0, ""],
    ]);
  }
  const third = limitedTo("2KB");
  // Over the limit as the folder is, what was used a moment ago is spared.
  for (const text of ["one", "two"]) expect(restored(await builtWith(third, text, env))).toEqual(["make"]);
});

test("in a shared folder only what nobody has used for an hour goes", async () => {
  const folder = temporaryFolder();
  const env = { PIPE_CACHE_DIR: folder };
  const [first, second] = [limitedTo("4KB"), limitedTo("4KB")];
  await builtWith(first, "one", env);
  const old = readdirSync(join(folder, "objects"));
  await builtWith(first, "two", env);
  const hoursAgo = new Date(Date.now() - 2 * 3_600_000);
  for (const object of old) utimesSync(join(folder, "objects", object), hoursAgo, hoursAgo);
  await builtWith(second, "three", env);
  await builtWith(second, "four", env);
  const left = readdirSync(join(folder, "objects"));
  expect(left.filter((object) => old.includes(object))).toEqual([]);
  expect(restored(await builtWith(second, "two", env))).toEqual(["make"]);
});
