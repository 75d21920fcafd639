/** `pipe restore`: an earlier version is put back whole, and stays until `pipe unpin`, whatever changes. */

import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { eventsOf, failed, fresh, plansOf, ran, restored, warningsOf } from "../rig/events.ts";
import { filesBelow } from "../rig/snapshot.ts";
import { command } from "./command.ts";
import { answerOf, overridden, RULES, type Overridden } from "./overridden.ts";

const ONE = ["ONE 1", "ONE"];
const TWO = ["TWO 1", "TWO"];
const THREE = ["THREE 1", "THREE"];

const heldIn = (run: Awaited<ReturnType<Overridden["build"]>>): unknown =>
  eventsOf(run, "step-fresh").filter(({ override }) => override !== undefined);

describe("which version", () => {
  test("without --at: the newest whose bytes differ from what stands there", async () => {
    const project = await overridden();
    const answer = answerOf(await project.pipe(["restore", "train", "--reason", "last good"]));
    expect(answer).toMatchObject({ step: "train", version: { build: project.builds[1] } });
    expect(answer.override).toMatchObject({
      kind: "restored",
      reason: "last good",
      who: expect.stringMatching(/^.+@.+$/),
    });
    expect(Math.abs(answer.override.atMs - Date.now())).toBeLessThan(60_000);
    expect(project.standing().slice(0, 2)).toEqual(TWO);
    expect(project.runs()).toEqual([]);
  });

  test("an edit of one output makes the version that was built last differ from what stands there", async () => {
    const project = await overridden();
    project.write("model/model.bin", "mine");
    const run = await project.pipe(["restore", "model/model.bin"]);
    expect(answerOf(run).version.build).toBe(project.builds[2]);
    expect(project.standing().slice(0, 2)).toEqual(THREE);
    expect(run.stderr).toContain("warning[rescued]");
    const [kept = ""] = filesBelow(project.at(".pipe/rescued"));
    expect(project.read(`.pipe/rescued/${kept}`)).toBe("mine");
  });

  test("by build, by a digest's first digits, by time", async () => {
    const project = await overridden();
    const [first = "", second = ""] = project.builds;
    const at = async (text: string): Promise<string> =>
      answerOf(await project.pipe(["restore", "train", "--at", text])).version.build;
    expect(await at(first)).toBe(first);
    expect(project.standing().slice(0, 2)).toEqual(ONE);
    const { outputs } = answerOf(await project.pipe(["restore", "train", "--at", second]));
    expect(project.standing().slice(0, 2)).toEqual(TWO);
    await at(first);
    // The same bytes came back just now, under the name of that deed.
    await at(outputs[0]?.digest.slice(0, 8) ?? "");
    expect(project.standing().slice(0, 2)).toEqual(TWO);
    await at(first);
    await at(outputs[1]?.digest.slice(0, 13) ?? "");
    expect(project.standing().slice(0, 2)).toEqual(TWO);
    const years = new Map(project.builds.map((build, index) => [build, 2020 + index]));
    const dated = project
      .read("reports/builds.jsonl")
      .split("\n")
      .filter((line) => line !== "" && !line.includes('"override"'))
      .map((line) => JSON.parse(line) as { readonly build: string })
      .map((line) => JSON.stringify({ ...line, at: `${years.get(line.build)}-01-01T00:00:00.000Z` }));
    project.write("reports/builds.jsonl", dated.join("\n"));
    expect(await at("2020-12-31")).toBe(first);
    expect(await at("2021-01-01")).toBe(second);
  });

  test("--list tells time, build and digests of each, what stands there, and what the cache has lost", async () => {
    const project = await overridden();
    loseObject(project, "ONE 1\n");
    const { out } = await command(["restore", "train", "--list"], project.root);
    const [third, second, first] = [2, 1, 0].map((at) => project.builds[at]);
    const lines = out.split("\n").map((line) => line.replace(/^ {2}[\dT:-]{19}Z/, "  TIME"));
    expect(lines.filter((line) => line.includes("model.bin"))).toEqual([
      expect.stringMatching(`^  TIME  ${third}  [0-9a-f]{8}  model/model.bin, stands there now$`),
      expect.stringMatching(`^  TIME  ${second}  [0-9a-f]{8}  model/model.bin$`),
      expect.stringMatching(`^  TIME  ${first}  [0-9a-f]{8}  model/model.bin, no longer in the cache$`),
    ]);
    const [answer] = (await project.pipe(["restore", "train", "--list"])).events as readonly unknown[];
    expect(answer).toMatchObject({
      step: "train",
      versions: [
        { build: third, isKept: true, isCurrent: true },
        { build: second, isKept: true, isCurrent: false },
        { build: first, isKept: false, isCurrent: false },
      ],
    });
    expect((await project.status("train"))?.override).toBeUndefined();
  });

  test.each([
    ["2001-01-01", "no version of train is known by '2001-01-01'"],
    ["beef", "no version of train is known by 'beef'"],
    ["latest", "no version of train is known by 'latest'"],
  ])("--at %s, which none is: an error that lists those there are", async (at, problem) => {
    const project = await overridden();
    const run = await project.pipe(["restore", "train", "--at", at]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(`error[no-version]: ${problem}; there are\n`);
    for (const build of project.builds) expect(run.stderr).toContain(`Z  ${build}  `);
    expect(run.stderr).toContain(`pipe restore train --at ${project.builds[2]}`);
    expect(project.standing().slice(0, 2)).toEqual(THREE);
  });

  test("one that the cache has lost or that is damaged there is an error that lists the others", async () => {
    const project = await overridden();
    const [first = "", second = ""] = project.builds;
    loseObject(project, "ONE 1\n");
    const lost = await project.pipe(["restore", "train", "--at", first]);
    expect([lost.code, lost.stderr]).toEqual([
      2,
      expect.stringContaining(`no longer has all of train as of build ${first}`),
    ]);
    expect(lost.stderr).not.toContain(`Z  ${first}`);
    damageObject(project, "TWO 1\n");
    const damaged = await project.pipe(["restore", "train", "--at", second]);
    expect([damaged.code, damaged.stderr]).toEqual([2, expect.stringContaining("is damaged in the cache")]);
    expect(damaged.stderr).not.toContain(`Z  ${second}`);
    expect(project.standing().slice(0, 2)).toEqual(THREE);
    const none = await project.pipe(["restore", "train"]);
    expect([none.code, none.stderr]).toEqual([
      2,
      expect.stringContaining("no version of train is kept but what stands"),
    ]);
  });

  test("a torn line of the ledger is passed over", async () => {
    const project = await overridden();
    appendFileSync(
      project.at("reports/builds.jsonl"),
      '{"v":1,"step":"train","type":"step-built","outpu\nnull\n"step":"train"\n',
    );
    expect(answerOf(await project.pipe(["restore", "train"])).version.build).toBe(project.builds[1]);
  });

  test("of a rule that keeps nothing there is none, and the error says why", async () => {
    const project = await overridden(RULES.replace("params: {", "cache: false, params: {"));
    const run = await project.pipe(["restore", "train"]);
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining("cache: false")]);
  });
});

