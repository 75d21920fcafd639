/** What other build tools were seen to get wrong, each as a probe that pipe has to pass. */

import { readFileSync, statSync, utimesSync } from "node:fs";
import { expect, test } from "vitest";
import { eventsOf, fresh, ran, restored } from "../rig/events.ts";
import { projectOf, type Project } from "../rig/project.ts";

/** a.txt → mid.txt, its letters in upper case → end.txt, its first three. */
function chain(): Project {
  const project = projectOf({ "a.txt": "abcdef\n" });
  project.pipefile(`{
    mid: rule({ inputs: { a: "a.txt" }, outputs: { m: "mid.txt" }, run: counting("mid", 'tr a-z A-Z < "$a" > "$m"') }),
    end: rule({ inputs: { m: "mid.txt" }, outputs: { e: "end.txt" }, run: counting("end", 'cut -c1-3 "$m" > "$e"') }),
  }`);
  return project;
}

async function built(): Promise<Project> {
  const project = chain();
  await project.build();
  project.runs();
  return project;
}

/** Writes bytes of the same length, and puts the times back. */
function tamper(project: Project, path: string, text: string): void {
  const { atime, mtime } = statSync(project.at(path));
  project.write(path, text);
  utimesSync(project.at(path), atime, mtime);
}

test("a file that was only touched has nothing run", async () => {
  const project = await built();
  utimesSync(project.at("a.txt"), new Date(), new Date());
  expect([fresh(await project.build()), project.runs()]).toEqual([["end", "mid"], []]);
});

test("an output that comes out the same spares what reads it", async () => {
  const project = await built();
  project.write("a.txt", "abcXYZ\n".toUpperCase());
  await project.build();
  expect(project.runs()).toEqual(["mid", "end"]);
  project.write("a.txt", "ABCxyz\n");
  const run = await project.build();
  expect([ran(run), fresh(run), project.read("end.txt")]).toEqual([["mid"], ["end"], "ABC\n"]);
});

test("another content of the same size, with the time of change put back, is seen", async () => {
  const project = await built();
  tamper(project, "a.txt", "xyzdef\n");
  await project.build();
  expect(project.read("end.txt")).toBe("XYZ\n");
});

test("another content that is older than what was built is seen", async () => {
  const project = await built();
  project.write("a.txt", "xyzdef\n");
  utimesSync(project.at("a.txt"), new Date(0), new Date(0));
  await project.build();
  expect(project.read("end.txt")).toBe("XYZ\n");
});

test("an edit right after the build, of the same size, is seen", async () => {
  const project = chain();
  for (const text of ["aaa", "bbb", "ccc", "ddd"]) {
    project.write("a.txt", `${text}def\n`);
    await project.build();
    expect(project.read("end.txt")).toBe(`${text.toUpperCase()}\n`);
  }
});

test("a half-written file of a killed build is not believed", async () => {
  const project = await built();
  project.write("a.txt", "uvwxyz\n");
  const pipefile = project.read("Pipefile.ts");
  project.write(
    "Pipefile.ts",
    pipefile.replace("tr a-z A-Z", `printf HA > "$m"; touch half; [ -e ../go ] || sleep 60; tr a-z A-Z`),
  );
  const killed = await project.pipe(["build"], {
    onEvent: (event, end) => {
      if (event.type !== "step-started") return;
      const isHalf = setInterval(() => {
        if (!project.has("half")) return;
        clearInterval(isHalf);
        end("SIGKILL");
      }, 5);
    },
  });
  expect([killed.code, project.read("mid.txt"), project.read("end.txt")]).toEqual([null, "ABCDEF\n", "ABC\n"]);
  project.write("../go", "");
  await project.build();
  expect([project.read("mid.txt"), project.read("end.txt")]).toEqual(["UVWXYZ\n", "UVW\n"]);
});

