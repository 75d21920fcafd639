/** Sources that lie elsewhere: asked for at each build, downloaded when they are others, and believed only if whole. */

import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { eventsOf, failed, fresh, partsOf, plansOf, ran, reasonsOf, skipped } from "../rig/events.ts";
import { projectOf, type Project } from "../rig/project.ts";
import { fileServer, type FileServer } from "../rig/server.ts";

const BODY = "name,mass\nAda,1\nBert,2\n";

/** `copy` makes out.txt of the served file, `after` counts its bytes. */
async function served(more = "", body = BODY): Promise<{ readonly project: Project; readonly server: FileServer }> {
  const server = await fileServer(body);
  const project = projectOf();
  project.write(
    "Pipefile.ts",
    `import { pipeline, rule, url } from "pipefile";
const copy = rule({ inputs: { a: url("${server.url}") }, outputs: { b: "out.txt" }, passEnv: ["RUNS"], ${more}
  run: 'echo copy >> "$RUNS"; cp "$a" "$b"; case "$a" in *table.csv) ;; *) exit 9;; esac' });
const after = rule({ inputs: { b: "out.txt" }, outputs: { c: "count.txt" }, passEnv: ["RUNS"],
  run: 'echo after >> "$RUNS"; wc -c < "$b" > "$c"' });
export default pipeline({ copy, after });
`,
  );
  return { project, server };
}

const bodies = (server: FileServer): number => server.answers().filter((answer) => answer === 200).length;

test("it is downloaded once; as long as the server says it is the same, nothing runs", async () => {
  const { project, server } = await served();
  expect(ran(await project.build())).toEqual(["after", "copy", server.url]);
  expect(project.read("out.txt")).toBe(BODY);
  for (let build = 0; build < 2; build++) {
    const run = await project.build();
    expect([ran(run), fresh(run)]).toEqual([[], ["after", "copy", server.url]]);
    expect(eventsOf(run, "step-started")).toEqual([]);
  }
  expect(server.answers()).toEqual([200, 304, 304]);
  expect(project.runs()).toEqual(["copy", "after"]);
});

test("another version is downloaded, and what reads it runs", async () => {
  const { project, server } = await served();
  await project.build();
  [server.body, server.etag] = [`${BODY}Cid,3\n`, '"2"'];
  const run = await project.build();
  expect(ran(run)).toEqual(["after", "copy", server.url]);
  expect(reasonsOf(run, server.url)).toEqual([{ part: "remote", name: server.url }]);
  expect(partsOf(run, "copy")).toEqual([expect.stringMatching(/^input \.pipe\/sources\/[0-9a-f]{16}\/table\.csv$/)]);
  expect(project.read("out.txt")).toBe(server.body);
  expect([server.answers(), fresh(await project.build()).length, server.answers()]).toEqual([[200, 200], 3, [304]]);
});

test("another version with the same bytes runs nothing that reads it", async () => {
  const { project, server } = await served();
  await project.build();
  server.etag = '"2"';
  const run = await project.build();
  expect([ran(run), fresh(run)]).toEqual([[server.url], ["after", "copy"]]);
  await project.build();
  expect(server.answers()).toEqual([200, 200, 304]);
});

test("a server that knows only times is asked by them", async () => {
  const { project, server } = await served();
  [server.etag, server.lastModified] = [undefined, "Mon, 23 Nov 2020 06:00:00 GMT"];
  await project.build();
  await project.build();
  [server.body, server.lastModified] = ["other\n", "Mon, 23 Nov 2020 06:00:01 GMT"];
  await project.build();
  expect(server.answers()).toEqual([200, 304, 200]);
  expect(project.read("out.txt")).toBe("other\n");
});

test("a time of just now is not believed: the file may have changed after it in the same second", async () => {
  const { project, server } = await served();
  server.etag = undefined;
  server.lastModified = server.date = "Mon, 23 Nov 2020 06:00:00 GMT";
  await project.build();
  server.body = "other\n";
  await project.build();
  expect(project.read("out.txt")).toBe("other\n");
});

test("of a server that knows no versions the bytes are compared", async () => {
  const { project, server } = await served();
  server.etag = undefined;
  await project.build();
  const run = await project.build();
  expect([ran(run), fresh(run)]).toEqual([[server.url], ["after", "copy"]]);
  expect(bodies(server)).toBe(2);
});

test.for(["deleted", "edited", "unrecorded"] as const)("a local copy that was %s is downloaded anew", async (how) => {
  const { project, server } = await served();
  await project.build();
  const [folder = ""] = readdirSync(project.at(".pipe/sources")).filter((name) => !name.endsWith(".json"));
  const local = `.pipe/sources/${folder}/table.csv`;
  if (how === "deleted") project.remove(local);
  else if (how === "edited") project.write(local, "tampered\n");
  else project.remove(`.pipe/sources/${folder}.json`);
  const run = await project.build();
  expect([ran(run), fresh(run)]).toEqual([[server.url], ["after", "copy"]]);
  expect(project.read(local)).toBe(BODY);
  expect(bodies(server)).toBe(2);
});

