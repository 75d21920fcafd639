/** Whatever a lock file holds, it is a live holder's or it is free. */

import { mkdirSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { takeLock } from "../../src/store/lock.ts";
import { temporaryFolder } from "../rig/project.ts";

test.each(["null", "5", "[]", `{"pid":`, `{"pid":"x"}`, "\0\0\0"])("a lock of %j holds nobody off", async (text) => {
  const root = temporaryFolder();
  mkdirSync(`${root}/.pipe`);
  writeFileSync(`${root}/.pipe/lock`, text);
  const release = await takeLock({ root, doing: "pipe build", wait: false, onWait: () => {} });
  expect(release).not.toThrow();
});
