/** The mutants in `test/mutants` are of this very source: a patch that no longer applies would kill nothing. */

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const patches = readdirSync(`${root}/test/mutants`);

test("there are mutants", () => {
  expect(patches.length).toBeGreaterThanOrEqual(8);
});

test.each(patches)("%s applies", (patch) => {
  const { status, stderr } = spawnSync("git", ["apply", "--check", `test/mutants/${patch}`], {
    cwd: root,
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
});