test.each(["mid.txt", "end.txt"])(
  "an output that was tampered with, its size and times kept, is put right: %s",
  async (path) => {
    const project = await built();
    tamper(project, path, path === "mid.txt" ? "XXXXXX\n" : "XXX\n");
    const run = await project.build();
    expect([restored(run), project.runs()]).toEqual([[path.replace(".txt", "")], []]);
    expect([project.read("mid.txt"), project.read("end.txt")]).toEqual(["ABCDEF\n", "ABC\n"]);
  },
);

test("two builds at once run each step once", async () => {
  const project = chain();
  const runs = await Promise.all([project.build(), project.build()]);
  expect(project.runs()).toEqual(["mid", "end"]);
  expect(runs.flatMap(ran).toSorted()).toEqual(["end", "mid"]);
});

/** One step that reads its input between two edits: it touches `reading`, waits for `read`, reads, touches `done`, waits for `end`. */
function slow(): Project {
  const project = projectOf({ "a.txt": "old\n" });
  const until = (file: string): string => `until [ -e ${file} ]; do sleep 0.01; done`;
  project.pipefile(`{ slow: rule({ inputs: { a: "a.txt" }, outputs: { b: "b.txt" },
    run: counting("slow", 'touch reading; ${until("read")}; cp "$a" "$b"; touch done; ${until("end")}') }) }`);
  return project;
}

/** Calls back once each file is there. */
function whenThere(project: Project, steps: Readonly<Record<string, () => void>>): () => void {
  const open = Object.entries(steps);
  const poll = setInterval(() => {
    const [next] = open;
    if (next === undefined) clearInterval(poll);
    else if (project.has(next[0])) open.shift()?.[1]();
  }, 5);
  return () => clearInterval(poll);
}

test("an input that is edited after the step has read it: the result is for the new one", async () => {
  const project = slow();
  project.write("read", "");
  const stop = whenThere(project, {
    done() {
      project.write("a.txt", "new\n");
      project.write("end", "");
    },
  });
  await project.build();
  stop();
  expect([project.read("b.txt"), project.runs()]).toEqual(["new\n", ["slow", "slow"]]);
  expect(fresh(await project.build())).toEqual(["slow"]);
  project.write("a.txt", "old\n");
  await project.build();
  expect([project.read("b.txt"), project.runs()]).toEqual(["old\n", ["slow"]]);
});

test("an input that is edited before the step reads it, and put back after: nothing of it is kept, in the tree or the cache", async () => {
  const project = slow();
  const stop = whenThere(project, {
    reading() {
      project.write("a.txt", "bad\n");
      project.write("read", "");
    },
    done() {
      project.write("a.txt", "old\n");
      project.write("end", "");
    },
  });
  const run = await project.build();
  stop();
  expect([project.read("b.txt"), project.runs()]).toEqual(["old\n", ["slow", "slow"]]);
  expect(eventsOf(run, "step-built")[0]?.attempts).toBe(2);
  for (const text of ["bad", "old"]) {
    project.write("a.txt", `${text}\n`);
    await project.build();
    expect(project.read("b.txt")).toBe(`${text}\n`);
  }
  expect(readFileSync(project.at("logs/slow.log"), "utf8")).not.toBe("");
});

test("an input that is edited each time the step runs: it fails, and nothing is kept", async () => {
  const project = projectOf({ "a.txt": "0\n" });
  project.pipefile(
    `{ restless: rule({ inputs: { a: "a.txt" }, outputs: { b: "b.txt" }, run: counting("restless", 'cp "$a" "$b"; echo more >> a.txt') }) }`,
  );
  const run = await project.pipe(["build"]);
  const [event] = eventsOf(run, "step-failed");
  expect([run.code, event?.kind, project.has("b.txt")]).toEqual([1, "input-keeps-moving", false]);
  expect(event?.message).toContain("a.txt");
  expect(project.runs()).toEqual(["restless", "restless", "restless"]);
});
