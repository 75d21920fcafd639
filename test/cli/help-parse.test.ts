/** What a command line means. */

import { expect, test } from "vitest";
import { parse, placeOf } from "../../src/cli/parse.ts";
import { targetsFrom } from "../../src/cli/target.ts";

test("flags may stand before and after targets, and before the command", () => {
  const parsed = parse(["-C", "dir", "build", "a", "-j4", "b", "--param", "t.x=1", "--param=t.y=2", "-n"]);
  expect(parsed).toEqual({
    command: "build",
    words: ["a", "b"],
    flags: expect.objectContaining({
      directory: "dir",
      jobs: "4",
      param: ["t.x=1", "t.y=2"],
      "dry-run": true,
    }) as unknown,
  });
});

test("after -- everything is a target", () => {
  expect(parse(["build", "--", "--force", "-x"])).toMatchObject({ words: ["--force", "-x"], flags: {} });
});

test.each([
  [["--force"], [""], []],
  [["--force", "train"], ["train"], []],
  [["--force", "train", "--force", "clean", "score"], ["train", "clean"], ["score"]],
  [["--force=train", "clean"], ["train"], ["clean"]],
  [["--force", "model/model.pkl"], [""], ["model/model.pkl"]],
  [["--force", "model.pkl"], [""], ["model.pkl"]],
  [["train", "--force", "-n"], [""], ["train"]],
  [["--force", "--", "train"], [""], ["train"]],
])("build %j forces %j for the targets %j", (args, force, words) => {
  const parsed = parse(["build", ...args]);
  expect(parsed).toMatchObject({ words, flags: { force } });
});

test("the folder is found in a command line that is wrong otherwise", () => {
  expect(placeOf(["bulid", "--frob", "-C", "dir", "--pipefile=p.ts"])).toEqual({ directory: "dir", pipefile: "p.ts" });
  expect(placeOf(["build", "-C"])).toEqual({});
});

const known = {
  isNamed: (word: string): boolean => ["train", "clean"].includes(word),
  isMade: (path: string): boolean => ["train", "sub/Report", "sub/clean"].includes(path),
};

test.each([
  // In the root.
  ["train", "", "train"],
  ["./train", "", "./train"],
  ["./model/a.bin", "", "model/a.bin"],
  ["model//b/../a.bin", "", "model/a.bin"],
  ["model/", "", "model/"],
  ["/p/model/a.bin", "", "model/a.bin"],
  ["trian", "", "trian"],
  [".", "", "."],
  // In a subfolder: rules by name, paths from there.
  ["train", "/sub", "train"],
  ["clean", "/sub", "clean"],
  ["./clean", "/sub", "sub/clean"],
  ["Report", "/sub", "sub/Report"],
  ["trian", "/sub", "trian"],
  ["a.csv", "/sub", "sub/a.csv"],
  ["../train", "/sub", "./train"],
  ["../model/", "/sub", "model/"],
])("%s typed in the project%s is %s", (word, folder, target) => {
  expect(targetsFrom([word], { root: "/p", cwd: `/p${folder}`, pipefile: "/p/Pipefile.ts" }, known)).toEqual([target]);
});

test("outside of the project a path is taken from there, or else from the root", () => {
  const place = { root: "/w/p", cwd: "/w", pipefile: "/w/p/Pipefile.ts" };
  expect(targetsFrom(["p/a.csv", "data/b.csv"], place, known)).toEqual(["a.csv", "data/b.csv"]);
});

test("a path that leaves the project is refused", () => {
  const place = { root: "/p", cwd: "/p/sub", pipefile: "/p/Pipefile.ts" };
  for (const word of ["../../x.csv", "/etc/passwd", "../.."])
    expect(() => targetsFrom([word], place, known)).toThrow("outside");
});
