/** What the system refuses is told with what to do about it; nothing is lost, and the next build goes on. */

import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { filesBelow } from "../rig/snapshot.ts";
import { projectOf, type Project } from "../rig/project.ts";
import { expectTold, inNamespace, pipeAfter, pipeBound, type Ended } from "./bound.ts";

const RULES = `{
  fit: rule({ inputs: { in: "in.txt" }, outputs: { model: "model/model.txt" }, run: counting("fit", 'cat "$in" > "$model"') }),
  pair: rule({ inputs: { in: "in.txt" }, outputs: { one: "a/one.txt", two: "b/two.txt", whole: "b/all/" }, run: counting("pair", 'cat "$in" | tee "$one" > "$two"; mkdir "$whole"; cat "$in" > "$whole/x.txt"') }),
}`;
const OUTPUTS = ["model/model.txt", "a/one.txt", "b/two.txt", "b/all/x.txt"];

/** Built from the text `old`, and stale by `new`. */
async function staleProject(): Promise<Project> {
  const project = projectOf({ "in.txt": "old" });
  project.pipefile(RULES);
  await project.build();
  project.write("in.txt", "new");
  return project;
}

const texts = (project: Project): readonly string[] => OUTPUTS.map((path) => project.read(path));
const all = (text: string): readonly string[] => OUTPUTS.map(() => text);

async function expectMended(project: Project): Promise<void> {
  await project.build();
  expect(texts(project)).toEqual(all("new"));
  project.runs();
  await project.build();
  expect(project.runs()).toEqual([]);
}

/** A folder or file that refuses, and what is told of it. */
interface Trouble {
  readonly closed: string;
  readonly mode: number;
  readonly code: number;
  readonly says: readonly string[];
}

const PERMISSION = ["permission denied", "ls -ld"];
const CLOSED: Readonly<Record<string, Trouble>> = {
  "an output's folder that cannot be written to": {
    closed: "b",
    mode: 0o555,
    code: 1,
    says: [...PERMISSION, "b/two.txt"],
  },
  "an output that cannot be read": {
    closed: "model/model.txt",
    mode: 0,
    code: 1,
    says: [...PERMISSION, "model/model.txt"],
  },
  "a source that cannot be read": { closed: "in.txt", mode: 0, code: 1, says: [...PERMISSION, "in.txt"] },
  "a logs folder that cannot be entered": { closed: "logs", mode: 0, code: 1, says: [...PERMISSION, "logs/fit.log"] },
  "a log that cannot be written": {
    closed: "logs/fit.log",
    mode: 0o444,
    code: 1,
    says: [...PERMISSION, "logs/fit.log"],
  },
  "a reports folder that cannot be entered": {
    closed: "reports",
    mode: 0,
    code: 2,
    says: [...PERMISSION, "reports/builds.jsonl"],
  },
  "a .pipe folder that cannot be written to": {
    closed: ".pipe",
    mode: 0o555,
    code: 2,
    says: [...PERMISSION, ".pipe/lock"],
  },
  "a state that cannot be read": {
    closed: ".pipe/state.log",
    mode: 0,
    code: 2,
    says: [...PERMISSION, ".pipe/state.log"],
  },
  "a Pipefile that cannot be read": { closed: "Pipefile.ts", mode: 0, code: 2, says: ["Pipefile.ts"] },
};

test.each(Object.entries(CLOSED))("%s", async (_, { closed, mode, code, says }) => {
  const project = await staleProject();
  const open = statSync(project.at(closed)).mode & 0o777;
  chmodSync(project.at(closed), mode);
  const ended = await pipeBound(project, ["build"]);
  const status = await pipeBound(project, ["status"]);
  chmodSync(project.at(closed), open);
  expectTold(ended, says);
  expectTold(status, []);
  expect(ended.code).toBe(code);
  expect(new Set(texts(project).slice(1)).size, "one whole set").toBe(1);
  await expectMended(project);
});

test("a project folder that cannot be written to", async () => {
  const project = projectOf({ "in.txt": "new" });
  project.pipefile(RULES);
  chmodSync(project.root, 0o555);
  const ended = await pipeBound(project, ["build"]);
  chmodSync(project.root, 0o755);
  expectTold(ended, [...PERMISSION, project.at(".pipe")]);
  expect(ended.code).toBe(2);
  await expectMended(project);
});

const IN_THE_WAY: Readonly<Record<string, { readonly code: number; readonly at: string }>> = {
  ".pipe": { code: 2, at: ".pipe" },
  logs: { code: 1, at: "logs" },
  reports: { code: 2, at: "reports" },
  model: { code: 1, at: "model" },
};