test("a step, not several, is restored; sources and strangers are not", async () => {
  const project = await overridden(`{
    sum: rule({ inputs: { text: "{t}.txt" }, outputs: { s: "out/{t}.sum" }, run: 'wc -c < "$text" > "$s"' }),
    all: rule({ inputs: { s: ["out/raw.sum", "out/other.sum"] }, outputs: { a: "all.txt" }, run: 'cat out/*.sum > "$a"' }),
    other: rule({ inputs: {}, outputs: { o: "other.txt" }, run: 'echo > "$o"' }),
  }`);
  expect((await project.pipe(["restore", "out/"])).stderr).toContain("error[unknown-target]");
  expect((await project.pipe(["restore", "raw.txt"])).stderr).toContain("raw.txt is a source");
  expect((await project.pipe(["restore"])).stderr).toContain("'pipe restore' takes one target");
  expect(answerOf(await project.pipe(["restore", "out/raw.sum"])).step).toBe("sum:t=raw");
});

test("while it holds, the step is fresh with that note, and its dependents read its bytes", async () => {
  const project = await overridden();
  answerOf(await project.pipe(["restore", "train", "--reason", "last good"]));
  const override = { kind: "restored", reason: "last good", who: expect.any(String), atMs: expect.any(Number) };
  expect(await project.status("train")).toMatchObject({ plan: "fresh", reasons: [], override });
  expect(await project.status("score")).toMatchObject({ plan: "would-restore" });
  const run = await project.build();
  expect(heldIn(run)).toEqual([{ v: 1, type: "step-fresh", step: "train", override }]);
  expect(restored(run)).toEqual(["score"]);
  expect(eventsOf(run, "build-finished")).toMatchObject([{ fresh: 2, restored: 1, held: 1 }]);
  expect(project.standing()).toEqual([...TWO, "s:TWO 1"]);
  expect(project.runs()).toEqual([]);
});

