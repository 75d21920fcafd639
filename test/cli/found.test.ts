/** Inputs that a step finds while it runs, by depend() or a depfile. */

import { describe, expect, test } from "vitest";
import { eventsOf, failed, fresh, partsOf, plansOf, ran, restored, skipped } from "../rig/events.ts";
import { projectOf, type Project } from "../rig/project.ts";

/** An action that copies its input, and after that what the paths in it name: `out` is all their texts. */
const JOIN = `
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
export default async ({ inputs, outputs, depend }: any) => {
  appendFileSync(process.env.RUNS ?? "", "join\\n");
  let text = "";
  for (const path of readFileSync(inputs.list, "utf8").split("\\n").filter(Boolean))
    text += (await depend(path)) ? readFileSync(path, "utf8") : \`no \${path}\\n\`;
  writeFileSync(outputs.out, text);
};
`;
const JOINED = `join: rule({ inputs: { list: "list.txt" }, outputs: { out: "out.txt" }, run: () => import("./join.ts") })`;

function joining(files: Readonly<Record<string, string>>, more = "", options = ""): Project {
  const project = projectOf({ "join.ts": JOIN, ...files });
  project.pipefile(`{ ${JOINED}, ${more} }`, options);
  return project;
}

const UPPER = `upper: rule({ inputs: { raw: "raw.txt" }, outputs: { big: "big.txt" }, run: counting("upper", 'tr a-z A-Z < "$raw" > "$big"') })`;

describe("a source that depend() names", () => {
  test("makes the step stale when it changes, and only then", async () => {
    const project = joining({ "list.txt": "a.txt\n", "a.txt": "a\n", "b.txt": "b\n" });
    expect(ran(await project.build())).toEqual(["join"]);
    expect(fresh(await project.build())).toEqual(["join"]);
    project.write("b.txt", "other\n");
    expect(fresh(await project.build())).toEqual(["join"]);
    project.write("a.txt", "A\n");
    const run = await project.build();
    expect([ran(run), partsOf(run, "join")]).toEqual([["join"], ["discovered a.txt"]]);
    expect(project.read("out.txt")).toBe("A\n");
  });

  test("may be put back: the earlier result is restored", async () => {
    const project = joining({ "list.txt": "a.txt\n", "a.txt": "a\n" });
    await project.build();
    project.write("a.txt", "A\n");
    await project.build();
    project.write("a.txt", "a\n");
    expect(restored(await project.build())).toEqual(["join"]);
    expect(project.read("out.txt")).toBe("a\n");
  });

  test("may be missing, which counts as much", async () => {
    const project = joining({ "list.txt": "a.txt\n" });
    await project.build();
    expect(project.read("out.txt")).toBe("no a.txt\n");
    expect(fresh(await project.build())).toEqual(["join"]);
    project.write("a.txt", "a\n");
    expect(partsOf(await project.build(), "join")).toEqual(["discovered a.txt"]);
    expect(project.read("out.txt")).toBe("a\n");
  });

  test("may vanish: that is a reason, never an error", async () => {
    const project = joining({ "list.txt": "a.txt\n", "a.txt": "a\n" });
    await project.build();
    project.remove("a.txt");
    expect(plansOf(await project.pipe(["status"]))).toEqual({ join: "would-run" });
    const run = await project.build();
    expect([ran(run), partsOf(run, "join")]).toEqual([["join"], ["discovered a.txt"]]);
  });

  test("may lie out of the project", async () => {
    const project = joining({});
    const outside = `${project.root}/../outside.txt`;
    project.write("../outside.txt", "1\n");
    project.write("list.txt", `${outside}\n`);
    await project.build();
    expect(fresh(await project.build())).toEqual(["join"]);
    project.write("../outside.txt", "2\n");
    expect(ran(await project.build())).toEqual(["join"]);
    expect(project.read("out.txt")).toBe("2\n");
  });

  test("may not be what the step itself makes, nor what pipe writes", async () => {
    for (const path of ["out.txt", "logs/join.log", ".pipe/state.log"]) {
      const project = joining({ "list.txt": `${path}\n` });
      const run = await project.pipe(["build"]);
      expect([run.code, eventsOf(run, "step-failed").map(({ kind }) => kind)]).toEqual([1, ["depend"]]);
    }
  });

  test("that is created while the step runs has it run once more", async () => {
    const project = joining({ "list.txt": "a.txt\n" });
    project.write(
      "join.ts",
      JOIN.replace(
        "writeFileSync(outputs",
        'if (text.startsWith("no")) writeFileSync("a.txt", "late\\n");\n  writeFileSync(outputs',
      ),
    );
    const run = await project.build();
    expect(project.runs()).toEqual(["join", "join"]);
    expect([ran(run), project.read("out.txt")]).toEqual([["join"], "late\n"]);
    expect(fresh(await project.build())).toEqual(["join"]);
  });

  test("is left out of the record where it is a declared input", async () => {
    const project = joining({ "list.txt": "list.txt\n" });
    await project.build();
    project.write("list.txt", "\nlist.txt\n");
    expect(partsOf(await project.build(), "join")).toEqual(["input list.txt"]);
  });
});

