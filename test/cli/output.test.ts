/** What the built command prints, and its exit codes. */

import { mkdirSync } from "node:fs";
import { expect, test } from "vitest";
import { projectOf, type Project } from "../rig/project.ts";
import { command, masked } from "./command.ts";

const PIPEFILE = `
import { pipeline, rule } from "pipefile";
const clean = rule({ description: "Sorts", inputs: { raw: "raw.csv" }, outputs: { rows: "data/clean.csv" }, params: { seed: 7 },
  run: 'sort "$raw" > "$rows"' });
const train = rule({ inputs: { rows: clean.outputs.rows }, outputs: { model: "model.bin" },
  run: 'grep -v boom "$rows" > "$model" || { echo "no fit" >&2; exit 3; }' });
const check = rule({ inputs: { rows: clean.outputs.rows }, outputs: {}, run: "true" });
export default pipeline({ clean, train, check }, { default: ["train"] });
`;

const small = (): Project => projectOf({ "Pipefile.ts": PIPEFILE, "raw.csv": "2\n1\n" });

const ALL_BUILT = `built     clean in TIME: never built here
          data/clean.csv (4 B)
built     train in TIME: never built here
          model.bin (4 B)
2 built, 0 restored, 0 fresh, 0 failed in TIME
`;

test("a build tells what it made and why; the next says: up to date", async () => {
  const { root } = small();
  const { code, out, err } = await command(["build"], root);
  expect([code, masked(out), err]).toEqual([0, ALL_BUILT, ""]);
  expect(await command(["build"], root)).toEqual({ code: 0, out: "up to date\n", err: "" });
  expect(await command(["build", "--quiet", "--force"], root)).toEqual({ code: 0, out: "", err: "" });
});

test("a dry run tells the plan and runs nothing", async () => {
  const project = small();
  await command(["build"], project.root);
  project.write("raw.csv", "3\n");
  expect((await command(["build", "-n"], project.root)).out).toBe(
    "would run      clean: raw.csv changed\nmay run        train, if clean changes\n1 would run, 1 may run\n",
  );
  expect(project.read("data/clean.csv")).toBe("1\n2\n");
});

test("a dry run heeds --force, --no-cache and --param", async () => {
  const { root } = small();
  const plan = async (...args: string[]): Promise<string> => (await command(["build", "-n", ...args], root)).out;
  await command(["build", "--param", "clean.seed=8"], root);
  await command(["build"], root);
  expect(await plan("--force", "clean")).toBe(
    "would run      clean: --force\nmay run        train, if clean changes\n1 would run, 1 may run\n",
  );
  expect(await plan("--force")).toBe("would run      clean: --force\nwould run      train: --force\n2 would run\n");
  expect(await plan("--param", "clean.seed=8")).toMatch(/^would restore {2}clean: param seed 7 → 8\n/);
  expect(await plan("--param", "clean.seed=8", "--no-cache")).toMatch(/^would run {6}clean: param seed 7 → 8\n/);
});

test("a failed step shows its message, its log and a hint on stderr, and the exit code is 1", async () => {
  const project = small();
  project.write("raw.csv", "boom\n");
  const { code, out, err } = await command(["build"], project.root);
  expect([code, masked(out)]).toEqual([
    1,
    "built     clean in TIME: never built here\n          data/clean.csv (5 B)\n1 built, 0 restored, 0 fresh, 1 failed in TIME\n",
  ]);
  expect(masked(err)).toContain("failed    train after TIME (ran for: never built here)\n          error: ");
  expect(err).toContain("          | no fit\n");
  expect(err).toMatch(/ {10}log: logs\/train\.log\n {10}hint: /);
});

