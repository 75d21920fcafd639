/** What is wrong with a graph is told before anything runs: where it is, who needs it, what may have been meant. */

import { linkSync, symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { projectOf, temporaryFolder } from "../rig/project.ts";
import { expectRefused, maker, READY, type Refusal } from "../rig/refusal.ts";
import { filesBelow } from "../rig/snapshot.ts";

const REFUSED: Readonly<Record<string, readonly [rules: string, refusal: Refusal]>> = {
  "a step that needs its own output": [
    maker("loop", `a: "a.txt"`, `b: "a.txt"`),
    { code: "cycle", says: ["loop → loop"] },
  ],
  "a cycle of three": [
    [
      maker("one", `a: "c.txt"`, `b: "a.txt"`),
      maker("two", `a: "a.txt"`, `b: "b.txt"`),
      maker("three", `a: "b.txt"`, `b: "c.txt"`),
    ].join(", "),
    { code: "cycle", says: ["one → three → two → one"] },
  ],
  "a cycle through a directory": [
    [maker("fill", `a: "list.txt"`, `b: "parts/"`), maker("list", `a: "parts/x/y.txt"`, `b: "list.txt"`)].join(", "),
    { code: "cycle", says: ["fill → list → fill"] },
  ],
  "a cycle through a glob": [
    maker("loop", `a: glob("*.txt")`, `b: "all.txt"`),
    { code: "cycle", says: ["loop → loop"] },
  ],
  "one output of two rules": [
    [maker("one", "", `a: "x.txt"`), maker("two", "", `b: "x.txt"`)].join(", "),
    { code: "made-twice", says: ["x.txt", "one", "two"] },
  ],
  "one output twice in a rule": [
    maker("one", "", `a: "x.txt", b: "x.txt"`),
    { code: "made-twice", says: ["x.txt", "one"] },
  ],
  "one output spelt in two ways": [
    [maker("one", "", `a: "d/x.txt"`), maker("two", "", `b: "./d//x.txt"`)].join(", "),
    { code: "made-twice", says: ["d/x.txt"] },
  ],
  "a path as file and as directory": [
    [maker("one", "", `a: "x"`), maker("two", "", `b: "x/"`)].join(", "),
    { code: "made-twice", says: ["one", "two"] },
  ],
  "an output inside of another's directory": [
    [maker("outer", "", `all: "d/"`), maker("inner", "", `one: "d/e/x.txt"`)].join(", "),
    { code: "output-inside", says: ["d/e/x.txt", "inner", "d/", "outer"] },
  ],
  "a file as an output's folder": [
    [maker("one", "", `a: "d"`), maker("two", "", `b: "d/x.txt"`)].join(", "),
    { says: ["d/x.txt", "one", "two"] },
  ],
  "an output in .pipe": [maker("one", "", `a: ".pipe/x.txt"`), { code: "bad-rule", says: [".pipe/x.txt", "one"] }],
  "the directory .pipe": [maker("one", "", `a: ".pipe/"`), { code: "bad-rule", says: [".pipe", "one"] }],
  "an output in logs": [maker("one", "", `a: "logs/one.log"`), { code: "bad-rule", says: ["logs/one.log", "one"] }],
  "an output over the reports' lines": [
    maker("one", "", `a: "reports/x.jsonl"`),
    { code: "bad-rule", says: ["reports/x.jsonl", "one"] },
  ],
  "an output above the project": [
    maker("one", "", `a: "d/../../x.txt"`),
    { code: "bad-path", says: ["d/../../x.txt", "one"] },
  ],
  "an output with an absolute path": [
    maker("one", "", `a: "/tmp/x.txt"`),
    { code: "bad-path", says: ["/tmp/x.txt", "one"] },
  ],
  "the project itself as an output": [maker("one", "", `a: "./"`), { code: "bad-path", says: ["one"] }],
  "an input above the project": [maker("one", `a: "../x.txt"`, ""), { code: "bad-path", says: ["../x.txt", "one"] }],
  "a missing source": [
    [maker("one", "", `a: "data/clean.csv"`), maker("two", `rows: "data/claen.csv"`, "")].join(", "),
    { code: "no-rule", says: ["data/claen.csv", "two", "data/clean.csv (made by one)"] },
  ],
  "a missing source near to one that is there": [
    maker("one", `rows: "data/surce.csv"`, ""),
    { code: "no-rule", says: ["data/surce.csv", "one", "did you mean data/source.csv"] },
  ],
  "a missing source of a step deep down": [
    [maker("one", `a: "gone.txt"`, `b: "b.txt"`), maker("two", `b: "b.txt"`, "")].join(", "),
    { code: "no-rule", says: ["gone.txt", "one"] },
  ],
  "a directory where a file is declared": [
    maker("one", `a: "data"`, ""),
    { code: "wrong-kind", says: ["data", "one", "data/"] },
  ],
  "a file where a directory is declared": [
    maker("one", `a: "data/source.csv/"`, ""),
    { code: "wrong-kind", says: ["data/source.csv", "one"] },
  ],
  "two wildcard rules for one path": [
    [maker("one", "", `a: "out/{x}.txt"`), maker("two", "", `a: "out/{y}.txt"`)].join(", "),
    { code: "ambiguous-rules", says: ["out/z.txt", "one", "two"], targets: ["out/z.txt"] },
  ],
  "a wildcard rule over a file without a record": [
    maker("one", "", `a: "data/{x}.csv"`),
    { code: "source-or-output", says: ["data/source.csv", "one"], targets: ["data/source.csv"] },
  ],
  "a wildcard rule by name that nothing fills": [
    maker("one", "", `a: "out/{x}.txt"`),
    { code: "no-instances", says: ["one", "out/{x}.txt"], targets: ["one"] },
  ],
  "a wildcard that only an input has": [
    maker("one", `a: "in/{x}.csv"`, `b: "b.txt"`),
    { code: "bad-rule", says: ["one", "{x}"] },
  ],
  "an output that lacks a wildcard of another": [
    maker("one", "", `a: "{x}.txt", b: "b.txt"`),
    { code: "bad-rule", says: ["one", "b.txt", "{x}"] },
  ],
  "a brace that is no wildcard": [maker("one", "", `a: "{x.txt"`), { code: "bad-pattern", says: ["{x.txt"] }],
  "a wildcard whose expression is none": [
    maker("one", "", `a: "{x:[}.txt"`),
    { code: "bad-pattern", says: ["{x:[}.txt"] },
  ],
  "an unknown rule": [
    maker("clean", "", `a: "a.txt"`),
    { code: "unknown-target", says: ["claen", "clean"], targets: ["claen"] },
  ],
  "a path that no rule makes": [
    maker("clean", "", `a: "data/clean.csv"`),
    { code: "unknown-target", says: ["data/claen.csv", "data/clean.csv"], targets: ["data/claen.csv"] },
  ],
  "a source as a target": [
    maker("clean", "", `a: "a.txt"`),
    { code: "unknown-target", says: ["data/source.csv", "source"], targets: ["data/source.csv"] },
  ],
  "a good target beside an unknown one": [
    maker("clean", "", `a: "a.txt"`),
    { code: "unknown-target", says: ["nosuch"], targets: ["ready", "nosuch"] },
  ],
};

test.each(Object.entries(REFUSED))("%s is refused before anything runs", async (_, [rules, refusal]) => {
  const project = projectOf({ "data/source.csv": "a\n" });
  project.pipefile(`{ ${READY}, ${rules} }`);
  await expectRefused(project, refusal);
});

test("an output whose folder is a symlink out of the project is refused, and nothing is written there", async () => {
  const elsewhere = temporaryFolder();
  const project = projectOf();
  symlinkSync(elsewhere, project.at("out"));
  project.pipefile(`{ one: rule({ inputs: {}, outputs: { a: "out/a.txt" }, run: 'echo a > "$a"' }) }`);
  const run = await project.pipe(["build"]);
  expect(run.code).not.toBe(0);
  expect(run.stdout + run.stderr).toContain("out/a.txt");
  expect(filesBelow(elsewhere)).toEqual([]);
});

test("a symlink that leaves its directory artifact is refused by name", async () => {
  const project = projectOf({ "in/a.txt": "a\n", "secret.txt": "s\n" });
  symlinkSync("../secret.txt", project.at("in/link"));
  project.pipefile(`{ one: rule({ inputs: { all: "in/" }, outputs: {}, run: counting("one", "true") }) }`);
  const run = await project.pipe(["build"]);
  expect(run.code).not.toBe(0);
  expect(run.stdout + run.stderr).toContain("in/link");
  expect(project.runs()).toEqual([]);
});

test("outputs that differ in case alone, where the file system does not tell them apart", async () => {
  const project = projectOf();
  project.pipefile(`{ ${maker("one", "", `a: "out/a.txt"`)}, ${maker("two", "", `a: "out/A.txt"`)}, ${READY} }`);
  // To a command that looks, a file that is there by both spellings stands on such a file system.
  linkSync(project.at("Pipefile.ts"), project.at("pIPEFILE.TS"));
  await expectRefused(project, { code: "case-clash", says: ["out/a.txt", "one", "out/A.txt", "two"] });
});