describe("what another step makes", () => {
  test("is brought up to date before depend() returns, even with one job", async () => {
    const project = joining({ "list.txt": "big.txt\n", "raw.txt": "one\n" }, UPPER);
    const run = await project.build("join", "-j1");
    expect(project.runs()).toEqual(["join", "upper"]);
    expect([ran(run), project.read("out.txt")]).toEqual([["join", "upper"], "ONE\n"]);
  });

  test("is brought up to date at the next build before the step is judged", async () => {
    const project = joining({ "list.txt": "big.txt\n", "raw.txt": "one\n" }, UPPER);
    await project.build("join");
    expect(fresh(await project.build("join"))).toEqual(["join", "upper"]);
    project.write("raw.txt", "two\n");
    expect(plansOf(await project.pipe(["status", "join"]))).toEqual({ upper: "would-run", join: "may-run" });
    project.runs();
    await project.build("join");
    expect(project.runs()).toEqual(["upper", "join"]);
    expect(project.read("out.txt")).toBe("TWO\n");
    project.write("raw.txt", "Two\n");
    expect(ran(await project.build("join"))).toEqual(["upper"]);
  });

  test("is asked in the order in which it was found: what follows a difference is left alone", async () => {
    const project = joining({ "list.txt": "a.txt\nbig.txt\n", "a.txt": "a\n", "raw.txt": "one\n" }, UPPER);
    await project.build("join");
    project.write("list.txt", "a.txt\n");
    project.write("raw.txt", "two\n");
    expect(ran(await project.build("join"))).toEqual(["join"]);
  });

  test("takes nothing from the pools meanwhile", async () => {
    const both = "resources: { pools: { one: 1 } }";
    const project = projectOf({ "join.ts": JOIN, "list.txt": "big.txt\n", "raw.txt": "one\n" });
    project.pipefile(
      `{ ${JOINED.replace("run:", `${both}, run:`)}, ${UPPER.replace("run:", `${both}, run:`)} }`,
      "pools: { one: 1 }",
    );
    expect(ran(await project.build("join"))).toEqual(["join", "upper"]);
  });

  test("does not use up the timeout of the step that waits", async () => {
    const slow = `slow: rule({ inputs: {}, outputs: { o: "slow.txt" }, run: 'sleep 1.5; echo slow > "$o"' })`;
    const project = projectOf({ "join.ts": JOIN, "list.txt": "slow.txt\n" });
    project.pipefile(`{ ${JOINED.replace("run:", 'timeout: "1s", run:')}, ${slow} }`);
    expect(ran(await project.build("join"))).toEqual(["join", "slow"]);
  });

  test("fails the step that asks, where it fails", async () => {
    const bad = `bad: rule({ inputs: {}, outputs: { b: "bad.txt" }, run: "exit 4" })`;
    const project = joining({ "list.txt": "bad.txt\n" }, bad);
    const run = await project.pipe(["build", "join", "-k"]);
    expect([run.code, failed(run)]).toEqual([1, ["bad", "join"]]);
    const [, { kind, message } = { kind: "", message: "" }] = eventsOf(run, "step-failed");
    expect([kind, message]).toEqual(["depend", "bad.txt, which join asked for, could not be made: bad failed"]);
  });

  test("is a cycle where it needs the step that asks", async () => {
    const back = `back: rule({ inputs: { out: "out.txt" }, outputs: { b: "back.txt" }, run: 'cp "$out" "$b"' })`;
    const project = joining({ "list.txt": "back.txt\n" }, back);
    const run = await project.pipe(["build", "back", "-k"]);
    expect([run.code, failed(run), skipped(run)]).toEqual([1, ["join"], ["back"]]);
    expect(eventsOf(run, "step-failed")[0]?.message).toContain("join → back → join");
  });

  test("is a cycle where two steps ask for each other while they run", async () => {
    const asking = (name: string): string =>
      `${name}: rule({ inputs: { list: "${name}.list" }, outputs: { out: "${name}.txt" }, run: () => import("./join.ts") })`;
    const project = projectOf({ "join.ts": JOIN, "one.list": "two.txt\n", "two.list": "one.txt\n" });
    project.pipefile(`{ ${asking("one")}, ${asking("two")} }`);
    const run = await project.pipe(["build", "-k", "-j2"]);
    expect([run.code, failed(run)]).toEqual([1, ["one", "two"]]);
    expect(eventsOf(run, "step-failed").filter(({ message }) => message.includes("→"))).toHaveLength(1);
  });

  test("is given up with the step that asks when the build is interrupted", async () => {
    const slow = `slow: rule({ inputs: {}, outputs: { s: "slow.txt" }, run: "sleep 60" })`;
    const project = joining({ "list.txt": "slow.txt\n" }, slow);
    const run = await project.pipe(["build", "join", "-j1"], {
      onEvent: (event, end) => {
        if (event.type === "step-started" && event.step === "slow") end("SIGINT");
      },
    });
    expect([run.code, failed(run)]).toEqual([130, ["join", "slow"]]);
    expect(eventsOf(run, "step-failed").map(({ kind }) => kind)).toEqual(["interrupted", "interrupted"]);
  });

  test("need not be made any more, where the code that asked for it is gone", async () => {
    const project = joining({ "list.txt": "big.txt\n", "raw.txt": "one\n" }, UPPER);
    await project.build("join");
    project.remove("raw.txt");
    const lost = await project.pipe(["build", "join"]);
    expect([lost.code, eventsOf(lost, "step-failed").map(({ kind }) => kind)]).toEqual([1, ["depend"]]);
    project.write("list.txt", "");
    expect(ran(await project.build("join"))).toEqual(["join"]);
  });
});

