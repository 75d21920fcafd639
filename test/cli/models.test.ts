/** The versions of a model: each is kept once before another takes its place, and any of them can be put back whole. */

import { cpSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { eventsOf, failed, ran, restored, warningsOf } from "../rig/events.ts";
import { killing } from "../rig/killer.ts";
import { projectOf } from "../rig/project.ts";
import { command } from "./command.ts";
import {
  BACKUP,
  digestFrom,
  foldersIn,
  modelled,
  modelledIn,
  rulesWith,
  SERIALIZE,
  standingFrom,
  statuses,
  TRAIN,
} from "../rig/modelled.ts";

const nameOf = (rows: string): string => `${digestFrom(rows).slice(0, 16)}.version`;

describe("what is kept", () => {
  test("each version that was live, with its files, figures and time, known by the digest of the model", async () => {
    const project = modelled();
    await project.from("1 a");
    await project.from("2 a");
    const [second, first] = await project.versions();
    expect([second?.status, second?.digest]).toEqual(["live", digestFrom("2 a")]);
    expect(first).toMatchObject({ status: "healthy", digest: digestFrom("1 a"), figures: { rmse: 1 }, isKept: true });
    expect(first?.files.map(({ path }) => path).toSorted()).toEqual([
      "model/checksum.txt",
      "model/model.bin",
      "model/model.pkl",
      "reports/metrics.json",
    ]);
    expect(project.read(`model/backup/${nameOf("1 a")}/model/model.pkl`)).toBe("pickle of 1 a\n");
    expect(Math.abs((second?.atMs ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test("the same content once, however often it comes back", async () => {
    const project = modelled();
    for (const rows of ["1 a", "2 a", "1 a", "2 a", "1 a"]) await project.from(rows);
    expect(statuses(await project.versions())).toEqual(["healthy 2", "live 1"]);
    expect(foldersIn(project)).toEqual([nameOf("1 a"), nameOf("2 a")].toSorted());
    const [one, two] = ["1 a", "2 a"].map((rows) => digestFrom(rows).slice(0, 12));
    expect(project.deployed()).toEqual([`live ${one}`, `live ${two}`, `live ${one}`, `live ${two}`, `live ${one}`]);
  });

  test("as many earlier ones as the rule says, beside the live one", async () => {
    const project = modelled(rulesWith("", BACKUP.replace("keep: 3", "keep: 2")));
    for (const rows of ["1 a", "2 a", "3 a", "4 a", "5 a"]) await project.from(rows);
    expect(statuses(await project.versions())).toEqual(["live 5", "healthy 4", "healthy 3"]);
  });

  test("and the newest healthy one, however many were rejected since", async () => {
    const project = modelled(rulesWith("", BACKUP.replace("keep: 3", "keep: 1")));
    await project.from("1 a");
    for (const rows of ["2 a", "3 a"]) {
      await project.from(rows);
      await project.pipe(["rollback"]);
      await project.pipe(["unpin", "model/model.pkl"]);
    }
    await project.from("4 a");
    expect(statuses(await project.versions())).toEqual(["live 4", "rejected 3", "rejected 2", "healthy 1"]);
    expect((await project.versions()).map(({ isKept }) => isKept)).toEqual([true, false, false, true]);
  });

  test("what stood there when the rule got its backup, before it is replaced", async () => {
    const project = modelled(rulesWith("", ""));
    await project.from("1 a");
    project.pipefile(rulesWith());
    await project.from("2 a");
    expect(statuses(await project.versions())).toEqual(["live 2", "healthy 1"]);
  });

  test("nothing of a model that a person edited: it is no version, and is kept as any edit is", async () => {
    const project = modelled();
    await project.from("1 a");
    rmSync(project.at("model/backup"), { recursive: true });
    project.write("model/model.pkl", "mine\n");
    expect(warningsOf(await project.from("2 a"))).toContain("rescued");
    expect(statuses(await project.versions())).toEqual(["live 2"]);
  });

  test("the live one again where the folder of the versions was taken away, though nothing else changed", async () => {
    const project = modelled();
    await project.from("1 a");
    while (!project.has(".pipe/unchanged")) await project.build();
    rmSync(project.at("model/backup"), { recursive: true });
    await project.build();
    expect(statuses(await project.versions())).toEqual(["live 1"]);
  });

  test("none where the folder is a link that leads nowhere, and that is told", async () => {
    const project = modelled();
    mkdirSync(project.at("model"));
    symlinkSync(project.at("gone"), project.at("model/backup"));
    const run = await project.from("1 a");
    expect([run.code, run.stderr, warningsOf(run)]).toEqual([0, "", ["not-kept"]]);
  });

  test("of a rejected one that it was, whatever change of a file dies while its files go", async () => {
    const template = modelled(rulesWith("", BACKUP.replace("keep: 3", "keep: 1")));
    await template.from("1 a");
    await template.from("2 a");
    await template.pipe(["rollback"]);
    await template.pipe(["unpin", "model/model.pkl"]);
    await template.from("3 a");
    template.write("rows.txt", "4 a\n");
    const envOf = killing();
    for (let at = 1, isOver = false; !isOver; at++) {
      const copy = projectOf();
      cpSync(template.root, copy.root, { recursive: true });
      const project = modelledIn(copy);
      isOver = (await project.pipe(["build", "serialize"], { env: envOf(at) })).code !== null;
      const rejected = (await project.versions()).filter(({ status }) => status === "rejected");
      expect([at, rejected.map(({ digest }) => digest)]).toEqual([at, [digestFrom("2 a")]]);
    }
  }, 240_000);

  test("a directory as the model", async () => {
    const project = projectOf();
    project.pipefile(
      `{ train: rule({ inputs: { rows: "rows.txt" }, outputs: { model: "model/saved/" }, backup: { to: "kept", keep: 2 }, run: 'mkdir -p "$model/parts"; cp "$rows" "$model/parts/a"; ln -s parts/a "$model/link"' }) }`,
    );
    const kept = modelledIn(project);
    await kept.from("1");
    await kept.from("2");
    const run = await project.pipe(["rollback"]);
    expect([run.code, project.read("model/saved/link")]).toEqual([0, "1\n"]);
    expect((await kept.versions()).map(({ status }) => status)).toEqual(["rejected", "live"]);
  });

  test("the versions are no input, no member of a directory, and of no glob", async () => {
    const project = modelled();
    await project.from("1 a");
    const read = `{ all: rule({ inputs: { model: "model/" , files: glob("model/**/*.pkl") }, outputs: { list: "list.txt" }, run: 'echo $files > "$list"' }) }`;
    const reader = projectOf();
    cpSync(project.at("model"), reader.at("model"), { recursive: true });
    reader.pipefile(read);
    await reader.build();
    expect(reader.read("list.txt")).toBe("model/model.pkl\n");
    cpSync(project.at("model/backup"), reader.at("model/other"), { recursive: true });
    expect(ran(await reader.build())).toEqual([]);
  });
});

describe("pipe rollback", () => {
  test("puts back the newest healthy version whole, and rejects what stood there", async () => {
    const project = modelled();
    for (const rows of ["1 a", "2 a", "3 a"]) await project.from(rows);
    const run = await project.pipe(["rollback", "--reason", "drift"]);
    expect(run.code).toBe(0);
    expect(project.standing()).toEqual(standingFrom("2 a"));
    expect(statuses(await project.versions())).toEqual(["rejected 3", "live 2", "healthy 1"]);
    expect((await project.versions())[0]?.mark).toMatchObject({ status: "rejected", reason: "drift" });
    expect(project.deployed().at(-1)).toBe(`rollback ${digestFrom("2 a").slice(0, 12)}`);
    expect(project.read("reports/builds.jsonl").split("\n").at(-2)).toContain('"kind":"pinned","reason":"drift"');
  });

  test("puts back what was live before, even if another was made since that was", async () => {
    const project = modelled();
    for (const rows of ["1 a", "2 a", "1 a", "3 a"]) await project.from(rows);
    expect((await project.pipe(["rollback"])).code).toBe(0);
    expect(project.standing()).toEqual(standingFrom("1 a"));
    expect(statuses(await project.versions())).toEqual(["rejected 3", "healthy 2", "live 1"]);
  });

  test("three builds later nothing has come back, whatever changed", async () => {
    const project = modelled();
    await project.from("1 a");
    await project.from("2 a");
    await project.pipe(["rollback"]);
    for (const rows of ["2 a", "3 a", "2 a"]) {
      const run = await project.from(rows);
      expect([run.code, project.standing()]).toEqual([0, standingFrom("1 a")]);
      expect(ran(run)).not.toContain("train");
    }
    expect(project.read("score.txt")).toBe("1 a\ndata\n");
  });

  test("what somebody takes away while it is held is put back", async () => {
    const project = modelled();
    await project.from("1 a");
    await project.from("2 a");
    await project.pipe(["rollback"]);
    rmSync(project.at("model/model.pkl"));
    expect(restored(await project.build())).toContain("serialize");
    expect(project.standing()).toEqual(standingFrom("1 a"));
  });

  test("after unpin the rejected one does not come again, and a new one does", async () => {
    const project = modelled();
    await project.from("1 a");
    await project.from("2 a");
    await project.pipe(["rollback"]);
    const ended = await project.pipe(["unpin", "model/model.pkl"]);
    expect(ended.stdout).toContain('"step":"train"');
    expect(ended.stdout).toContain('"step":"serialize"');
    for (let times = 0; times < 3; times++) {
      const run = await project.from("2 a");
      expect([run.code, project.standing()]).toEqual([1, standingFrom("1 a")]);
      expect(eventsOf(run, "step-held")[0]?.problem).toContain("rejected");
    }
    expect(project.runs().filter((step) => step === "train").length).toBe(2);
    expect((await project.from("3 a")).code).toBe(0);
    expect(project.standing()).toEqual(standingFrom("3 a"));
  });

  test.each([
    ["at once", []],
    ["while what was rejected waits", ["build"]],
  ])("after an unpin rejects what it put back before: %s", async (_, command) => {
    const project = modelled();
    for (const rows of ["1 a", "2 a", "3 a"]) await project.from(rows);
    await project.pipe(["rollback"]);
    await project.pipe(["unpin", "train"]);
    if (command.length > 0) expect((await project.pipe(command)).code).toBe(1);
    expect((await project.pipe(["rollback"])).code).toBe(0);
    const known = (await project.versions()).filter(({ status }) => status !== "candidate");
    expect(statuses(known)).toEqual(["rejected 3", "rejected 2", "live 1"]);
  });

  test("to the one that the first digits of a digest name, of the model or of any of its files", async () => {
    const project = modelled();
    for (const rows of ["1 a", "2 a", "3 a"]) await project.from(rows);
    expect((await project.pipe(["rollback", digestFrom("1 a").slice(0, 8)])).code).toBe(0);
    expect(project.standing()).toEqual(standingFrom("1 a"));
    const metrics = (await project.versions())
      .find(({ digest }) => digest === digestFrom("2 a"))
      ?.files.find(({ path }) => path === "reports/metrics.json");
    expect((await project.pipe(["rollback", metrics?.sha256?.slice(0, 12) ?? ""])).code).toBe(0);
    expect(project.standing()).toEqual(standingFrom("2 a"));
  });

  test("a rejected one only after somebody promoted it", async () => {
    const project = modelled();
    await project.from("1 a");
    await project.from("2 a");
    await project.pipe(["rollback"]);
    const digest = digestFrom("2 a").slice(0, 12);
    const refused = await project.pipe(["rollback", digest]);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(`pipe promote ${digest}`)]);
    expect((await project.pipe(["promote", digest, "--reason", "it was the data"])).code).toBe(0);
    expect((await project.pipe(["rollback", digest])).code).toBe(0);
    expect(project.standing()).toEqual(standingFrom("2 a"));
  });

  test("says what there is where nothing can be put back", async () => {
    const project = modelled();
    await project.from("1 a");
    const alone = await project.pipe(["rollback"]);
    expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining("error[no-model-version]")]);
    const unknown = await project.pipe(["rollback", "abcd1234"]);
    expect(unknown.stderr).toContain(digestFrom("1 a").slice(0, 12));
    expect(project.standing()).toEqual(standingFrom("1 a"));
  });

  test("nothing of a version that is not as it was kept", async () => {
    const project = modelled();
    await project.from("1 a");
    await project.from("2 a");
    project.write(`model/backup/${nameOf("1 a")}/model/model.pkl`, "other\n");
    const run = await project.pipe(["rollback"]);
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining("error[version-damaged]")]);
    expect(project.standing()).toEqual(standingFrom("2 a"));
    expect(statuses(await project.versions())).toEqual(["live 2", "healthy 1"]);
  });

  test("not in part: where a kill left no whole version to go on with, all of the one before comes back", async () => {
    const template = modelled();
    await template.from("1 a");
    await template.from("2 a");
    const envOf = killing();
    let taken = 0;
    for (let at = 1, isOver = false; !isOver; at++) {
      const copy = projectOf();
      cpSync(template.root, copy.root, { recursive: true });
      const project = modelledIn(copy);
      isOver = (await project.pipe(["rollback"], { env: envOf(at) })).code !== null;
      const staged = ".pipe/stage/rollback/model/model.pkl";
      if (!project.read(".pipe/state.log").includes('"together"') || !project.has(staged)) continue;
      project.remove(staged);
      taken += 1;
      await project.pipe(["status"]);
      expect(project.standing()).toEqual(standingFrom("2 a"));
      expect(project.deployed().length).toBe(2);
    }
    expect(taken).toBeGreaterThan(0);
  }, 240_000);

  test("whatever change of a file it dies before, it is told once", async () => {
    const template = modelled();
    await template.from("1 a");
    await template.from("2 a");
    const envOf = killing();
    for (let at = 1, isOver = false; !isOver; at++) {
      const copy = projectOf();
      cpSync(template.root, copy.root, { recursive: true });
      const project = modelledIn(copy);
      isOver = (await project.pipe(["rollback"], { env: envOf(at) })).code !== null;
      const listed = await project.versions();
      const isDone = project.read("model/model.bin") === "1 a\n";
      expect(statuses(listed)).toEqual(isDone ? ["rejected 2", "live 1"] : ["live 2", "healthy 1"]);
      expect(project.deployed().length).toBe(isDone ? 3 : 2);
    }
  }, 240_000);

  test("what a person edited is kept aside", async () => {
    const project = modelled();
    await project.from("1 a");
    await project.from("2 a");
    project.write("model/model.pkl", "mine\n");
    const run = await project.pipe(["rollback", digestFrom("1 a").slice(0, 8)]);
    expect(run.stderr).toContain("warning[rescued]");
    expect(project.standing()).toEqual(standingFrom("1 a"));
  });

  test("of a rule that has another name since, as long as it makes the same", async () => {
    const project = modelled();
    await project.from("1 a");
    project.pipefile(rulesWith().replace("serialize:", "pack:"));
    await project.from("2 a");
    const run = await project.pipe(["rollback"]);
    expect([run.code, run.stderr]).toEqual([0, ""]);
    expect(project.standing()).toEqual(standingFrom("1 a"));
  });

  test("of a Pipefile that makes other outputs now nothing is put back", async () => {
    const project = modelled();
    await project.from("1 a");
    project.pipefile(rulesWith().replace('metrics: "reports/metrics.json"', 'metrics: "reports/figures.json"'));
    await project.from("2 a");
    const run = await project.pipe(["rollback", digestFrom("1 a").slice(0, 8)]);
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining("error[version-misfit]")]);
  });
});