const RETRY = 'retry: { times: 2, delay: "1ms", on: ["network"] },';

describe("a failure of the network", () => {
  test.for([[503], [429], ["cut"], ["cut-chunked"], ["reset"]] as const)(
    "(%s) is tried again as the rule says",
    async ([way]) => {
      const { project, server } = await served(RETRY);
      server.ways = [way, way, "well"];
      const run = await project.build();
      expect(eventsOf(run, "step-retrying").map(({ step, kind }) => [step, kind])).toEqual([
        [server.url, "network"],
        [server.url, "network"],
      ]);
      expect(ran(run)).toEqual(["after", "copy", server.url]);
      expect(server.answers()).toEqual([way, way, 200]);
      expect(project.read("out.txt")).toBe(BODY);
    },
  );

  test.for([[500], ["cut"], ["cut-chunked"], ["reset"]] as const)(
    "(%s) leaves all that was there, and the next build mends it",
    async ([way]) => {
      const { project, server } = await served(RETRY);
      await project.build();
      [server.body, server.etag, server.ways] = ["a longer and other body\n", '"2"', [way]];
      const run = await project.pipe(["build"]);
      expect([run.code, failed(run), skipped(run)]).toEqual([1, [server.url], ["after", "copy"]]);
      expect(eventsOf(run, "step-failed")).toMatchObject([{ kind: "network" }]);
      expect(server.answers()).toEqual([200, way, way, way]);
      expect(project.read("out.txt")).toBe(BODY);
      server.ways = ["well"];
      expect(ran(await project.build())).toEqual(["after", "copy", server.url]);
      expect(project.read("out.txt")).toBe(server.body);
    },
  );

  test("is not tried again without a retry", async () => {
    const { project, server } = await served();
    server.ways = [503];
    const run = await project.pipe(["build"]);
    expect(eventsOf(run, "step-failed")).toMatchObject([
      { step: server.url, kind: "network", message: `${server.url} answered 503 Service Unavailable` },
    ]);
    expect(server.answers()).toEqual([503]);
  });

  test("is one too where no server is", async () => {
    const { project, server } = await served();
    await server.close();
    const run = await project.pipe(["build"]);
    expect(eventsOf(run, "step-failed")).toMatchObject([
      { kind: "network", message: expect.stringContaining("ECONNREFUSED") },
    ]);
  });
});

test.for([404, 403, 410])("%d is no failure of the network, and is not tried again", async (status) => {
  const { project, server } = await served(RETRY);
  server.ways = [status];
  const run = await project.pipe(["build"]);
  expect(eventsOf(run, "step-failed")).toMatchObject([
    { kind: "error", message: expect.stringContaining(`${server.url} answered ${status}`) },
  ]);
  expect(server.answers()).toEqual([status]);
});

test.for(["silent", "stalled"] as const)("a server that is %s is given up after the rule's timeout", async (way) => {
  const { project, server } = await served('timeout: "300ms",');
  server.ways = [way];
  const run = await project.pipe(["build"]);
  expect(eventsOf(run, "step-failed")).toMatchObject([{ step: server.url, kind: "timeout" }]);
  expect(project.has("out.txt")).toBe(false);
});

test("a redirection is followed", async () => {
  const { project, server } = await served();
  server.ways = ["redirected"];
  await project.build();
  expect(fresh(await project.build())).toEqual(["after", "copy", server.url]);
  expect(server.answers()).toEqual([302, 200, 302, 304]);
});

describe("--offline", () => {
  test("holds with --force too", async () => {
    const { project, server } = await served();
    await project.build();
    server.answers();
    expect(ran(await project.build("--offline", "--force"))).toEqual(["after", "copy"]);
    expect(server.answers()).toEqual([]);
  });

  test("takes what was fetched last, and asks nobody", async () => {
    const { project, server } = await served();
    await project.build();
    await server.close();
    const run = await project.build("--offline");
    expect(fresh(run)).toEqual(["after", "copy", server.url]);
  });

  test("fails where nothing was fetched yet, and says what to do", async () => {
    const { project, server } = await served();
    const run = await project.pipe(["build", "--offline"]);
    expect([run.code, skipped(run), server.answers()]).toEqual([1, ["after", "copy"], []]);
    expect(eventsOf(run, "step-failed")).toMatchObject([
      {
        step: server.url,
        message: `${server.url} was never fetched, and --offline asks no server`,
        hint: "build once without --offline",
      },
    ]);
  });
});

