/** `pipe verify` finds what is not as it was built, also where size and times say nothing of it. */

import { createHash } from "node:crypto";
import { lstatSync, statSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Verified } from "../../src/core/upkeep.ts";
import { lookOf, signatureOf } from "../../src/store/signature.ts";
import { State } from "../../src/store/state.ts";
import { fresh, ran, restored } from "../rig/events.ts";
import { projectOf, type Project } from "../rig/project.ts";
import { filesBelow } from "../rig/snapshot.ts";
import { command } from "./command.ts";

const RULES = `{
  make: rule({ inputs: { raw: "raw.txt" }, outputs: { model: "model/model.txt", all: "all/" }, run: counting("make", 'tr a-z A-Z < "$raw" > "$model"; mkdir "$all"; cp "$raw" "$all/member"; echo "printed $(cat "$raw")"') }),
  sum: rule({ inputs: { model: "model/model.txt" }, outputs: { list: "model/checksum.txt" }, run: counting("sum", 'sha256sum "$model" > "$list"') }),
  other: rule({ inputs: {}, outputs: { other: "other.txt" }, run: counting("other", 'echo other > "$other"') }),
}`;

async function built(): Promise<Project> {
  const project = projectOf({ "raw.txt": "one\n" });
  project.pipefile(RULES);
  await project.build();
  project.runs();
  return project;
}

async function verified(
  project: Project,
  ...targets: readonly string[]
): Promise<Verified & { readonly code: number | null }> {
  const run = await project.pipe(["verify", ...targets]);
  if (run.events.length === 0) throw new Error(run.stderr);
  return { ...(run.events[0] as unknown as Verified), code: run.code };
}

const found = ({ mismatches }: Verified): readonly string[] =>
  mismatches.map(({ kind, path, state, by }) => `${state} ${kind} ${path} ${by ?? ""}`.trim()).toSorted();

test("all is well where nothing was touched", async () => {
  const project = await built();
  const objects = filesBelow(project.at(".pipe/cache/objects")).length;
  expect(await verified(project)).toMatchObject({ code: 0, outputs: 4, objects, checksums: 1, mismatches: [] });
  expect(fresh(await project.build())).toEqual(["make", "other", "sum"]);
});

test("outputs that were edited, removed or replaced are told of, with the step that made each", async () => {
  const project = await built();
  project.write("all/stray", "mine\n");
  project.remove("other.txt");
  project.remove("model/checksum.txt");
  project.write("model/checksum.txt/mine", "mine\n");
  const run = await verified(project);
  expect([run.code, found(run)]).toEqual([
    1,
    ["changed output all/ make", "changed output model/checksum.txt sum", "missing output other.txt other"],
  ]);
});

test("an edit that the stat cache does not see is found, and the next build puts the bytes back", async () => {
  const project = await built();
  rot(project);
  expect(fresh(await project.build())).toContain("make");
  const run = await verified(project, "make");
  expect([run.code, found(run)]).toEqual([1, ["changed output model/model.txt make"]]);
  expect(restored(await project.build())).toEqual(["make"]);
  expect(project.read("model/model.txt")).toBe("ONE\n");
});

/** Other bytes of which the state believes that they are the old ones, as when a disk rots: no stat tells of it. */
function rot(project: Project): void {
  const [path, state] = ["model/model.txt", new State(project.at(".pipe"))];
  writeFileSync(project.at(path), "TWO\n");
  const digest = state.builtDigest(path) ?? "";
  state.append({ signatures: [[path, signatureOf(lookOf(statSync(project.at(path))), digest, Infinity)]] });
  state.close();
}

test("an object of the cache that is damaged is thrown away and told of, a listing and a log too", async () => {
  const project = await built();
  const objects = filesBelow(project.at(".pipe/cache/objects"));
  for (const object of objects) {
    writeFileSync(project.at(`.pipe/cache/objects/${object}`), "x");
    const run = await verified(project);
    expect([run.code, found(run)]).toEqual([1, [`damaged object ${object}`]]);
  }
  expect(filesBelow(project.at(".pipe/cache/objects"))).toEqual([]);
  expect(await verified(project)).toMatchObject({ code: 0, objects: 0 });
  project.remove("other.txt");
  expect(ran(await project.build())).toEqual(["other"]);
});

test("what lies in the cache under no name of an object is left alone", async () => {
  const project = await built();
  project.write(".pipe/cache/objects/.nfs0001", "x");
  expect((await verified(project)).code).toBe(0);
  expect(project.has(".pipe/cache/objects/.nfs0001")).toBe(true);
});

test("a file that a list of checksums names is compared with it, from the root or from the list's folder", async () => {
  const sha256 = createHash("sha256").update("ONE\n").digest("hex");
  const lists = ["model/model.txt", "model.txt", "../project/model/model.txt"].map((path) => `${sha256}  ${path}`);
  const project = projectOf({
    "raw.txt": "one\n",
    "lists.txt": `${lists.join("\n")}\n`,
    "prose.txt": `${sha256} is a digest\n`,
  });
  project.pipefile(`{
    make: rule({ inputs: { raw: "raw.txt" }, outputs: { model: "model/model.txt" }, run: 'tr a-z A-Z < "$raw" > "$model"' }),
    list: rule({ inputs: { from: "lists.txt" }, outputs: { list: "model/list.txt" }, run: 'cat "$from" > "$list"' }),
    prose: rule({ inputs: { from: "prose.txt" }, outputs: { prose: "prose.out.txt" }, run: 'cat "$from" > "$prose"' }),
  }`);
  await project.build();
  expect(await verified(project)).toMatchObject({ code: 0, checksums: 3 });
  project.write(
    "lists.txt",
    `${sha256.replace(/^./, (digit) => (digit === "0" ? "1" : "0"))}  model/model.txt\n${sha256}  gone.txt\n`,
  );
  await project.build();
  const run = await verified(project);
  expect([run.code, run.checksums, found(run)]).toEqual([
    1,
    2,
    ["changed checksum model/model.txt model/list.txt", "missing checksum gone.txt model/list.txt"],
  ]);
});

test("with a target only what it needs is verified", async () => {
  const project = await built();
  project.write("other.txt", "mine\n");
  for (const object of filesBelow(project.at(".pipe/cache/objects"))) {
    if (lstatSync(project.at(`.pipe/cache/objects/${object}`)).size === "other\n".length)
      writeFileSync(project.at(`.pipe/cache/objects/${object}`), "x");
  }
  expect(await verified(project, "sum")).toMatchObject({ code: 0, outputs: 3 });
  expect((await verified(project)).mismatches).toHaveLength(2);
});

test("what no rule makes any more, and what was never built, is nothing to verify", async () => {
  const project = await built();
  project.pipefile(RULES.replace("other: rule", "another: rule").replace("other.txt", "another.txt"));
  project.write("other.txt", "mine\n");
  expect(await verified(project)).toMatchObject({ code: 0, outputs: 3 });
});

test("a person is told what does not match, and what to do", async () => {
  const project = await built();
  expect((await command(["verify", "other"], project.root)).out).toBe(
    "1 output, 1 object of the cache, 0 checksums verified\n",
  );
  project.write("other.txt", "mine\n");
  const run = await command(["verify", "other"], project.root);
  expect([run.code, run.out]).toEqual([
    1,
    "changed   other.txt, made by other\n1 output, 1 object of the cache, 0 checksums verified: 1 does not match\n  hint: 'pipe build other.txt' puts back what was built, and keeps what a person edited in .pipe/rescued/\n",
  ]);
});