test("pipe verify finds a version that is not as it was kept", async () => {
  const project = modelled();
  await project.from("1 a");
  await project.from("2 a");
  const whole = await project.pipe(["verify"]);
  expect([whole.code, whole.stdout.includes('"versions":2')]).toEqual([0, true]);
  const path = `model/backup/${nameOf("1 a")}/model/model.pkl`;
  project.write(path, "other\n");
  const { code, out } = await command(["verify"], project.root);
  expect(code).toBe(1);
  expect(out).toContain(`changed   ${path}, a version of model/model.pkl: it cannot be put back\n`);
  expect(out).toContain("2 versions of models verified: 1 does not match");
});

describe("several models", () => {
  const RULES = `{
    train: rule({ inputs: { rows: "{land}.txt" }, outputs: { model: "model/{land}.bin" }, run: 'cp "$rows" "$model"' }),
    pack: rule({ inputs: { model: "model/{land}.bin" }, outputs: { packed: "model/{land}.pkl" }, backup: { to: "model/{land}.backup", keep: 2, with: ["model/{land}.bin"] }, run: 'cp "$model" "$packed"' }),
  }`;

  test("each filling of a wildcard has versions of its own, that are put back alone", async () => {
    const project = projectOf();
    project.pipefile(RULES);
    for (const [de, fr] of [
      [1, 1],
      [2, 1],
      [2, 2],
    ]) {
      project.write("de.txt", `de ${de}\n`);
      project.write("fr.txt", `fr ${fr}\n`);
      await project.build("model/de.pkl", "model/fr.pkl");
    }
    const run = await project.pipe(["rollback", "model/fr.pkl"]);
    expect(run.code).toBe(0);
    const standing = ["model/de.bin", "model/de.pkl", "model/fr.bin", "model/fr.pkl"].map((path) => project.read(path));
    expect(standing).toEqual(["de 2\n", "de 2\n", "fr 1\n", "fr 1\n"]);
    expect((await project.pipe(["models", "model/de.pkl"])).stdout).toContain("healthy");
    const unnamed = await project.pipe(["models"]);
    expect([unnamed.code, unnamed.stderr]).toEqual([2, expect.stringContaining("such as model/{land}.pkl")]);
  });

  test("without a name, where there are two: which one is asked for", async () => {
    const project = projectOf({ "rows.txt": "1 a\n" });
    project.pipefile(
      `{ a: rule({ inputs: {}, outputs: { m: "a.bin" }, backup: { to: "kept/a", keep: 1 }, run: 'echo a > "$m"' }), b: rule({ inputs: {}, outputs: { m: "b.bin" }, backup: { to: "kept/b", keep: 1 }, run: 'echo b > "$m"' }) }`,
    );
    await project.build();
    const run = await project.pipe(["rollback"]);
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining("a.bin, b.bin")]);
    expect(run.stderr).toContain("or the model: pipe rollback a.bin\n");
  });
});

