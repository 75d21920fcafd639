/** How a step is treated beside what it makes: order, temporary outputs, scratch folders, and what a failure spares. */

import { describe, expect, test } from "vitest";
import { eventsOf, failed, fresh, partsOf, plansOf, ran, restored, skipped } from "../rig/events.ts";
import { projectOf, type Project } from "../rig/project.ts";

const copy = (name: string, from: string, more = ""): string =>
  `${name}: rule({ inputs: { a: "${from}" }, outputs: { b: "${name}.txt" }, ${more} run: counting("${name}", 'cp "$a" "$b"') })`;

describe("after", () => {
  const AFTER = `first: rule({ inputs: { a: "a.txt" }, outputs: { b: "first.txt" }, run: counting("first", 'cp "$a" "$b"') }),
    second: rule({ inputs: {}, outputs: { c: "second.txt" }, after: ["first.txt"], run: counting("second", 'cp first.txt "$c"') })`;

  test("has its paths made first, and their content does not count", async () => {
    const project = projectOf({ "a.txt": "1\n" });
    project.pipefile(`{ ${AFTER} }`);
    await project.build("second", "-j4");
    expect(project.runs()).toEqual(["first", "second"]);
    project.write("a.txt", "2\n");
    const run = await project.build("second");
    expect([ran(run), fresh(run)]).toEqual([["first"], ["second"]]);
  });

  test("holds the step up where what comes first fails", async () => {
    const project = projectOf({ "a.txt": "1\n" });
    project.pipefile(`{ ${AFTER.replace('cp "$a" "$b"', "exit 1")} }`);
    const run = await project.pipe(["build", "second", "-k"]);
    expect([run.code, failed(run), skipped(run)]).toEqual([1, ["first"], ["second"]]);
  });

  test("names what nothing makes: an error before anything runs", async () => {
    const project = projectOf({ "a.txt": "1\n" });
    project.pipefile(`{ ${AFTER.replace('after: ["first.txt"]', 'after: "frist.txt"')} }`);
    const run = await project.pipe(["build"]);
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining("did you mean first.txt (made by first)?")]);
  });
});

test("always: it runs at each build, and spares its dependents where nothing changed", async () => {
  const project = projectOf({ "a.txt": "1\n" });
  project.pipefile(`{ ${copy("poll", "a.txt", "always: true,")}, ${copy("use", "poll.txt")} }`);
  await project.build();
  const run = await project.build();
  expect([ran(run), fresh(run), partsOf(run, "poll")]).toEqual([["poll"], ["use"], ["always poll"]]);
  expect(plansOf(await project.pipe(["status"]))).toEqual({ poll: "would-run", use: "may-run" });
  project.write("a.txt", "2\n");
  expect(ran(await project.build())).toEqual(["poll", "use"]);
});