describe("a depfile", () => {
  const CAT = `cat: rule({ inputs: { main: "main.txt" }, outputs: { all: "all.txt" }, depfile: true,
    run: counting("cat", 'cat "$main" part.txt > "$all"; printf "%s: %s \\\\\\\\\\n part.txt\\n" "$all" "$main" > "$depfile"') })`;

  function concatenating(files: Readonly<Record<string, string>>, more = ""): Project {
    const project = projectOf({ "main.txt": "main\n", ...files });
    project.pipefile(`{ ${CAT}, ${more} }`);
    return project;
  }

  test("names inputs that count from then on", async () => {
    const project = concatenating({ "part.txt": "part\n" });
    await project.build("cat");
    expect(fresh(await project.build("cat"))).toEqual(["cat"]);
    project.write("part.txt", "other\n");
    const run = await project.build("cat");
    expect([partsOf(run, "cat"), project.read("all.txt")]).toEqual([["discovered part.txt"], "main\nother\n"]);
  });

  test("has the step run once more where it names what another step then changes", async () => {
    const part = `part: rule({ inputs: { raw: "raw.txt" }, outputs: { part: "part.txt" }, run: counting("part", 'cp "$raw" "$part"') })`;
    const project = concatenating({ "raw.txt": "1\n" }, part);
    await project.build("part");
    project.write("raw.txt", "2\n");
    project.runs();
    await project.build("cat");
    expect(project.runs()).toEqual(["cat", "part", "cat"]);
    expect(project.read("all.txt")).toBe("main\n2\n");
    expect(fresh(await project.build("cat"))).toEqual(["cat", "part"]);
  });

  test("has the step run once more where it names what changed after it was read", async () => {
    const project = concatenating({ "part.txt": "early\n" });
    const edit = "[ -e ../edited ] || { touch ../edited; echo late > part.txt; }; printf";
    // A path that stands in the command is looked at before it runs.
    const text = project.read("Pipefile.ts").replace("printf", edit).replaceAll("part.txt", 'part.t""xt');
    project.write("Pipefile.ts", text);
    await project.build("cat");
    expect(project.read("all.txt")).toBe("main\nlate\n");
  });

  test("must be written", async () => {
    const project = projectOf();
    project.pipefile(`{ a: rule({ inputs: {}, outputs: { out: "out.txt" }, depfile: true, run: 'echo > "$out"' }) }`);
    const run = await project.pipe(["build"]);
    expect([run.code, eventsOf(run, "step-failed")[0]?.message]).toEqual([1, "its command wrote no depfile"]);
  });
});
