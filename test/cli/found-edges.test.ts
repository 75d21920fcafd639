/** depend() and depfiles where more than one thing happens at a time, and for paths of every kind. */

import { describe, expect, test } from "vitest";
import { eventsOf, failed, fresh, partsOf, plansOf, ran, restored } from "../rig/events.ts";
import { projectOf, type Project } from "../rig/project.ts";

const action = (body: string): string => `import { readFileSync, writeFileSync } from "node:fs";
export default async ({ inputs, outputs, params, depend }: any) => {\n${body}\n};\n`;

const ASK = `ask: rule({ inputs: { a: "a.txt" }, outputs: { out: "out.txt" }, run: () => import("./ask.ts") })`;
const copy = (name: string, from: string, more = ""): string =>
  `${name}: rule({ inputs: { a: "${from}" }, outputs: { b: "${name}.txt" }, ${more} run: counting("${name}", 'cp "$a" "$b"') })`;

/** A step that does this, and more rules; only `ask` is built. */
function asking(body: string, more = ""): Project {
  const project = projectOf({ "ask.ts": action(body), "a.txt": "a\n", "b.txt": "b\n" });
  project.pipefile(`{ ${ASK}, ${more} }`, 'default: ["ask"]');
  return project;
}

describe("depend() that is called twice at once", () => {
  const BOTH = 'const [one, two] = await Promise.all([depend("one.txt"), depend("two.txt")]);';

  test("goes on when all is there, even with one job", async () => {
    const project = asking(
      `${BOTH}\nwriteFileSync(outputs.out, readFileSync("one.txt", "utf8") + readFileSync("two.txt", "utf8"));`,
      `${copy("one", "a.txt")}, ${copy("two", "b.txt")}`,
    );
    expect(ran(await project.build("-j1"))).toEqual(["ask", "one", "two"]);
    expect(project.read("out.txt")).toBe("a\nb\n");
    project.write("b.txt", "B\n");
    expect(ran(await project.build("-j1"))).toEqual(["ask", "two"]);
  });

  test("holds its tokens once: what comes after it can run", async () => {
    const project = asking(
      `${BOTH}\nawait depend("three.txt");\nwriteFileSync(outputs.out, "done\\n");`,
      `${copy("one", "a.txt")}, ${copy("two", "one.txt")}, ${copy("three", "b.txt", "resources: { cpu: 2 },")}`,
    );
    expect(ran(await project.build("-j2"))).toEqual(["ask", "one", "three", "two"]);
  });

  test("with the same path is one", async () => {
    const project = asking(
      `await Promise.all([depend("one.txt"), depend("one.txt"), depend("b.txt")]);\nwriteFileSync(outputs.out, "done\\n");`,
      copy("one", "c.txt"),
    );
    project.write("c.txt", "c\n");
    await project.build("-j1");
    expect(project.runs()).toEqual(["one"]);
    project.write("c.txt", "C\n");
    project.write("b.txt", "B\n");
    expect(plansOf(await project.pipe(["status"]))).toMatchObject({ one: "would-run", ask: "would-run" });
  });

  test("fails once where one cannot be made", async () => {
    const project = asking(
      `${BOTH}\nwriteFileSync(outputs.out, "done\\n");`,
      `${copy("one", "a.txt")}, ${copy("two", "b.txt").replace('cp "$a" "$b"', "exit 1")}`,
    );
    const run = await project.pipe(["build", "-k"]);
    expect([run.code, failed(run), ran(run)]).toEqual([1, ["ask", "two"], ["one"]]);
  });
});

test("a step is skipped for what its last run found, though that was lost before the step was looked at", async () => {
  const project = asking(
    'await depend("three.txt");\nwriteFileSync(outputs.out, "done\\n");',
    [
      `two: rule({ inputs: { b: "b.txt" }, outputs: { o: "two.txt" }, run: 'grep -q b "$b"; sleep 0.6; cp "$b" "$o"' })`,
      copy("three", "two.txt"),
      `first: rule({ inputs: { c: "c.txt" }, outputs: { o: "first.txt" }, run: 'head -c 1 "$c" > "$o"' })`,
    ].join(", "),
  );
  project.write("c.txt", "c1\n");
  project.write(
    "Pipefile.ts",
    project.read("Pipefile.ts").replace('inputs: { a: "a.txt" }', 'inputs: { a: "first.txt" }'),
  );
  await project.build("three");
  await project.build();
  project.write("b.txt", "lost\n");
  project.write("c.txt", "c2\n");
  // The step that took longest goes first: it has failed when the other makes what it made before.
  const run = await project.pipe(["build", "-k", "-j1", "ask", "three"]);
  expect([run.code, failed(run), ran(run), fresh(run)]).toEqual([1, ["two"], ["first"], []]);
});