test.each(Object.entries(IN_THE_WAY))("a file where the folder %s is needed", async (name, { code, at }) => {
  const project = projectOf({ "in.txt": "new", [name]: "mine" });
  project.pipefile(RULES);
  const ended = await pipeAfter("true", project, ["build"]);
  expectTold(ended, ["a file stands where a folder is needed", project.at(at), "rename what is in the way"]);
  expectTold(await pipeAfter("true", project, ["status"]), []);
  expect([ended.code, project.read(name)]).toEqual([code, "mine"]);
  project.remove(name);
  await expectMended(project);
});

test.each([".pipe/state.log", ".pipe/lock", "reports/builds.jsonl", "logs/fit.log", "logs/pair.log"])(
  "a folder where the file %s is needed",
  async (path) => {
    const project = await staleProject();
    if (project.has(path)) project.remove(path);
    project.write(`${path}/mine.txt`, "mine");
    const ended = await pipeAfter("true", project, ["build"]);
    expectTold(ended, [path, "rename what is in the way"]);
    expect([ended.code, project.read(`${path}/mine.txt`)]).toEqual([path.startsWith("logs") ? 1 : 2, "mine"]);
    project.remove(path);
    await expectMended(project);
  },
);

test("a folder where an output is due, with a person's files in it, is kept", async () => {
  const project = await staleProject();
  project.remove("model/model.txt");
  project.write("model/model.txt/mine.txt", "mine");
  const run = await project.build();
  expect(run.stdout).toContain('"rescued"');
  const rescued = filesBelow(project.at(".pipe/rescued")).map((path) => project.read(`.pipe/rescued/${path}`));
  expect(rescued).toEqual(["mine"]);
  await expectMended(project);
});

test("an edited output that cannot be moved away fails the step, and is not overwritten", async () => {
  const project = await staleProject();
  project.write("model/model.txt", "mine");
  writeFileSync(project.at(".pipe/rescued"), "");
  const ended = await pipeAfter("true", project, ["build", "fit"]);
  expectTold(ended, [".pipe/rescued", "rename what is in the way"]);
  expect([ended.code, project.read("model/model.txt")]).toEqual([1, "mine"]);
  project.remove(".pipe/rescued");
  await expectMended(project);
});

test("folders that an action closed can be published, replaced and thrown away", async () => {
  const project = projectOf({ "in.txt": "one" });
  const body = 'mkdir -p "$all/in"; cat "$in" > "$all/in/x.txt"; chmod 555 "$all/in" "$all"; ! grep -q bad "$in"';
  project.pipefile(
    `{ shut: rule({ inputs: { in: "in.txt" }, outputs: { all: "out/all/" }, run: counting("shut", ${JSON.stringify(body)}) }) }`,
  );
  for (const text of ["one", "two", "bad", "three"]) {
    project.write("in.txt", text);
    const ended = await pipeBound(project, ["build"]);
    expectTold(ended, []);
    expect(ended.code).toBe(text === "bad" ? 1 : 0);
    expect(project.read("out/all/in/x.txt")).toBe(text === "bad" ? "two" : text);
  }
  expect(project.has(".pipe/stage")).toBe(false);
  for (const folder of ["out/all", "out/all/in"]) chmodSync(project.at(folder), 0o755);
});

test("with few files to open, a build succeeds or says how many it needs", async () => {
  const project = await staleProject();
  const codes: (number | null)[] = [];
  for (let limit = 16; limit <= 48; limit += 2) {
    project.write("in.txt", `limit ${limit}`);
    const ended = await pipeAfter(`ulimit -n ${limit}`, project, ["build", "-j2"]);
    // Node itself may not come up.
    if (ended.code !== null && !/^node:/m.test(ended.err))
      expectTold(ended, ended.code === 0 ? [] : ["no more files can be open at once", "ulimit -n"]);
    codes.push(ended.code);
    expect(new Set(texts(project).slice(1)).size, "one whole set").toBe(1);
  }
  expect(codes).toContain(0);
  project.write("in.txt", "new");
  await expectMended(project);
}, 120_000);

interface Round {
  readonly code: string;
  readonly out: string;
  readonly during: readonly string[];
  readonly after: readonly string[];
}