describe("temp", () => {
  const chain = (temp = "temp: true,", use = ""): Project => {
    const project = projectOf({ "a.txt": "1\n", "other.txt": "x\n" });
    project.pipefile(
      `{ ${copy("mid", "a.txt", temp)}, use: rule({ inputs: { a: "mid.txt", o: "other.txt" }, outputs: { b: "use.txt" },
        ${use} run: counting("use", 'cat "$a" "$o" > "$b"') }) }`,
      'default: ["use"]',
    );
    return project;
  };

  test("outputs go once what reads them is built, and that they are gone is no reason", async () => {
    const project = chain();
    await project.build();
    expect([project.has("mid.txt"), project.read("use.txt")]).toEqual([false, "1\nx\n"]);
    expect(fresh(await project.build())).toEqual(["mid", "use"]);
    expect(plansOf(await project.pipe(["status"]))).toEqual({ mid: "fresh", use: "fresh" });
    expect(project.runs()).toEqual(["mid", "use"]);
  });

  test("outputs that are gone say nothing of a step whose inputs may stay the same", async () => {
    const project = projectOf({ "a.txt": "1\n" });
    project.pipefile(
      `{ ${copy("first", "a.txt")}, ${copy("mid", "first.txt", "temp: true,")}, ${copy("use", "mid.txt")} }`,
    );
    await project.build();
    project.write("first.txt", "edited\n");
    project.write("Pipefile.ts", project.read("Pipefile.ts").replace('cp "$a"', 'cat "$a" >'));
    expect(plansOf(await project.pipe(["status"]))).toEqual({ first: "would-run", mid: "may-run", use: "may-run" });
    expect(fresh(await project.build())).toEqual(["mid", "use"]);
  });

  test("outputs come back from the cache for a step that has to run", async () => {
    const project = chain();
    await project.build();
    project.write("other.txt", "y\n");
    expect(plansOf(await project.pipe(["status"]))).toEqual({ mid: "would-restore", use: "would-run" });
    const run = await project.build();
    expect([restored(run), ran(run), project.read("use.txt"), project.has("mid.txt")]).toEqual([
      ["mid"],
      ["use"],
      "1\ny\n",
      false,
    ]);
  });

  test("outputs are made again where the cache has none", async () => {
    const project = chain("temp: true, cache: false,");
    await project.build();
    project.runs();
    project.write("other.txt", "y\n");
    expect(ran(await project.build())).toEqual(["mid", "use"]);
    expect([project.runs(), project.read("use.txt")]).toEqual([["mid", "use"], "1\ny\n"]);
  });

  test("nothing is made for a step that the cache can spare", async () => {
    const project = chain("temp: true, cache: false,");
    await project.build();
    project.write("other.txt", "y\n");
    await project.build();
    project.runs();
    project.write("other.txt", "x\n");
    expect(restored(await project.build())).toEqual(["use"]);
    expect([project.runs(), project.has("mid.txt")]).toEqual([[], false]);
  });

  test("what is asked for by name stays", async () => {
    const project = chain();
    await project.build("mid.txt", "use");
    expect(project.has("mid.txt")).toBe(true);
  });

  test("outputs stay for what failed to read them", async () => {
    const project = chain();
    project.write("Pipefile.ts", project.read("Pipefile.ts").replace("cat ", "exit 1; cat "));
    await project.pipe(["build"]);
    expect(project.has("mid.txt")).toBe(true);
  });

  test("an output that a person edited stays", async () => {
    const project = chain();
    project.write("Pipefile.ts", project.read("Pipefile.ts").replace("cat ", "echo mine > mid.txt; cat "));
    await project.pipe(["build"]);
    expect(project.has("mid.txt") ? project.read("mid.txt") : "gone").toBe("mine\n");
  });

  test("a whole chain of them is made again, and goes", async () => {
    const project = projectOf({ "a.txt": "1\n", "other.txt": "x\n" });
    project.pipefile(
      `{ ${copy("one", "a.txt", "temp: true, cache: false,")}, ${copy("two", "one.txt", "temp: true, cache: false,")},
        use: rule({ inputs: { a: "two.txt", o: "other.txt" }, outputs: { b: "use.txt" }, run: counting("use", 'cat "$a" "$o" > "$b"') }) }`,
    );
    await project.build();
    project.runs();
    project.write("other.txt", "y\n");
    await project.build();
    expect(project.runs()).toEqual(["one", "two", "use"]);
    expect(["one.txt", "two.txt"].map((path) => project.has(path))).toEqual([false, false]);
    expect(fresh(await project.build())).toEqual(["one", "two", "use"]);
  });

  test("outputs are made again for a step that only comes after", async () => {
    const project = projectOf({ "a.txt": "1\n", "b.txt": "1\n" });
    const after = copy("use", "b.txt", 'after: "mid.txt",').replace('cp "$a" "$b"', 'cat "$a" mid.txt > "$b"');
    project.pipefile(`{ ${copy("mid", "a.txt", "temp: true,")}, ${after} }`);
    await project.build();
    project.write("b.txt", "2\n");
    await project.build();
    expect(project.read("use.txt")).toBe("2\n1\n");
  });

  test("a folder that holds one is read as it is with it", async () => {
    const project = projectOf({ "a.txt": "1\n" });
    project.pipefile(
      `{ part: rule({ inputs: { a: "a.txt" }, outputs: { b: "parts/1" }, temp: true, run: counting("part", 'cp "$a" "$b"') }),
        all: rule({ inputs: { parts: "parts/" }, outputs: { b: "all.txt" }, run: counting("all", 'cat "$parts"* > "$b"') }) }`,
      'default: ["all"]',
    );
    await project.build();
    expect(project.has("parts/1")).toBe(false);
    expect(fresh(await project.build())).toContain("all");
    project.write("a.txt", "2\n");
    await project.build();
    expect(project.read("all.txt")).toBe("2\n");
  });
});