test("it holds when inputs, params and code change, and its dependents go on with its bytes", async () => {
  const project = await overridden();
  answerOf(await project.pipe(["restore", "train"]));
  const run = await project.source("four");
  expect([ran(run), fresh(run), restored(run)]).toEqual([["clean"], ["train"], ["score"]]);
  project.pipefile(
    RULES.replace("seed: 1", "seed: 2").replace("wc", "wc ").replace('mkdir "$parts"', 'mkdir -p "$parts"'),
  );
  const again = await project.build("--param", "train.seed=9");
  expect([ran(again), fresh(again)]).toEqual([[], ["clean", "score", "train"]]);
  expect(project.standing()).toEqual([...TWO, "s:TWO 1"]);
});

test("status and a dry run know that it holds, whatever becomes of its inputs", async () => {
  const project = await overridden();
  answerOf(await project.pipe(["restore", "train"]));
  project.write("raw.txt", "four\n");
  const plans = { clean: "would-run", train: "fresh", score: "would-restore" };
  expect(plansOf(await project.pipe(["status"]))).toEqual(plans);
  const dry = await project.pipe(["build", "-n", "--force", "clean"]);
  expect(plansOf(dry)).toEqual(plans);
  expect(heldIn(dry)).toMatchObject([{ step: "train", override: { kind: "restored" } }]);
  project.remove("model/model.bin");
  const uncached = await project.pipe(["build", "-n", "--no-cache"]);
  expect(eventsOf(uncached, "step-planned")).toMatchObject([
    { step: "clean", plan: "would-run" },
    { step: "train", plan: "would-restore", override: { kind: "restored" } },
    { step: "score", plan: "would-run" },
  ]);
});

test("each build tells of it, the one in which nothing changed too", async () => {
  const project = await overridden();
  answerOf(await project.pipe(["restore", "train", "--reason", "last good"]));
  // Old enough that a build may remember what it saw.
  await new Promise((resolve) => setTimeout(resolve, 120));
  await project.build();
  await new Promise((resolve) => setTimeout(resolve, 120));
  for (let at = 0; at < 3; at++) {
    const { out } = await command(["build"], project.root);
    expect(out).toMatch(
      /^fresh {5}train, restored \d{4}-\d\d-\d\d by .+@.+: "last good"\nup to date; 1 step held by an override\n$/,
    );
  }
});

test("status and why tell of it, also why a step that reads its bytes is stale", async () => {
  const project = await overridden();
  answerOf(await project.pipe(["restore", "train", "--reason", "last good"]));
  const text = async (...args: readonly string[]): Promise<string> =>
    (await command(args, project.root)).out.replaceAll(/\d{4}-\d\d-\d\d by \S+:/g, "DAY by ADA:");
  expect(await text("status")).toContain('fresh          train, restored DAY by ADA: "last good"\n');
  expect(await text("status")).toContain("; 1 step held by an override\n");
  expect(await text("why", "train")).toBe(
    `train is fresh: restored DAY by ADA: "last good", until 'pipe unpin train'\n`,
  );
  expect(await text("why", "score")).toContain(
    'because model/model.bin changed: train is restored DAY by ADA: "last good"',
  );
});

