/** Two edits within one tick of the file system's clock, which leave a file looking the same. */

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { Observer } from "../../src/store/observer.ts";
import { State } from "../../src/store/state.ts";

// This kernel may stamp files too finely to have two edits in a tick, so the second content comes from here.
const tick = vi.hoisted(() => ({ isSecond: false }));
vi.mock("../../src/store/content.ts", async (original) => {
  const content = await original<typeof import("../../src/store/content.ts")>();
  return {
    ...content,
    hashFile: (file: string) => {
      const hashed = content.hashFile(file);
      return tick.isSecond ? { ...hashed, digest: "of the second content" } : hashed;
    },
  };
});

function seen(): Observer {
  tick.isSecond = false;
  const root = mkdtempSync(join(tmpdir(), "pipe-tick-"));
  writeFileSync(join(root, "a"), "first");
  const observer = new Observer(root, new State(join(root, ".pipe")));
  observer.digestOf("a");
  return observer;
}

test("a file that was young when it was hashed is hashed again before it counts as unmoved", () => {
  const observer = seen();
  expect(observer.hasMoved("a")).toBe(false);
  const other = seen();
  tick.isSecond = true;
  expect(other.hasMoved("a")).toBe(true);
});
