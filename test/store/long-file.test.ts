/** A file that takes long to read is as old as it was when the reading began. */

import { truncateSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Observer } from "../../src/store/observer.ts";
import { State } from "../../src/store/state.ts";
import { temporaryFolder } from "../rig/project.ts";

const LONG_BYTES = 400_000_000;

test("a young file is not trusted because hashing it took longer than it had to be old", () => {
  const root = temporaryFolder();
  const observer = new Observer(root, new State(`${root}/.pipe`));
  writeFileSync(`${root}/long`, "");
  // It takes no room on the disk.
  truncateSync(`${root}/long`, LONG_BYTES);
  observer.digestOf("long");
  expect(observer.takeSignatures().map(([path, { isTrusted }]) => [path, isTrusted])).toEqual([["long", false]]);
});