describe("an output that is missing or edited while it holds", () => {
  test("is put back from the cache, and the edit is kept", async () => {
    const project = await overridden();
    answerOf(await project.pipe(["restore", "train"]));
    await project.source("four");
    project.write("model/model.bin", "mine");
    rmSync(project.at("model/parts"), { recursive: true });
    expect(await project.status("train")).toMatchObject({ plan: "would-restore", override: { kind: "restored" } });
    expect(await project.status("score")).toMatchObject({ plan: "fresh" });
    const run = await project.build();
    expect(eventsOf(run, "step-restored")).toMatchObject([
      {
        step: "train",
        reasons: [
          { part: "output", name: "model/model.bin" },
          { part: "output", name: "model/parts/" },
        ],
        override: { kind: "restored" },
      },
    ]);
    expect(eventsOf(run, "build-finished")).toMatchObject([{ built: 0, restored: 1, fresh: 2, held: 1 }]);
    expect(warningsOf(run)).toEqual(["rescued"]);
    const [kept = ""] = filesBelow(project.at(".pipe/rescued"));
    expect(project.read(`.pipe/rescued/${kept}`)).toBe("mine");
    expect(project.standing()).toEqual([...TWO, "s:TWO 1"]);
    expect(fresh(await project.build())).toContain("train");
  });

  test("is put back with --no-cache too: that is about what runs make", async () => {
    const project = await overridden();
    answerOf(await project.pipe(["restore", "train"]));
    project.remove("model/model.bin");
    expect(restored(await project.build("--no-cache"))).toEqual(["train"]);
    expect(project.standing().slice(0, 2)).toEqual(TWO);
  });

  test("fails the step where the bytes are gone, and says: pipe unpin", async () => {
    const project = await overridden();
    answerOf(await project.pipe(["restore", "train"]));
    loseObject(project, "TWO 1\n");
    expect(fresh(await project.build())).toContain("train");
    project.remove("model/model.bin");
    expect(await project.status("train")).toMatchObject({ plan: "would-fail" });
    const run = await project.pipe(["build"]);
    expect([run.code, failed(run)]).toEqual([1, ["train"]]);
    expect(eventsOf(run, "step-failed")).toMatchObject([
      {
        message: expect.stringMatching(
          /^train is restored .* but the cache no longer has what stood at model\/model.bin$/,
        ),
        hint: expect.stringContaining("pipe unpin train"),
      },
    ]);
    answerOf(await project.pipe(["unpin", "train"]));
    expect(restored(await project.build())).toContain("train");
    expect(project.standing()).toEqual([...THREE, "s:THREE 1"]);
  });

  test("fails the step where the rule declares other outputs by now", async () => {
    const project = await overridden();
    answerOf(await project.pipe(["restore", "train"]));
    project.pipefile(RULES.replaceAll("model/model.bin", "model/renamed.bin"));
    const run = await project.pipe(["build"]);
    expect(eventsOf(run, "step-failed")).toMatchObject([
      {
        message: expect.stringContaining("declares other outputs by now"),
        hint: expect.stringContaining("pipe unpin"),
      },
    ]);
  });
});

test("a rule's new name ends nothing", async () => {
  const project = await overridden();
  answerOf(await project.pipe(["restore", "train"]));
  project.pipefile(RULES.replace("train: rule", "fit: rule"));
  expect(heldIn(await project.build())).toMatchObject([{ step: "fit", override: { kind: "restored" } }]);
  project.remove("model/model.bin");
  await project.build();
  expect(project.standing().slice(0, 2)).toEqual(TWO);
  answerOf(await project.pipe(["unpin", "fit"]));
  expect(heldIn(await project.build())).toEqual([]);
});

test.each([["--force"], ["--force", "train"], ["--force", "train", "-n"]])(
  "build %s %s %s of such a step is refused before anything runs",
  async (...flags) => {
    const project = await overridden();
    answerOf(await project.pipe(["restore", "train", "--reason", "last good"]));
    const run = await project.pipe(["build", ...flags]);
    expect([run.code, run.events, project.runs()]).toEqual([2, [], []]);
    expect(run.stderr).toMatch(
      /error\[override-held\]: .*train is restored .*: "last good"\n {2}hint: 'pipe unpin train'/,
    );
    expect(project.standing().slice(0, 2)).toEqual(TWO);
    expect(ran(await project.build("--force", "clean"))).toEqual(["clean"]);
  },
);