describe("scratch", () => {
  const CHECKPOINT = `train: rule({ inputs: { a: "a.txt" }, outputs: { b: "b.txt" }, scratch: true,
    run: 'echo epoch >> "$scratch/epochs"; [ -e go ] || exit 1; cp "$scratch/epochs" "$b"' })`;

  test("outlives a failure, and goes when the step succeeds", async () => {
    const project = projectOf({ "a.txt": "1\n" });
    project.pipefile(`{ ${CHECKPOINT} }`);
    await project.pipe(["build"]);
    await project.pipe(["build"]);
    project.write("go", "");
    await project.build();
    expect(project.read("b.txt")).toBe("epoch\nepoch\nepoch\n");
    await project.build("--force");
    expect(project.read("b.txt")).toBe("epoch\n");
  });

  test("is another for other inputs", async () => {
    const project = projectOf({ "a.txt": "1\n" });
    project.pipefile(`{ ${CHECKPOINT} }`);
    await project.pipe(["build"]);
    project.write("a.txt", "2\n");
    project.write("go", "");
    await project.build();
    expect(project.read("b.txt")).toBe("epoch\n");
  });

  test("is a folder that a module is given, and undefined without the field", async () => {
    const project = projectOf({
      "a.ts": `import { existsSync, writeFileSync } from "node:fs";
        export default ({ outputs, scratch }: any) => writeFileSync(outputs.b, String(scratch && existsSync(scratch)));`,
    });
    const of = (name: string, more: string): string =>
      `${name}: rule({ inputs: {}, outputs: { b: "${name}.txt" }, ${more} run: () => import("./a.ts") })`;
    project.pipefile(`{ ${of("with", "scratch: true,")}, ${of("without", "")} }`);
    await project.build();
    expect([project.read("with.txt"), project.read("without.txt")]).toEqual(["true", "undefined"]);
  });
});

describe("--keep-going", () => {
  const RULES = `{ bad: rule({ inputs: {}, outputs: { b: "bad.txt" }, run: counting("bad", "exit 1") }),
    ${copy("needs", "bad.txt")}, ${copy("one", "a.txt")}, ${copy("two", "one.txt")} }`;

  test("builds all that does not need what failed", async () => {
    const project = projectOf({ "a.txt": "1\n" });
    project.pipefile(RULES);
    const run = await project.pipe(["build", "-j1", "-k"]);
    expect([run.code, failed(run), skipped(run), ran(run)]).toEqual([1, ["bad"], ["needs"], ["one", "two"]]);
    expect(eventsOf(run, "step-skipped")[0]?.because).toBe("bad");
  });

  test("is not the default: no new step starts", async () => {
    const project = projectOf({ "a.txt": "1\n" });
    project.pipefile(RULES);
    const run = await project.pipe(["build", "-j1"]);
    expect([run.code, project.runs(), skipped(run)]).toEqual([1, ["bad"], ["needs", "one", "two"]]);
  });
});

describe("a command that wrote a declared path itself", () => {
  test("and failed has the earlier bytes put back", async () => {
    const project = projectOf({ "a.txt": "1\n" });
    project.pipefile(`{ ${copy("out", "a.txt")} }`);
    await project.build();
    project.write("a.txt", "2\n");
    project.write("Pipefile.ts", project.read("Pipefile.ts").replace('cp "$a" "$b"', "echo half > out.txt; exit 3"));
    const run = await project.pipe(["build"]);
    const [event] = eventsOf(run, "step-failed");
    expect([run.code, event?.kind, project.read("out.txt")]).toEqual([1, "error", "1\n"]);
    expect(event?.message).toMatch(/exit code 3; it changed the declared path itself .* earlier bytes were put back/);
    const [, kept = ""] = /kept as (\S+)\)/.exec(event?.message ?? "") ?? [];
    expect(project.read(kept)).toBe("half\n");
  });
});

describe("a temporary output that is gone", () => {
  const RULES = `{ ${copy("mid", "a.txt", "temp: true,")}, ${copy("end", "mid.txt")} }`;

  test("does not stand in the way of accepting what was made from it", async () => {
    const project = projectOf({ "a.txt": "1\n" });
    project.pipefile(RULES, 'default: ["end"]');
    await project.build();
    project.write("end.txt", "mine\n");
    expect((await project.pipe(["accept", "end", "--reason", "better"])).code).toBe(0);
    expect(fresh(await project.build())).toEqual(["end", "mid"]);
    expect(project.read("end.txt")).toBe("mine\n");
  });

  test("is not missed by verify", async () => {
    const project = projectOf({ "a.txt": "1\n" });
    project.pipefile(RULES, 'default: ["end"]');
    await project.build();
    expect((await project.pipe(["verify"])).code).toBe(0);
  });
});