test("a disk that is full at any point of a build loses nothing", async () => {
  const project = await staleProject();
  const [kept, results] = [`${project.root}.kept`, `${project.root}.results`];
  mkdirSync(results);
  const room = 20;
  const ended = await inNamespace(
    `cp -a "$root" "${kept}"; mount -t tmpfs -o size=1m none "$root"; cd "$root"
     left=0
     while [ $left -le ${room} ]; do
       find "$root" -mindepth 1 -delete; cp -a "${kept}/." "$root"
       head -c 2000000 /dev/zero > "$root/filler" 2> /dev/null || true
       size=$(stat -c %s filler); truncate -s $((size - left * 4096)) filler
       mkdir "${results}/$left"; code=0
       $pipe build -j1 > "${results}/$left/out" 2>&1 || code=$?
       echo $code > "${results}/$left/code"
       cp -a model a b "${results}/$left/"
       rm filler; code=0
       mkdir "${results}/$left/after"
       $pipe build > "${results}/$left/after/out" 2>&1 || code=$?
       echo $code > "${results}/$left/after/code"
       cp -a model a b "${results}/$left/after/"
       left=$((left + 1))
     done`,
    project,
  );
  expect([ended.code, ended.err]).toEqual([0, ""]);
  const codes = Array.from({ length: room + 1 }, (_, left) => {
    const at = (path: string): string => readFileSync(`${results}/${left}/${path}`, "utf8");
    const round: Round = {
      code: at("code").trim(),
      out: at("out"),
      during: OUTPUTS.map((path) => at(path)),
      after: OUTPUTS.map((path) => at(`after/${path}`)),
    };
    expectTold({ out: round.out, err: "" }, []);
    // An action has its own words for it.
    if (round.code !== "0") expect(round.out).toMatch(/no space (?:is )?left on (?:the )?device/i);
    expect(["old", "new"]).toContain(round.during[0]);
    expect(new Set(round.during.slice(1)).size, `one whole set with ${left} pages left: ${round.out}`).toBe(1);
    expect([at("after/code"), round.after], at("after/out")).toEqual(["0\n", all("new")]);
    return round.code;
  });
  // It was full before the first step, and had room for all of them in the end.
  expect([codes[0], codes.includes("1"), codes.at(-1)]).toEqual(["2", true, "0"]);
}, 120_000);

test("a cache that is full while the project has room costs a warning", async () => {
  const project = projectOf({ "in.txt": "x".repeat(200_000) });
  project.pipefile(RULES);
  project.write(".pipe/cache/incoming/.keep", "");
  const results = `${project.root}.results`;
  mkdirSync(results);
  const ended: Ended = await inNamespace(
    `mount -t tmpfs -o size=128k none "$root/.pipe/cache"; $pipe build; find .pipe/cache -path '*incoming/*'`,
    project,
  );
  expectTold(ended, ["warning[not-cached]", "no space is left on the device"]);
  expect(ended.code).toBe(0);
  expect(ended.out).not.toContain("incoming/");
  expect(texts(project)).toEqual(all("x".repeat(200_000)));
});

test("a disk full of versions has room for a new one once fewer are to be kept", async () => {
  const project = projectOf();
  const rules = (keep: number): string =>
    `{ fit: rule({ inputs: { in: "in.txt" }, outputs: { model: "model.txt" }, backup: { to: "kept", keep: ${keep} }, run: 'head -c 80000 /dev/zero > "$model"; cat "$in" >> "$model"' }) }`;
  const fewer = projectOf();
  fewer.pipefile(rules(1));
  project.pipefile(rules(9));
  project.write("in.txt", "1");
  await project.build();
  const ended = await inNamespace(
    `rm -r kept; mkdir kept; mount -t tmpfs -o size=200k none kept
     for version in 2 3 4; do echo $version > in.txt; $pipe build > out 2>&1 || cat out; done
     cp "${fewer.root}/Pipefile.ts" .; $pipe build || true; $pipe build; $pipe models`,
    project,
  );
  expectTold(ended, ["warning[not-kept]", "no space is left on the device"]);
  expect(ended.code).toBe(0);
  expect(ended.out.match(/^  (?:live|healthy) /gm)).toEqual(["  live ", "  healthy "]);
});

test("on a read-only file system the commands that read work, and a build says what is wrong", async () => {
  const project = await staleProject();
  const ended = await inNamespace(
    `mount --bind "$root" "$root"; mount -o remount,bind,ro "$root"; cd "$root"
     for command in "status" "why fit" "list" "graph" "build --dry-run"; do $pipe $command > /dev/null; done
     code=0; $pipe build || code=$?; exit $code`,
    project,
  );
  expectTold(ended, ["error[read-only]", "mount it"]);
  expect([ended.code, texts(project)]).toEqual([2, all("old")]);
  await expectMended(project);
});