describe("pipe unpin", () => {
  test("ends it: the next build restores the right version, and nothing runs", async () => {
    const project = await overridden();
    answerOf(await project.pipe(["restore", "train", "--reason", "last good"]));
    await project.build();
    const { code, out } = await command(["unpin", "model/model.bin"], project.root);
    expect([code, out]).toEqual([0, expect.stringMatching(/^unpinned {2}train, which was restored .*: "last good"\n/)]);
    expect(project.standing().slice(0, 2)).toEqual(TWO);
    expect(await project.status("train")).toMatchObject({ plan: "would-restore" });
    const run = await project.build();
    expect([restored(run), project.runs(), warningsOf(run)]).toEqual([["score", "train"], [], []]);
    expect(project.standing()).toEqual([...THREE, "s:THREE 1"]);
  });

  test("of what is not held is an error that names what is", async () => {
    const project = await overridden();
    expect((await project.pipe(["unpin", "train"])).stderr).toContain("no step is held by an override");
    answerOf(await project.pipe(["restore", "train"]));
    const run = await project.pipe(["unpin", "clean"]);
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining("hint: held are train")]);
  });

  test("names a step that is no longer declared", async () => {
    const project = await overridden();
    answerOf(await project.pipe(["restore", "train"]));
    project.pipefile(`{ other: rule({ inputs: {}, outputs: { o: "o.txt" }, run: 'echo > "$o"' }) }`);
    expect((await project.pipe(["unpin", "train"])).code).toBe(0);
  });
});

test("the override is not in the cache: what it held is no candidate for the inputs of now", async () => {
  const project = await overridden();
  const entries = (): readonly string[] =>
    readdirSync(project.at(".pipe/cache/entries")).map((name) => project.read(`.pipe/cache/entries/${name}`));
  const before = entries();
  answerOf(await project.pipe(["restore", "train"]));
  await project.build("train");
  expect(entries()).toEqual(before);
});

test("a newer restoring replaces the older, and is among the versions itself", async () => {
  const project = await overridden();
  const [first = "", second = ""] = project.builds;
  answerOf(await project.pipe(["restore", "train", "--at", first, "--reason", "a"]));
  answerOf(await project.pipe(["restore", "train", "--at", second, "--reason", "b"]));
  expect((await project.status("train"))?.override).toMatchObject({ reason: "b" });
  const day = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  answerOf(await project.pipe(["restore", "train", "--at", first]));
  answerOf(await project.pipe(["restore", "train", "--at", day]));
  expect(project.standing().slice(0, 2)).toEqual(ONE);
});

function objectOf(project: Overridden, text: string): string {
  const folder = project.at(".pipe/cache/objects");
  const name = readdirSync(folder).find((file) => readFileSync(join(folder, file), "utf8") === text);
  return join(folder, name ?? "none");
}

const loseObject = (project: Overridden, text: string): void => rmSync(objectOf(project, text));
const damageObject = (project: Overridden, text: string): void => writeFileSync(objectOf(project, text), "garbage");

test("what it would be made from need not be made, nor be makeable, while it holds", async () => {
  const project = await overridden();
  await project.pipe(["restore", "train", "--at", project.builds[0] ?? ""]);
  project.write("Pipefile.ts", project.read("Pipefile.ts").replace("tr a-z A-Z", "exit 1; tr a-z A-Z"));
  project.runs();
  const run = await project.build("score");
  expect([restored(run), project.standing(), project.runs()]).toEqual([["score"], ["ONE 1", "ONE", "s:ONE 1"], []]);
  expect((await project.pipe(["build"])).code).toBe(1);
  project.remove("raw.txt");
  expect(fresh(await project.build("score"))).toEqual(["score", "train"]);
});
