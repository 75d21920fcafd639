/** What was built once with the same definition and inputs is restored, whole and right, instead of built again. */

import {
  appendFileSync,
  chmodSync,
  linkSync,
  lstatSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { expect, test } from "vitest";
import { eventsOf, fresh, ran, restored } from "../rig/events.ts";
import { projectOf, type Project } from "../rig/project.ts";
import { contentsOf, filesBelow } from "../rig/snapshot.ts";

const RULES = `{
  clean: rule({ inputs: { raw: "raw.txt" }, outputs: { rows: "out/clean.txt", log: "out/clean.log" }, run: counting("clean", 'tr a-z A-Z < "$raw" > "$rows"; echo seen > "$log"; echo "printed $(cat "$raw")"') }),
  total: rule({ inputs: { rows: "out/clean.txt" }, outputs: { total: "out/total.txt" }, run: counting("total", 'wc -c < "$rows" > "$total"') }),
}`;

/** Built with the inputs `one` and then `second`. */
async function builtTwice(rules = RULES): Promise<Project> {
  const project = projectOf({ "raw.txt": "one\n" });
  project.pipefile(rules);
  await project.build();
  project.write("raw.txt", "second\n");
  await project.build();
  project.runs();
  return project;
}

test("an input put back restores the outputs of all that follow, and nothing runs", async () => {
  const project = await builtTwice();
  project.write("raw.txt", "one\n");
  const run = await project.build();
  expect([project.runs(), ran(run), restored(run)]).toEqual([[], [], ["clean", "total"]]);
  expect([project.read("out/clean.txt"), project.read("out/total.txt").trim()]).toEqual(["ONE\n", "4"]);
  expect(eventsOf(run, "step-restored")[0]?.outputs).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ path: "out/clean.txt", changed: true }),
      expect.objectContaining({ path: "out/clean.log", changed: false }),
    ]),
  );
  expect(fresh(await project.build())).toEqual(["clean", "total"]);
});

test("a restored step replays the log of the run that made its outputs", async () => {
  const project = await builtTwice();
  project.write("raw.txt", "one\n");
  await project.build();
  expect(project.read("logs/clean.log")).toContain("printed one");
  expect(project.read("logs/clean.log")).not.toContain("printed second");
});

test("a definition put back restores too", async () => {
  const project = await builtTwice();
  project.pipefile(RULES.replace("tr a-z A-Z", "cat"));
  await project.build();
  project.runs();
  project.pipefile(RULES);
  expect(restored(await project.build())).toEqual(["clean", "total"]);
  expect([project.runs(), project.read("out/clean.txt")]).toEqual([[], "SECOND\n"]);
});

test("with --no-cache the step runs instead; with `cache: false` it always does", async () => {
  const project = await builtTwice();
  project.write("raw.txt", "one\n");
  await project.build("--no-cache");
  expect(project.runs()).toEqual(["clean", "total"]);
  const uncached = await builtTwice(RULES.replace("outputs: { rows", "cache: false, outputs: { rows"));
  uncached.write("raw.txt", "one\n");
  const run = await uncached.build();
  expect([ran(run), restored(run)]).toEqual([["clean"], ["total"]]);
});

const FOLDER = `{ make: rule({ inputs: { raw: "raw.txt" }, outputs: { all: "all/" }, run: counting("make", 'mkdir -p "$all/sub/empty"; cat "$raw" > "$all/sub/$(cat "$raw").txt"; echo same > "$all/run.sh"; chmod +x "$all/run.sh"; ln -s sub/../run.sh "$all/link"') }) }`;

test("a restored directory is whole, with links, permissions and empty folders, and strays are gone", async () => {
  const project = projectOf({ "raw.txt": "one" });
  project.pipefile(FOLDER);
  await project.build();
  const first = contentsOf(project.at("all"));
  expect(Object.keys(first)).toEqual(["link", "run.sh", "sub", "sub/empty", "sub/one.txt"]);
  project.write("raw.txt", "second");
  await project.build();
  project.write("all/stray.txt", "mine\n");
  project.write("all/sub/empty/stray.txt", "mine\n");
  project.write("raw.txt", "one");
  const run = await project.build();
  expect([project.runs(), restored(run)]).toEqual([["make", "make"], ["make"]]);
  expect(contentsOf(project.at("all"))).toEqual(first);
  expect(lstatSync(project.at("all/run.sh")).mode & 0o111).not.toBe(0);
  // What a person put there is kept elsewhere.
  expect(filesBelow(project.at(".pipe/rescued")).filter((path) => path.endsWith("stray.txt"))).toHaveLength(2);
  expect(fresh(await project.build())).toEqual(["make"]);
});

