/** The project's lock: one holder, and none once that is dead. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { takeLock, tryLock } from "../../src/store/lock.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "pipe-lock-"));
  mkdirSync(join(root, ".pipe"));
});

const hold = (holder: object | string): void =>
  writeFileSync(join(root, ".pipe/lock"), typeof holder === "string" ? holder : JSON.stringify(holder));
const taken = (wait: boolean, onWait: (holder: string) => void = () => {}): Promise<() => void> =>
  takeLock({ root, doing: "pipe build", wait, onWait });

test("a second taker is refused with exit code 3, and served once the first is done", async () => {
  const release = await taken(false);
  await expect(taken(false)).rejects.toMatchObject({ code: "locked", exitCode: 3 });
  expect(tryLock({ root, doing: "pipe build" })).toBeUndefined();
  release();
  (await taken(false))();
  expect(existsSync(join(root, ".pipe/lock"))).toBe(false);
});

test("a taker that waits is told for whom, once, and gets the lock when it is free", async () => {
  const release = await taken(false);
  const told: string[] = [];
  const second = taken(true, (holder) => {
    told.push(holder);
    release();
  });
  (await second)();
  expect(told).toEqual([`process ${process.pid} (pipe build)`]);
});

test("the lock of a dead process is free at once", async () => {
  const { pid } = spawnSync("true");
  hold({ pid, started: "1" });
  (await taken(false))();
});

test("a process id that was given to another process holds nothing", async () => {
  hold({ pid: process.pid, started: "not when this process started" });
  (await taken(false))();
});

test("a lock that is no lock of ours holds nobody off", async () => {
  for (const text of ["", "garbage", "{}"]) {
    hold(text);
    (await taken(false))();
  }
});