test("what was found after a path that has changed is left alone: it may not be asked for again", async () => {
  const project = asking(
    `await depend("b.txt");\nif (readFileSync("b.txt", "utf8") === "b\\n") await depend("one.txt");\nwriteFileSync(outputs.out, "done\\n");`,
    copy("one", "c.txt"),
  );
  project.write("c.txt", "c\n");
  await project.build();
  project.write("c.txt", "C\n");
  project.write("b.txt", "B\n");
  expect(ran(await project.build())).toEqual(["ask"]);
});

describe("depend() that nobody waits for", () => {
  test("counts all the same", async () => {
    const project = asking('void depend("b.txt");\nwriteFileSync(outputs.out, readFileSync("b.txt", "utf8"));');
    await project.build();
    project.write("b.txt", "B\n");
    expect(partsOf(await project.build(), "ask")).toEqual(["discovered b.txt"]);
    expect(project.read("out.txt")).toBe("B\n");
  });

  test("has the step run once more where another step then changes what it read", async () => {
    const project = asking(
      'void depend("one.txt");\nwriteFileSync(outputs.out, readFileSync("one.txt", "utf8"));',
      copy("one", "b.txt"),
    );
    await project.build("one");
    project.write("b.txt", "B\n");
    await project.build("-j1");
    expect(project.read("out.txt")).toBe("B\n");
    expect(fresh(await project.build())).toEqual(["ask", "one"]);
  });

  test("fails the step where it cannot be had", async () => {
    const project = asking('depend("out.txt").catch(() => {});\nwriteFileSync(outputs.out, "done\\n");');
    const run = await project.pipe(["build"]);
    expect([run.code, eventsOf(run, "step-failed").map(({ kind }) => kind)]).toEqual([1, ["depend"]]);
  });

  test("is nobody's once the action has ended", async () => {
    const late = action(
      'setTimeout(() => depend("b.txt").catch(() => {}), 0);\nwriteFileSync(outputs.out, "late\\n");',
    );
    const project = projectOf({ "late.ts": late, "a.txt": "a\n", "b.txt": "b\n" });
    const wait = "await new Promise((resolve) => setTimeout(resolve, 50));";
    project.write("next.ts", action(`${wait}\nwriteFileSync(outputs.out, readFileSync(inputs.a, "utf8"));`));
    project.pipefile(
      `{ late: rule({ inputs: { a: "a.txt" }, outputs: { out: "late.txt" }, run: () => import("./late.ts") }),
         next: rule({ inputs: { a: "late.txt" }, outputs: { out: "next.txt" }, run: () => import("./next.ts") }) }`,
    );
    await project.build("-j1");
    project.write("b.txt", "B\n");
    expect(fresh(await project.build("-j1"))).toContain("next");
  });
});

describe("a folder that depend() names", () => {
  const FOLDER = `folder: rule({ inputs: { b: "b.txt" }, outputs: { f: "folder/" }, run: counting("folder", 'mkdir "$f"; cp "$b" "$f/b.txt"') })`;

  test("is the one that another step makes, with or without a slash", async () => {
    for (const name of ["folder", "folder/"]) {
      const project = asking(
        `await depend("${name}");\nwriteFileSync(outputs.out, readFileSync("folder/b.txt", "utf8"));`,
        FOLDER,
      );
      expect(ran(await project.build("-j1"))).toEqual(["ask", "folder"]);
      project.write("b.txt", "B\n");
      await project.build();
      expect(project.read("out.txt")).toBe("B\n");
    }
  });

  test("is read as it was with the temporary files in it", async () => {
    const project = asking(
      'await depend("parts");\nwriteFileSync(outputs.out, readFileSync("parts/1", "utf8"));',
      `part: rule({ inputs: { b: "b.txt" }, outputs: { p: "parts/1" }, temp: true, run: counting("part", 'cp "$b" "$p"') })`,
    );
    await project.build();
    expect([project.read("out.txt"), project.has("parts/1")]).toEqual(["b\n", false]);
    expect(ran(await project.build())).toEqual([]);
    project.write("b.txt", "B\n");
    await project.build();
    expect(project.read("out.txt")).toBe("B\n");
  });

  test("is not the project itself", async () => {
    for (const name of [".", "..", "/"]) {
      const project = asking(`await depend("${name}");\nwriteFileSync(outputs.out, "done\\n");`);
      const run = await project.pipe(["build"]);
      expect([run.code, eventsOf(run, "step-failed").map(({ kind }) => kind)]).toEqual([1, ["depend"]]);
    }
  });
});

test("depend() of what is no path fails the step, and nothing else", async () => {
  for (const text of ["undefined", '""', "7", '"a\\0b"']) {
    const project = asking(`await depend(${text});\nwriteFileSync(outputs.out, "done\\n");`, copy("one", "a.txt"));
    const run = await project.pipe(["build", "ask", "one", "-k"]);
    expect([run.code, failed(run), ran(run)]).toEqual([1, ["ask"], ["one"]]);
    expect(eventsOf(run, "step-failed")[0]?.kind).toBe("depend");
  }
});

