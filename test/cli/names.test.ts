/** Names of files and values: whatever a file system takes, as it is, and never as code or as a flag. */

import { symlinkSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fresh, partsOf, plansOf, ran, reasonsOf, restored } from "../rig/events.ts";
import { actionOf } from "../rig/pipefile.ts";
import { projectOf, temporaryFolder } from "../rig/project.ts";

const NAMES = [
  "two words",
  ` leading and trailing `,
  `it's "quoted"`,
  "naïve — 数据 🐧",
  "e\u0301 is not \u00e9",
  "$(touch pwned)",
  "`touch pwned`",
  "$HOME ${HOME}x".replace(/[{}]/g, ""),
  "a;touch pwned",
  "a&b|c>d<e",
  "back\\slash\\n",
  "*",
  "?[x]",
  "-n",
  "--help",
  "%20#~!",
  "a=b,c:d",
  "d..ts..",
  "tab\there",
];

test.each(NAMES)("a wildcard takes the value %j as it is, in paths, commands and targets", async (name) => {
  const project = projectOf({ [`in/${name}.txt`]: "content\n" });
  project.pipefile(`{ copy: rule({
    inputs: { from: "in/{name}.txt" }, outputs: { to: "out/{name}.txt" },
    run: counting("copy", 'cat "$from" > "$to"; printf "%s\\\\n" "$name" "$to_path" >> "$to"'),
  }) }`);
  const run = await project.build("--", `out/${name}.txt`);
  expect(ran(run)).toEqual([`copy:name=${name}`]);
  expect(project.read(`out/${name}.txt`)).toBe(`content\n${name}\nout/${name}.txt\n`);
  expect(fresh(await project.build("--", `./out/${name}.txt`))).toEqual([`copy:name=${name}`]);
  project.write(`in/${name}.txt`, "changed\n");
  expect(plansOf(await project.pipe(["why", "--", `out/${name}.txt`]))).toEqual({ [`copy:name=${name}`]: "would-run" });
  await project.build("--", `out/${name}.txt`);
  expect(project.runs()).toEqual(["copy", "copy"]);
  expect([project.has("pwned"), project.has("project"), project.has(`logs`)]).toEqual([false, false, true]);
});

test("a list of files with such names reaches a command and a module as it is", async () => {
  const names = NAMES.map((name) => `in/${name}.txt`);
  const project = projectOf({
    ...Object.fromEntries(names.map((path) => [path, `${path}\n`])),
    "rules/list.ts": actionOf(
      "list",
      `writeFileSync(outputs.out, inputs.files.map((file) => readFileSync(file, "utf8")).join(""));`,
    ),
  });
  project.pipefile(`{
    list: rule({ inputs: { files: glob("in/*.txt") }, outputs: { out: "list.txt" }, run: () => import("./rules/list.ts") }),
    shell: rule({ inputs: { files: glob("in/*.txt") }, outputs: { out: "shell.txt" }, run: counting("shell", 'while IFS= read -r file; do cat "$file"; done < "$files_file" > "$out"') }),
  }`);
  await project.build();
  const sorted = `${names.toSorted((a, b) => (a < b ? -1 : 1)).join("\n")}\n`;
  expect(project.read("list.txt")).toBe(sorted);
  expect(project.read("shell.txt")).toBe(sorted);
  expect(project.has("pwned")).toBe(false);
});

test("a file whose name starts with a dash is never a flag", async () => {
  const project = projectOf({ "-n": "content\n" });
  project.pipefile(
    `{ copy: rule({ inputs: { from: "-n" }, outputs: { to: "--out" }, run: counting("copy", 'cat $from > $to; ls $to_path $from > /dev/null 2>&1 || true') }) }`,
  );
  expect(ran(await project.build("./--out"))).toEqual(["copy"]);
  expect(fresh(await project.build("--", "--out"))).toEqual(["copy"]);
  expect(project.read("--out")).toBe("content\n");
});

test("params reach a command as they are, whatever they hold", async () => {
  const text = `$(touch pwned) "it's" \`x\` 🐧\nand another line; -n`;
  const project = projectOf();
  project.pipefile(
    `{ say: rule({ inputs: {}, outputs: { out: "out.txt" }, params: { text: ${JSON.stringify(text)}, list: ["a b", 1], flag: true }, run: 'printf "%s|%s|%s" "$text" "$list" "$flag" > "$out"' }) }`,
  );
  await project.build();
  expect(project.read("out.txt")).toBe(`${text}|["a b",1]|true`);
  await project.build("--param", "say.text=-- $(touch pwned)=a.b");
  expect(project.read("out.txt")).toBe(`-- $(touch pwned)=a.b|["a b",1]|true`);
  expect(project.has("pwned")).toBe(false);
});