const OBJECTS = ".pipe/cache/objects";
const objectsOf = (project: Project): readonly string[] =>
  filesBelow(project.at(OBJECTS)).map((path) => project.at(`${OBJECTS}/${path}`));

const DAMAGES: Readonly<Record<string, (file: string) => void>> = {
  "has other bytes of the same length": (file) => writeFileSync(file, Buffer.alloc(lstatSync(file).size, "x")),
  "has other bytes and its old times": (file) => {
    const { atime, mtime, size } = lstatSync(file);
    writeFileSync(file, Buffer.alloc(size, "x"));
    utimesSync(file, atime, mtime);
  },
  "is cut off": (file) => truncateSync(file, 1),
  "is empty": (file) => truncateSync(file, 0),
  "is gone": (file) => unlinkSync(file),
};

test.each(Object.entries(DAMAGES))("an object of the cache that %s is a miss and is replaced", async (_, damage) => {
  for (const rules of [RULES, FOLDER]) {
    const project = await builtTwice(rules);
    const before = contentsOf(project.at(OBJECTS));
    for (const object of objectsOf(project)) {
      chmodSync(object, 0o644);
      damage(object);
    }
    project.write("raw.txt", "one\n");
    const run = await project.build();
    expect(restored(run)).toEqual([]);
    if (rules === RULES) expect(project.read("out/clean.txt")).toBe("ONE\n");
    else expect(project.read("all/sub/one.txt")).toBe("one\n");
    // The objects of this run are whole again: the next time they serve.
    project.write("raw.txt", "second\n");
    await project.build();
    project.write("raw.txt", "one\n");
    project.runs();
    expect(ran(await project.build())).toEqual([]);
    expect(project.runs()).toEqual([]);
    for (const [path, content] of Object.entries(contentsOf(project.at(OBJECTS))))
      if (path in before) expect([path, content.split(" ")[0]]).toEqual([path, before[path]?.split(" ")[0]]);
  }
});

test("each object of the cache that is damaged alone costs one run, and no more", async () => {
  const project = await builtTwice(RULES.slice(0, -1) + FOLDER.slice(1));
  const turn = async (): Promise<void> => {
    for (const text of ["one\n", "second\n"]) {
      project.write("raw.txt", text);
      await project.build();
    }
  };
  for (const object of objectsOf(project)) {
    writeFileSync(object, "x");
    await turn();
    project.runs();
    await turn();
    expect([object, project.runs()]).toEqual([object, []]);
  }
});

test("damaged entries of the cache are a miss, never an error", async () => {
  const project = await builtTwice();
  for (const path of filesBelow(project.at(".pipe/cache")).filter((path) => !path.startsWith("objects/"))) {
    writeFileSync(
      project.at(`.pipe/cache/${path}`),
      `\n{"outputs":\n[]\nnull\n7\n{"discovered":[],"outputs":[]}\n{}\n`,
    );
  }
  project.write("raw.txt", "one\n");
  await project.build();
  expect(project.runs()).toEqual(["clean", "total"]);
  expect(project.read("out/clean.txt")).toBe("ONE\n");
});

test("nothing done to the working copy changes an object of the cache", async () => {
  const project = projectOf({ "raw.txt": "one" });
  project.pipefile(RULES.slice(0, -1) + FOLDER.slice(1));
  await project.build();
  // Restored files and built ones alike must have bytes of their own.
  for (const path of ["out/clean.txt", "all"]) project.remove(path);
  expect(restored(await project.build())).toEqual(["clean", "make"]);
  const objects = contentsOf(project.at(OBJECTS));
  const outputs = ["out/clean.txt", "out/clean.log", "out/total.txt", "all/run.sh", "all/sub/one.txt"];
  const inodes = new Set(objectsOf(project).map((object) => lstatSync(object).ino));
  for (const path of outputs) {
    const file = project.at(path);
    expect([path, inodes.has(lstatSync(file).ino), lstatSync(file).nlink]).toEqual([path, false, 1]);
    appendFileSync(file, "more");
    chmodSync(file, 0o600);
    truncateSync(file, 1);
    linkSync(file, `${file}.hard`);
    appendFileSync(`${file}.hard`, "more");
  }
  unlinkSync(project.at("all/link"));
  symlinkSync("elsewhere", project.at("all/link"));
  expect(contentsOf(project.at(OBJECTS))).toEqual(objects);
  await project.build();
  expect(readFileSync(project.at("all/sub/one.txt"), "utf8")).toBe("one");
  expect(project.read("out/clean.txt")).toBe("ONE");
  for (const [path, content] of Object.entries(objects)) expect(contentsOf(project.at(OBJECTS))[path]).toBe(content);
  expect(project.runs().toSorted()).toEqual(["clean", "make", "total"]);
});