describe("a depfile", () => {
  const DEPFILE = `printf "x: part.txt\\\\n" > "$depfile"`;

  test("names what another step changed while the command ran: it runs once more", async () => {
    const project = projectOf({ "raw.txt": "old\n" });
    const part = copy("part", "raw.txt");
    // The first time it reads the old part, and ends only when the new one is there.
    const read = `cp part.txt "$all"; until cmp -s part.txt raw.txt; do sleep 0.01; done; ${DEPFILE}`;
    project.pipefile(
      `{ ${part}, all: rule({ inputs: {}, outputs: { all: "all.txt" }, depfile: true, run: counting("all", '${read}') }) }`,
    );
    await project.build("part");
    project.write("raw.txt", "new\n");
    await project.build("all", "part", "-j2");
    expect(project.read("all.txt")).toBe("new\n");
  });

  test("is not the one that another step wrote", async () => {
    const project = projectOf({ "part.txt": "part\n" });
    const of = (name: string, more: string): string =>
      `${name}: rule({ inputs: {}, outputs: { o: "${name}.txt" }, depfile: true, run: 'echo > "$o"; ${more}' })`;
    project.pipefile(`{ ${of("good", DEPFILE)}, ${of("none", "")} }`);
    const run = await project.pipe(["build", "-j1", "-k"]);
    expect([ran(run), failed(run)]).toEqual([["good"], ["none"]]);
  });

  test("may not name what the step itself makes", async () => {
    const project = projectOf();
    project.pipefile(
      `{ a: rule({ inputs: {}, outputs: { o: "o.txt" }, depfile: true, run: 'echo > "$o"; echo "x: o.txt" > "$depfile"' }) }`,
    );
    const run = await project.pipe(["build"]);
    expect(eventsOf(run, "step-failed").map(({ kind }) => kind)).toEqual(["depend"]);
  });
});

describe("a run in the cache", () => {
  const LIST = `list: rule({ inputs: { list: "list.txt" }, outputs: { out: "out.txt" }, run: () => import("./list.ts") })`;
  const JOIN = action(`let text = "";
    for (const path of readFileSync(inputs.list, "utf8").split("\\n").filter(Boolean))
      text += (await depend(path)) ? readFileSync(path, "utf8") : "none\\n";
    writeFileSync(outputs.out, text);`);

  test("is not promised by status where what it found is about to change", async () => {
    const project = projectOf({ "list.ts": JOIN, "list.txt": "one.txt\n", "a.txt": "a\n" });
    project.pipefile(`{ ${LIST}, ${copy("one", "a.txt")} }`, 'default: ["one", "list"]');
    await project.build();
    project.write("list.txt", "");
    await project.build();
    project.write("list.txt", "one.txt\n");
    project.write("a.txt", "other\n");
    expect(plansOf(await project.pipe(["status"]))).toEqual({ one: "would-run", list: "would-run" });
    expect(ran(await project.build())).toEqual(["list", "one"]);
  });

  test("is not taken for a fallback of a step that is forced", async () => {
    const project = projectOf();
    project.pipefile(
      `{ big: rule({ inputs: {}, outputs: { o: "big.txt" }, params: { n: 1 }, retry: { times: 1, fallback: { n: 2 } },
        run: counting("big", 'test "$n" = 2; echo "$n" > "$o"') }) }`,
    );
    await project.build();
    expect(ran(await project.build("--force"))).toEqual(["big"]);
    expect(project.runs()).toEqual(["big", "big", "big", "big"]);
  });

  test("is taken after what it found was brought up to date, for a fallback too", async () => {
    const flaky = action(`if (params.n === 1) throw new Error("too large");
      await depend("one.txt");\nwriteFileSync(outputs.out, readFileSync("one.txt", "utf8"));`);
    const project = projectOf({ "flaky.ts": flaky, "in.txt": "1\n", "a.txt": "a\n", "log.txt": "" });
    const rule = `flaky: rule({ inputs: { i: "in.txt" }, outputs: { out: "out.txt" }, params: { n: 1 }, retry: { times: 1, fallback: { n: 2 } },
      run: () => import("./flaky.ts") })`;
    project.pipefile(`{ ${rule}, ${copy("one", "a.txt")} }`, 'default: ["flaky"]');
    await project.build();
    project.write("in.txt", "2\n");
    project.write("a.txt", "A\n");
    await project.build();
    project.write("in.txt", "1\n");
    project.write("a.txt", "a\n");
    expect([restored(await project.build()), project.read("out.txt")]).toEqual([["flaky", "one"], "a\n"]);
  });
});
