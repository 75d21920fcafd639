/** The folder of a model's versions: each is there whole or not at all, whatever a killed process left. */

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ModelVersion } from "../../src/core/model-version.ts";
import { draftIn, letGo, rewriteVersion, versionFolder, versionsKept } from "../../src/store/backup.ts";
import { temporaryFolder } from "../rig/project.ts";

const FOLDER = "kept/";

const versionOf = (digit: string): ModelVersion => ({
  format: 1,
  digest: digit.repeat(64),
  model: "m.pkl",
  atMs: 1,
  files: [{ path: "m.pkl", step: "train", digest: "d", isFirst: true }],
  figures: { rmse: 1 },
});

function keep(root: string, version: ModelVersion): string {
  const draft = draftIn(root, FOLDER, "f".repeat(64));
  writeFileSync(draft.copyOf("m.pkl"), version.digest);
  draft.keep(version);
  return join(root, versionFolder(FOLDER, version));
}

const listed = (root: string): readonly string[] => readdirSync(join(root, FOLDER)).toSorted();

test("a version is listed with what is said of it, and not before it is whole", () => {
  const root = temporaryFolder();
  expect(versionsKept(root, FOLDER)).toEqual([]);
  const draft = draftIn(root, FOLDER, "a".repeat(64));
  writeFileSync(draft.copyOf("m.pkl"), "model");
  expect(versionsKept(root, FOLDER)).toEqual([]);
  draft.keep(versionOf("a"));
  expect(versionsKept(root, FOLDER)).toEqual([{ ...versionOf("a"), isKept: true }]);
  rewriteVersion(root, FOLDER, { ...versionOf("a"), atMs: 2 });
  expect(versionsKept(root, FOLDER)[0]?.atMs).toBe(2);
});

test("a candidate stands beside a version of the same content", () => {
  const root = temporaryFolder();
  const trace = {
    step: "train",
    fingerprint: "",
    inputs: [],
    discovered: [],
    outputs: [],
    startedMs: 0,
    durationMs: 0,
  };
  keep(root, versionOf("a"));
  keep(root, { ...versionOf("a"), waiting: { problem: "worse", gate: "null", trace } });
  expect(listed(root)).toEqual([`${"a".repeat(16)}.version`, `${"a".repeat(16)}.version.candidate`]);
  expect(versionsKept(root, FOLDER).length).toBe(2);
});

test.each([
  ["a file that is none", { files: [null] }],
  ["a file without a path", { files: [{ step: "train", digest: "d", isFirst: true }] }],
  ["no files", { files: [] }],
  ["no figures", { figures: undefined }],
  ["a figure that is none", { figures: { rmse: "1" } }],
  ["no time", { atMs: undefined }],
  ["a time that no clock shows", { atMs: 1e300 }],
  ["no model", { model: 3 }],
  ["another digest than its folder", { digest: "b".repeat(64) }],
  ["a digest that leads elsewhere", { digest: "../../../../.." }],
  ["a mark that says nothing", { mark: {} }],
  ["a mark without a time", { mark: { status: "rejected", reason: "", who: "" } }],
  ["a run that it waits for in the folder of another", { waiting: { problem: "", trace: {} } }],
])("a record with %s is passed over", (_, damage) => {
  const root = temporaryFolder();
  const file = join(keep(root, versionOf("a")), "version.json");
  writeFileSync(file, JSON.stringify({ ...versionOf("a"), ...damage }));
  expect(versionsKept(root, FOLDER)).toEqual([]);
});

test("what a killed process left is taken away, or put back where it was about to be replaced", () => {
  const root = temporaryFolder();
  const kept = keep(root, versionOf("a"));
  renameSync(kept, `${kept}.old`);
  mkdirSync(join(root, FOLDER, `${"b".repeat(16)}.version.new`));
  writeFileSync(join(root, FOLDER, "notes.txt"), "mine");
  draftIn(root, FOLDER, "c".repeat(64)).drop();
  expect(listed(root)).toEqual([`${"a".repeat(16)}.version`, "notes.txt"]);
  expect(versionsKept(root, FOLDER)[0]?.isKept).toBe(true);
});

test("of one that goes nothing is left, but of a rejected one that it was", () => {
  const root = temporaryFolder();
  const mark = { status: "rejected", reason: "", who: "ada", atMs: 3 } as const;
  keep(root, versionOf("a"));
  const rejected = keep(root, { ...versionOf("b"), mark });
  letGo(root, FOLDER, versionOf("a"));
  letGo(root, FOLDER, { ...versionOf("b"), mark });
  expect(versionsKept(root, FOLDER)).toEqual([{ ...versionOf("b"), mark, isKept: false }]);
  expect(existsSync(join(rejected, "m.pkl"))).toBe(false);
});

test.each([
  ["torn", '{ "format": 1, "dig'],
  ["of another format", '{ "format": 99, "digest": "a", "files": [] }'],
  ["no object", "null"],
])("a record that is %s is passed over", (_, text) => {
  const root = temporaryFolder();
  keep(root, versionOf("a"));
  writeFileSync(join(keep(root, versionOf("b")), "version.json"), text);
  expect(versionsKept(root, FOLDER).map(({ digest }) => digest[0])).toEqual(["a"]);
});

test("one whose file is gone says so", () => {
  const root = temporaryFolder();
  const kept = keep(root, versionOf("a"));
  rmSync(join(kept, "m.pkl"));
  expect(versionsKept(root, FOLDER)[0]?.isKept).toBe(false);
  expect(readFileSync(join(kept, "version.json"), "utf8")).not.toContain("isKept");
});