test("what is read by two rules, or twice in a list, is asked for once", async () => {
  const server = await fileServer(BODY);
  const project = projectOf({ "b.csv": "b\n" });
  project.write(
    "Pipefile.ts",
    `import { pipeline, rule, url } from "pipefile";
const table = url("${server.url}");
const one = rule({ inputs: { a: table }, outputs: { b: "one.txt" }, run: 'cp "$a" "$b"' });
const all = rule({ inputs: { list: ["b.csv", table] }, outputs: { b: "all.txt" }, run: 'cat $list > "$b"' });
export default pipeline({ one, all });
`,
  );
  expect(ran(await project.build())).toEqual(["all", server.url, "one"].toSorted());
  expect([project.read("all.txt"), project.read("one.txt")]).toEqual([`b\n${BODY}`, BODY]);
  expect(server.answers()).toEqual([200]);
});

test("status and why say what holds by the last answer, and ask nobody", async () => {
  const { project, server } = await served();
  expect(plansOf(await project.pipe(["status"]))).toMatchObject({ [server.url]: "would-run", copy: "would-run" });
  await project.build();
  [server.etag, server.body] = ['"2"', "other\n"];
  server.answers();
  expect(plansOf(await project.pipe(["status"]))).toEqual({ [server.url]: "fresh", copy: "fresh", after: "fresh" });
  expect((await project.pipe(["why", "copy"])).code).toBe(0);
  expect((await project.pipe(["build", "--dry-run"])).code).toBe(0);
  expect(server.answers()).toEqual([]);
});

test("clean leaves what was fetched, unless it is named; verify looks at it", async () => {
  const { project, server } = await served();
  await project.build();
  expect((await project.pipe(["verify"])).code).toBe(0);
  expect((await project.pipe(["clean"])).code).toBe(0);
  expect(project.has("out.txt")).toBe(false);
  await project.build();
  expect(server.answers()).toEqual([200, 304]);
  expect((await project.pipe(["clean", server.url])).code).toBe(0);
  await project.build();
  expect(bodies(server)).toBe(1);
});

test("what no rule names any more is removed by clean --dead", async () => {
  const { project } = await served();
  await project.build();
  project.pipefile(`{ other: rule({ inputs: {}, outputs: { b: "other.txt" }, run: 'echo > "$b"' }) }`);
  await project.build();
  expect((await project.pipe(["clean", "--dead"])).code).toBe(0);
  expect(project.has(".pipe/sources")).toBe(false);
});

test("a kill in the middle of a download leaves what was there, and the next build mends it", async () => {
  const { project, server } = await served();
  await project.build();
  [server.body, server.etag, server.ways] = ["a longer and other body\n", '"2"', ["stalled"]];
  const killed = await project.pipe(["build"], {
    onEvent: (event, end) => {
      if (event.type === "step-progress" && event.step === server.url) end("SIGKILL");
    },
  });
  expect(killed.code).toBeNull();
  expect(project.read("out.txt")).toBe(BODY);
  server.ways = ["well"];
  expect(ran(await project.build())).toEqual(["after", "copy", server.url]);
  expect(project.read("out.txt")).toBe(server.body);
});

test("a module reads it by its path, and a gzip is known by its name", async () => {
  const server = await fileServer(BODY, "/packed/table.csv.gz?version=2");
  const project = projectOf({
    "read.ts": `import { readFileSync, writeFileSync } from "node:fs";
export default ({ inputs, outputs }: any) => writeFileSync(outputs.b, inputs.a.split("/").at(-1) + readFileSync(inputs.a, "utf8"));
`,
  });
  project.write(
    "Pipefile.ts",
    `import { pipeline, rule, url } from "pipefile";
export default pipeline({ read: rule({ inputs: { a: url("${server.url}") }, outputs: { b: "out.txt" }, run: () => import("./read.ts") }) });
`,
  );
  await project.build();
  expect(project.read("out.txt")).toBe(`table.csv.gz${BODY}`);
});

describe("before anything runs it is refused", () => {
  test.for([
    [
      "as an output",
      'inputs: {}, outputs: { b: "https://127.0.0.1/a.csv" }',
      "makes https://127.0.0.1/a.csv, which is a URL",
    ],
    [
      "with a password",
      'inputs: { a: url("http://me:secret@127.0.0.1/a.csv") }, outputs: { b: "out.txt" }',
      "has a user or a password in it",
    ],
    [
      "with a wildcard",
      'inputs: { a: url("http://127.0.0.1/{x}.csv") }, outputs: { b: "out-{x}.txt" }',
      "has a wildcard; only a path may",
    ],
    ["where it is none", 'inputs: { a: url("http://") }, outputs: { b: "out.txt" }', "is no URL of http or https"],
  ] as const)("%s", async ([, fields, problem]) => {
    const project = projectOf();
    project.write(
      "Pipefile.ts",
      `import { pipeline, rule, url } from "pipefile";\nurl;\nexport default pipeline({ a: rule({ ${fields}, run: "true" }) });\n`,
    );
    const run = await project.pipe(["build"]);
    expect(run.code).toBe(2);
    expect(run.stdout + run.stderr).toContain(problem);
    expect(run.stdout + run.stderr).not.toContain("secret");
  });
});
