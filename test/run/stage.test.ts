/** Stages: folders for outputs, used again, with nothing of the step before in them. */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { Stages } from "../../src/run/stage.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "pipe-stage-"));
});

test("a stage has the folders above each output, and not the output itself", () => {
  const stage = new Stages(root).take();
  stage.prepare(["out/deep/a.csv", "b.csv", "d/"]);
  expect(existsSync(join(root, stage.place("out/deep")))).toBe(true);
  expect(existsSync(join(root, stage.place("d/")))).toBe(false);
});

test("steps that run at once have stages of their own; a stage that was given back is used again", () => {
  const stages = new Stages(root);
  const [one, two] = [stages.take(), stages.take()];
  expect(one.folder).not.toBe(two.folder);
  stages.give(one);
  expect(stages.take()).toBe(one);
});

test("whatever a step left is gone for the next, beside its outputs and below them", () => {
  const stages = new Stages(root);
  for (const leave of ["out/a.csv", "out/a.csv.tmp", "stray", "out/sub/x"]) {
    const stage = stages.take();
    stage.prepare(["out/a.csv"]);
    mkdirSync(join(root, stage.place("out/sub")), { recursive: true });
    writeFileSync(join(root, stage.place(leave)), "x");
    stages.give(stage);
    stage.prepare(["out/a.csv"]);
    expect(readdirSync(join(root, stage.place("out")))).toEqual([]);
    expect(readdirSync(join(root, stage.folder))).toEqual(["out"]);
  }
});

test("a stage whose outputs were taken stays as it is", () => {
  const stages = new Stages(root);
  const stage = stages.take();
  stage.prepare(["out/a.csv"]);
  writeFileSync(join(root, stage.place("out/a.csv")), "x");
  renameSync(join(root, stage.place("out/a.csv")), join(root, "a.csv"));
  stages.give(stage);
  expect(existsSync(join(root, stage.place("out")))).toBe(true);
});
