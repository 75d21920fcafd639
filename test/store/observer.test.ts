/** What stands on disk: digests, when they are believed, and whether something moved. */

import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { Observer } from "../../src/store/observer.ts";
import { lookOf, matches, signatureOf, type Look } from "../../src/store/signature.ts";
import { State } from "../../src/store/state.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "pipe-observer-"));
});

const write = (path: string, text: string): void => {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), text);
};
const observer = (): Observer => new Observer(root, new State(join(root, ".pipe")));
const digest = (path: string): string => observer().digestOf(path);

test("content is the bytes and the executable bit, whatever the name and times", () => {
  write("a", "x");
  write("b", "x");
  utimesSync(join(root, "b"), 1, 1);
  expect(digest("a")).toBe(digest("b"));
  chmodSync(join(root, "b"), 0o755);
  expect(digest("a")).not.toBe(digest("b"));
  expect([digest("none"), digest("a/below")]).toEqual(["absent", "absent"]);
});

test("a file longer than a chunk has the digest of all its bytes", () => {
  write("long", `${"x".repeat(3_000_000)}a`);
  write("other", `${"x".repeat(3_000_000)}b`);
  expect(digest("long")).not.toBe(digest("other"));
});

test("a directory is its members' names, kinds and contents, empty folders and links too", () => {
  const states = new Set<string>();
  const note = (): number => states.add(digest("d/")).size;
  write("d/a", "1");
  note();
  write("d/sub/b", "2");
  note();
  renameSync(join(root, "d/sub/b"), join(root, "d/sub/c"));
  note();
  mkdirSync(join(root, "d/empty"));
  note();
  symlinkSync("a", join(root, "d/link"));
  note();
  write("d/a", "3");
  expect(note()).toBe(6);
  write("d/a", "1");
  rmSync(join(root, "d/link"));
  rmSync(join(root, "d/empty"), { recursive: true });
  expect(note()).toBe(6);
});

test("a link that leaves its directory is an error", () => {
  write("outside", "x");
  mkdirSync(join(root, "d"));
  symlinkSync("../outside", join(root, "d/link"));
  expect(() => digest("d/")).toThrow(expect.objectContaining({ code: "link-leaves" }));
});

test("a path that moved is noticed even if its content is back", () => {
  write("a", "x");
  write("d/in", "x");
  const seen = observer();
  for (const path of ["a", "d/", "later"]) seen.digestOf(path);
  expect(["a", "d/", "later"].filter((path) => seen.hasMoved(path))).toEqual([]);
  for (const path of ["a", "d/in"]) {
    write(`${path}.new`, "x");
    renameSync(join(root, `${path}.new`), join(root, path));
  }
  write("later", "");
  expect(["a", "d/", "later"].filter((path) => seen.hasMoved(path))).toEqual(["a", "d/", "later"]);
});

const LOOK: Look = { kind: "file", isExecutable: false, dev: 1, ino: 2, size: 3, mtimeMs: 10_000.5, ctimeMs: 10_000.5 };

test("a signature is trusted only where the file was older than the clock's grain when it was hashed", () => {
  const isTrusted = (look: Look, nowMs: number): boolean => signatureOf(look, "d", nowMs).isTrusted;
  expect([isTrusted(LOOK, 10_040), isTrusted(LOOK, 10_060)]).toEqual([false, true]);
  // Where both times are whole seconds the file system most likely keeps no finer ones.
  const whole = { ...LOOK, mtimeMs: 10_000, ctimeMs: 10_000 };
  expect([isTrusted(whole, 11_900), isTrusted(whole, 12_100)]).toEqual([false, true]);
  // A file from the future is never old enough.
  expect(isTrusted({ ...LOOK, mtimeMs: 99_999 }, 10_060)).toBe(false);
});

test.each(["dev", "ino", "size", "mtimeMs", "ctimeMs"] as const)(
  "a signature does not match where %s differs",
  (field) => {
    const signature = signatureOf(LOOK, "d", 20_000);
    expect(matches(signature, LOOK)).toBe(true);
    expect(matches(signature, { ...LOOK, [field]: LOOK[field] + 1 })).toBe(false);
  },
);

test("a digest is taken from the state only while the signature is trusted and the same", () => {
  write("a", "x");
  const state = new State(join(root, ".pipe"));
  const look = lookOf(statSync(join(root, "a")));
  const remember = (isTrusted: boolean): void =>
    state.append({ signatures: [["a", { ...signatureOf(look, "remembered", 0), isTrusted }]] });
  remember(true);
  expect(new Observer(root, state).digestOf("a")).toBe("remembered");
  remember(false);
  expect(new Observer(root, state).digestOf("a")).not.toBe("remembered");
  state.close();
});