test("a project folder with such a name is built like any other, and from elsewhere by -C", async () => {
  const project = projectOf({ "a $(touch pwned) 'b' 数/in.txt": "a\n" });
  const folder = "a $(touch pwned) 'b' 数";
  project.write(`${folder}/rules/copy.ts`, actionOf("copy", "writeFileSync(outputs.out, readFileSync(inputs.from));"));
  project.pipefile(`{
    copy: rule({ inputs: { from: "in.txt" }, outputs: { out: "out.txt" }, run: () => import("./rules/copy.ts") }),
    shell: rule({ inputs: { from: "out.txt" }, outputs: { out: "shell.txt" }, run: counting("shell", 'cat "$from" > "$out"') }),
  }`);
  project.write(`${folder}/Pipefile.ts`, project.read("Pipefile.ts"));
  await project.build("-C", folder);
  expect(project.read(`${folder}/shell.txt`)).toBe("a\n");
  expect(fresh(await project.build("-C", folder))).toEqual(["copy", "shell"]);
  expect([project.runs(), project.has("pwned")]).toEqual([["copy", "shell"], false]);
});

const COPY = `{ copy: rule({ inputs: { from: "link.txt" }, outputs: { to: "copy.txt" }, run: counting("copy", 'cat "$from" > "$to"') }) }`;

test("a symlinked source has its target's content, in the project or out of it", async () => {
  const elsewhere = temporaryFolder();
  const target = join(elsewhere, "target.txt");
  writeFileSync(target, "first\n");
  const project = projectOf();
  symlinkSync(target, project.at("link.txt"));
  project.pipefile(COPY);
  await project.build();
  expect(fresh(await project.build())).toEqual(["copy"]);
  writeFileSync(target, "other\n");
  utimesSync(target, 978_307_200, 978_307_200);
  expect(reasonsOf(await project.build(), "copy")).toMatchObject([{ part: "input", name: "link.txt" }]);
  expect(project.read("copy.txt")).toBe("other\n");
  project.runs();
  // A link to another file of the same content, or that file itself, is the same input.
  unlinkSync(project.at("link.txt"));
  project.write("inside.txt", "other\n");
  symlinkSync("inside.txt", project.at("link.txt"));
  expect(fresh(await project.build())).toEqual(["copy"]);
  unlinkSync(project.at("link.txt"));
  project.write("link.txt", "other\n");
  expect(fresh(await project.build())).toEqual(["copy"]);
  unlinkSync(project.at("link.txt"));
  writeFileSync(target, "first\n");
  symlinkSync(target, project.at("link.txt"));
  expect(restored(await project.build())).toEqual(["copy"]);
  expect(project.runs()).toEqual([]);
});

test("a symlink that points nowhere is a missing source", async () => {
  const project = projectOf();
  symlinkSync("nowhere.txt", project.at("link.txt"));
  project.pipefile(COPY);
  const run = await project.pipe(["build"]);
  expect([run.code, project.runs()]).toEqual([2, []]);
  expect(run.stderr).toContain("link.txt");
});

test("a symlinked directory is a source with its target's members, and its folder may be a link too", async () => {
  const elsewhere = temporaryFolder();
  writeFileSync(join(elsewhere, "a.txt"), "a\n");
  const project = projectOf();
  symlinkSync(elsewhere, project.at("in"));
  project.pipefile(`{
    list: rule({ inputs: { all: "in/" }, outputs: { out: "list.txt" }, run: counting("list", 'ls "$all" > "$out"') }),
    one: rule({ inputs: { from: "in/a.txt" }, outputs: { out: "one.txt" }, run: counting("one", 'cat "$from" > "$out"') }),
    match: rule({ inputs: { files: glob("in/*.txt") }, outputs: { out: "match.txt" }, run: counting("match", 'echo "$files" > "$out"') }),
  }`);
  await project.build();
  expect([project.read("list.txt"), project.read("one.txt"), project.read("match.txt")]).toEqual([
    "a.txt\n",
    "a\n",
    "in/a.txt\n",
  ]);
  writeFileSync(join(elsewhere, "b.txt"), "b\n");
  const run = await project.build();
  expect([partsOf(run, "list"), partsOf(run, "match"), fresh(run)]).toEqual([
    ["input in/"],
    ["input in/b.txt"],
    ["one"],
  ]);
});

test("an output that a person replaced by a symlink is made a file again, and the link's target is left alone", async () => {
  const project = projectOf({ "link.txt": "a\n", "mine.txt": "mine\n" });
  project.pipefile(COPY);
  await project.build();
  project.remove("copy.txt");
  symlinkSync("mine.txt", project.at("copy.txt"));
  await project.build();
  expect([project.read("copy.txt"), project.read("mine.txt")]).toEqual(["a\n", "mine\n"]);
});