test("status, why, list and graph tell what stands", async () => {
  const project = small();
  const says = async (...args: string[]): Promise<string> => (await command(args, project.root)).out;
  await command(["build"], project.root);
  project.write("raw.csv", "3\n");
  expect(await says("status")).toBe(
    "would run      clean: raw.csv changed\nmay run        train, if clean changes\n1 would run, 1 may run\n",
  );
  expect(await says("why", "model.bin")).toBe(
    "train may run, if what it reads changes\n  depending on:\n  clean would run\n    because raw.csv changed\n",
  );
  expect(await says("list")).toBe(
    "clean  data/clean.csv\n       Sorts\ntrain  model.bin (default)\ncheck  (makes no artifact)\n",
  );
  expect(await says("graph", "train")).toBe("train → model.bin\n└─ clean → data/clean.csv\n   └─ raw.csv\n");
});

test("status --check exits with 1 where a step is stale, status with 0", async () => {
  const { root } = small();
  const codeOf = async (...args: string[]): Promise<number | null> => (await command(args, root)).code;
  expect([await codeOf("status", "--check"), await codeOf("status")]).toEqual([1, 0]);
  await command(["build"], root);
  expect([await codeOf("status", "--check"), await codeOf("status", "--check", "check")]).toEqual([0, 1]);
});

test("the project is found from a subfolder, where paths are relative", async () => {
  const project = small();
  mkdirSync(project.at("data/deep"), { recursive: true });
  expect((await command(["build", "../clean.csv"], project.at("data/deep"))).code).toBe(0);
  expect([project.has("data/clean.csv"), project.has("model.bin")]).toEqual([true, false]);
  expect((await command(["build", "train"], project.at("data/deep"))).code).toBe(0);
  expect((await command(["status", "--check", "-C", project.root], "/")).code).toBe(0);
  expect((await command(["--pipefile", project.at("Pipefile.ts"), "status", "--check", "model.bin"], "/")).code).toBe(
    0,
  );
});

test("another Pipefile may be named", async () => {
  const project = small();
  project.write("other/Other.ts", PIPEFILE);
  project.write("other/raw.csv", "1\n");
  expect((await command(["build", "--pipefile", "other/Other.ts"], project.root)).code).toBe(0);
  expect([project.has("other/model.bin"), project.has("model.bin")]).toEqual([true, false]);
});

test.each([
  [["build", "-j", "0"], "error[bad-jobs]: --jobs takes a whole number from 1 up, not '0'\n  hint: such as -j 4\n"],
  [["build", "-j1.5"], "error[bad-jobs]: --jobs takes a whole number from 1 up, not '1.5'\n  hint: such as -j 4\n"],
  [
    ["build", "-j", "many", "-n"],
    "error[bad-jobs]: --jobs takes a whole number from 1 up, not 'many'\n  hint: such as -j 4\n",
  ],
  [
    ["build", "trian"],
    "error[unknown-target]: 'trian' is neither a rule nor an artifact that a rule makes\n  hint: did you mean 'train'?\n",
  ],
  [
    ["why", "model.bni"],
    "error[unknown-target]: 'model.bni' is neither a rule nor an artifact that a rule makes\n  hint: did you mean 'model.bin'?\n",
  ],
  [
    ["build", "--force", "claen"],
    "error[unknown-rule]: --force names 'claen', and there is no such rule\n  hint: did you mean 'clean'?\n",
  ],
  [
    ["build", "-C", "nowhere"],
    "error[no-such-folder]: nowhere is no folder\n  hint: write -C <dir> with the folder to start in\n",
  ],
])("pipe %j is refused with exit code 2", async (args, message) => {
  expect(await command(args, small().root)).toEqual({ code: 2, out: "", err: message });
});

test("without a Pipefile the error says what to type", async () => {
  const project = projectOf();
  expect(await command(["build"], project.root)).toEqual({
    code: 2,
    out: "",
    err: `error[no-pipefile]: there is no Pipefile.ts in ${project.root} or in a folder above it\n  hint: write one, or name the project's folder: pipe -C <dir> build\n`,
  });
  expect((await command(["build", "--pipefile", "p.ts"], project.root)).err).toContain("there is no Pipefile p.ts");
});