describe("a Pipefile that cannot be meant", () => {
  test.each([
    ["a folder that is none", `backup: { to: "", keep: 5 }`, "without a folder"],
    ["a number that is none", `backup: { to: "kept", keep: 0 }`, "keeps 0"],
    ["another field", `backup: { to: "kept", keep: 1, every: 2 }`, "'every'"],
    ["a path that nothing makes", `backup: { to: "kept", keep: 1, with: ["nothing.txt"] }`, "nothing.txt"],
    ["a folder that is an output", `backup: { to: "model", keep: 1 }`, "model/"],
    ["a folder of pipe's own", `backup: { to: ".pipe/stage", keep: 1 }`, ".pipe/stage/"],
    ["a temporary model", `temp: true, backup: { to: "kept", keep: 1 }`, "temporary"],
  ])("%s", async (_, backup, said) => {
    const project = modelled(`{ train: rule({ ${TRAIN} }), serialize: rule({ ${SERIALIZE}, ${backup} }) }`);
    const run = await project.from("1 a");
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining("error[bad-rule]")]);
    expect(run.stderr).toContain(said);
  });

  test("what belongs to a model, but is removed after use", async () => {
    const run = await modelled(rulesWith("temp: true")).from("1 a");
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining("model/model.bin")]);
    expect(run.stderr).toContain("temporary");
  });

  test("no model at all", async () => {
    const project = modelled(rulesWith("", ""));
    const run = await project.pipe(["models"]);
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining("error[no-models]")]);
  });
});

test("what a person sees", async () => {
  const project = modelled();
  await project.from("1 a");
  await project.from("2 a");
  const { out } = await command(["rollback", "--reason", "drift"], project.root);
  const masked = (text: string): string =>
    text.replace(/\d{4}-\d{2}-\d{2}(?:T[\d:]+Z)?/g, "<time>").replace(/\S+@\S+/, "<who>:");
  const [one, two] = ["1 a", "2 a"].map((rows) => digestFrom(rows).slice(0, 12));
  expect(masked(out)).toBe(`rolled back  model/model.pkl to ${one} of <time>, from ${two}, which is rejected from now on
             model/checksum.txt (82 B)
             model/model.pkl (14 B)
             reports/metrics.json (43 B)
             model/model.bin (4 B)
it stays until 'pipe unpin model/model.pkl', whatever changes
`);
  expect(masked((await command(["models"], project.root)).out)).toBe(`model/model.pkl
  rejected  ${two}  <time>  rmse 2  <time> by <who>: "drift"
  live      ${one}  <time>  rmse 1
`);
  expect(failed(await project.build())).toEqual([]);
});
