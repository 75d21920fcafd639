/** A new model goes live only where it is good enough; one that is not waits, and what stood there stays. */

import { rmSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { eventsOf, failed, fresh, plansOf, ran, restored, skipped } from "../rig/events.ts";
import { actionOf } from "../rig/pipefile.ts";
import { command } from "./command.ts";
import {
  BACKUP,
  digestFrom,
  foldersIn,
  modelled,
  rulesWith,
  sha256,
  standingFrom,
  statuses,
  TRAIN,
  type Modelled,
} from "../rig/modelled.ts";

const gate = (fields: string): string => rulesWith(`promote: { metric: "rmse", ${fields} }`);
const ALONE = `backup: { to: "model/backup", keep: 3 }, promote: { metric: "rmse", max: 100 }`;
const NO_WORSE = gate("orNoWorseThan: 0.05");

/** Live is `10 a`. */
async function gated(rules = NO_WORSE): Promise<Modelled> {
  const project = modelled(rules);
  expect((await project.from("10 a")).code).toBe(0);
  project.runs();
  return project;
}

const problemIn = (run: Awaited<ReturnType<Modelled["from"]>>): string | undefined =>
  eventsOf(run, "step-held")[0]?.problem;
const candidateOf = (rows: string): string => sha256(`${rows}\n`);

describe("a model that is worse than allowed", () => {
  test("is not published: what stood there stays, and the build ends with 1", async () => {
    const project = await gated();
    const run = await project.from("10.6 a");
    expect(run.code).toBe(1);
    expect(eventsOf(run, "step-held")).toMatchObject([{ step: "train", candidate: candidateOf("10.6 a") }]);
    expect(problemIn(run)).toBe("rmse is 10.6, worse than the live model's 10 by more than 5 %");
    expect(eventsOf(run, "build-finished")).toMatchObject([{ candidates: 1, failed: 0, exitCode: 1 }]);
    expect(project.standing()).toEqual(standingFrom("10 a"));
    expect(statuses(await project.versions())).toEqual(["candidate 10.6", "live 10"]);
  });

  test("is not made again from the same inputs", async () => {
    const project = await gated();
    await project.from("10.6 a");
    expect(project.runs()).toEqual(["train"]);
    for (let times = 0; times < 2; times++) expect((await project.pipe(["build", "--no-cache"])).code).toBe(1);
    expect(project.runs()).toEqual([]);
  });

  test("leaves its dependents to go on with the live one", async () => {
    const project = await gated();
    project.write("data.txt", "new\n");
    const run = await project.from("10.6 a");
    expect([ran(run), fresh(run)]).toEqual([["score"], ["serialize"]]);
    expect(project.read("score.txt")).toBe("10 a\nnew\n");
  });

  test("is what status and why speak of", async () => {
    const project = await gated();
    await project.from("10.6 a");
    expect(plansOf(await project.pipe(["status"]))).toMatchObject({ train: "held", serialize: "fresh" });
    expect((await project.pipe(["status", "--check"])).code).toBe(1);
    expect((await command(["why", "train"], project.root)).out).toMatch(/^train is held back .*: rmse is 10\.6/);
    expect((await command(["build", "-n"], project.root)).out).toContain("held           train, held back");
  });

  test("is made again when its inputs change, and goes live if it is better then", async () => {
    const project = await gated();
    await project.from("10.6 a");
    expect((await project.from("10.4 a")).code).toBe(0);
    expect(project.standing()).toEqual(standingFrom("10.4 a"));
    expect(foldersIn(project).filter((name) => name.includes("candidate"))).toEqual([]);
  });

  test("of a rule that always runs is made again in each build, and can be let through all the same", async () => {
    const project = await gated(gate("orNoWorseThan: 0.05").replace("promote:", "always: true, promote:"));
    await project.from("10.6 a");
    project.runs();
    expect(plansOf(await project.pipe(["status"]))).toMatchObject({ train: "would-run" });
    expect((await project.pipe(["build"])).code).toBe(1);
    expect(project.runs()).toEqual(["train"]);
    expect((await project.pipe(["promote", candidateOf("10.6 a").slice(0, 8), "--reason", "x"])).code).toBe(0);
    expect(project.read("model/model.bin")).toBe("10.6 a\n");
  });

  test("leaves a model that a person edited what it is: no version of the model", async () => {
    const project = await gated(gate("max: 12"));
    project.write("model/model.bin", "mine\n");
    expect((await project.from("13 a")).code).toBe(1);
    expect(statuses(await project.versions())).toEqual(["candidate 13", "healthy 10"]);
    expect(project.read("model/model.bin")).toBe("mine\n");
  });

  test("is held for good reasons alone: taken back, the inputs of before are fresh", async () => {
    const project = await gated();
    await project.from("10.6 a");
    const run = await project.from("10 a");
    expect([run.code, fresh(run).includes("train") || restored(run).includes("train")]).toEqual([0, true]);
    expect(project.runs()).toEqual(["train"]);
  });

  test.each([
    ["asks for less", gate("max: 11")],
    ["is there no more", rulesWith()],
  ])("goes live without another run where the gate %s", async (_, rules) => {
    const project = await gated();
    await project.from("10.6 a");
    project.runs();
    project.pipefile(rules);
    const run = await project.build();
    expect([restored(run), project.runs().includes("train")]).toEqual([["train"], false]);
    expect(project.standing()).toEqual(standingFrom("10.6 a"));
  });

  test("is made anew where what waits was taken away", async () => {
    const project = await gated();
    await project.from("10.6 a");
    rmSync(project.at("model/backup"), { recursive: true });
    expect((await project.pipe(["build"])).code).toBe(1);
    expect(statuses(await project.versions())).toEqual(["candidate 10.6", "live 10"]);
    rmSync(project.at("model/backup"), { recursive: true });
    expect((await project.pipe(["build", "--accept"])).code).toBe(0);
    expect(project.standing()).toEqual(standingFrom("10.6 a"));
  });

  test("runs again where it is forced to, and is held again", async () => {
    const project = await gated();
    await project.from("10.6 a");
    expect((await project.pipe(["build", "train", "--force", "train"])).code).toBe(1);
    expect(project.runs()).toEqual(["train", "train"]);
    expect(project.standing()).toEqual(standingFrom("10 a"));
  });
});

describe("what is good enough", () => {
  test.each([
    ["within max", "max: 12", "11.9 a", 0],
    ["beyond max", "max: 12", "12.1 a", 1],
    ["beyond max, and no worse than the live one", "max: 5, orNoWorseThan: 0.05", "10.4 a", 0],
    ["within max, though worse than the live one", "max: 12, orNoWorseThan: 0.05", "11 a", 0],
    ["beyond both", "max: 10, orNoWorseThan: 0.05", "10.6 a", 1],
    ["above min, where higher is better", "min: 8", "8.5 a", 0],
    ["below min", "min: 11", "9 a", 1],
    ["no lower than allowed", `better: "higher", orNoWorseThan: 0.05`, "9.6 a", 0],
    ["lower than allowed", `better: "higher", orNoWorseThan: 0.05`, "9.4 a", 1],
  ])("%s", async (_, fields, rows, code) => {
    const project = modelled();
    await project.from("10 a");
    project.pipefile(gate(fields));
    expect((await project.from(rows)).code).toBe(code);
    expect(project.standing()).toEqual(standingFrom(code === 0 ? rows : "10 a"));
  });

  test("a first model is compared with none", async () => {
    expect((await modelled(NO_WORSE).from("99 a")).code).toBe(0);
  });

  test("a first model beyond its bound leaves nothing to go on with", async () => {
    const project = modelled(gate("max: 12"));
    const run = await project.from("13 a");
    expect([run.code, failed(run), skipped(run)]).toEqual([1, [], ["score", "serialize"]]);
    expect(project.has("model/model.bin")).toBe(false);
    expect((await project.pipe(["promote", candidateOf("13 a").slice(0, 8), "--reason", "a start"])).code).toBe(0);
    expect((await project.build()).code).toBe(0);
    expect(project.standing()).toEqual(standingFrom("13 a"));
  });

  test("where the live one was taken away, the last healthy version is what a new one is compared with", async () => {
    const project = await gated();
    for (const path of ["model/model.bin", "model/model.pkl", "reports/metrics.json"]) rmSync(project.at(path));
    expect(problemIn(await project.from("10.6 a"))).toContain("worse than the live model's 10");
  });

  test.each([
    [
      "edited",
      (project: Modelled) => project.write("reports/metrics.json", '{ "rmse": 99, "holdout": { "digest": "a" } }'),
    ],
    ["taken away", (project: Modelled) => project.remove("reports/metrics.json")],
  ])("where the metrics of the live one were %s, those that were kept count", async (_, change) => {
    const project = await gated();
    change(project);
    expect(problemIn(await project.from("10.6 a"))).toContain("worse than the live model's 10 by");
  });

  test("figures on other rows are not compared", async () => {
    const project = await gated();
    const run = await project.from("9 b");
    expect([run.code, problemIn(run)]).toEqual([1, expect.stringContaining("measured on others")]);
  });

  test("a key with a dot in it is a metric too", async () => {
    const rules = gate("max: 12").replaceAll("rmse\\\\", "q0.9\\\\").replace('"rmse"', '"q0.9"');
    const project = await gated(rules);
    expect(problemIn(await project.from("13 a"))).toBe("q0.9 is 13, above 12");
  });

  test("what was let through comes back to its place, whatever its gate would say of it", async () => {
    const project = await gated(gate("max: 12"));
    await project.from("13 a", "--accept");
    await project.pipe(["clean"]);
    expect((await project.build()).code).toBe(0);
    expect(project.standing()).toEqual(standingFrom("13 a"));
  });

  test("a metrics file without the metric fails the step", async () => {
    const project = modelled(rulesWith('promote: { metric: "mae", max: 3 }'));
    const run = await project.from("10 a");
    expect(eventsOf(run, "step-failed")[0]?.message).toContain("reports/metrics.json has no finite number 'mae'");
  });
});

describe("a live model that is scored again on the new rows", () => {
  const RULES = `{
    train: rule({ inputs: { rows: "rows.txt" }, outputs: { model: "model/model.bin", metrics: "reports/metrics.json" }, backup: { to: "model/backup", keep: 3 }, promote: { metric: "rmse", orNoWorseThan: 0.05 }, run: () => import("./train.ts") }),
  }`;
  // On rows b every model is twice as bad.
  const BODY = `
    const [rmse, holdout] = readFileSync(inputs.rows, "utf8").trim().split(" ");
    writeFileSync(outputs.model, rmse + "\\n");
    const on = (model: string): number => Number(model) * (holdout === "b" ? 2 : 1);
    writeFileSync(outputs.metrics, JSON.stringify({ rmse: on(rmse), holdout: { digest: holdout } }));
    if (previous.model !== undefined) metric("rmse", on(readFileSync(previous.model, "utf8")), { of: "previous" });
  `;
  const rescoring = (): Modelled => {
    const project = modelled(RULES);
    project.write("train.ts", actionOf("train", BODY).replace("progress }", "progress, previous }"));
    return project;
  };

  test("is what the new one is compared with", async () => {
    const project = rescoring();
    await project.from("10 a");
    expect((await project.from("10.4 b")).code).toBe(0);
    const run = await project.from("11 a");
    expect(problemIn(run)).toBe("rmse is 11, worse than the live model's 10.4 on the same rows by more than 5 %");
    expect(eventsOf(run, "step-metric")).toMatchObject([{ name: "rmse", value: 10.4, of: "previous" }]);
    expect(project.read("reports/metrics.jsonl")).toContain('"of":"previous"');
  });

  test("makes a run from the cache run once more, where only that can tell", async () => {
    const project = rescoring();
    await project.from("10 a");
    await project.from("10.4 b");
    project.runs();
    const run = await project.from("10 a");
    expect([run.code, ran(run), project.runs()]).toEqual([0, ["train"], ["train"]]);
  });
});

describe("pipe promote", () => {
  test("lets a candidate through, which is fresh then as if it had been good enough", async () => {
    const project = await gated();
    await project.from("10.6 a");
    const digest = candidateOf("10.6 a").slice(0, 12);
    const run = await project.pipe(["promote", digest, "--reason", "a harder hold-out"]);
    expect([run.code, project.read("model/model.bin")]).toEqual([0, "10.6 a\n"]);
    const next = await project.build();
    expect([fresh(next), ran(next)]).toEqual([["train"], ["score", "serialize"]]);
    expect(project.standing()).toEqual(standingFrom("10.6 a"));
    expect(statuses(await project.versions())).toEqual(["live 10.6", "healthy 10"]);
    expect(project.deployed().slice(-2)[0]).toBe(`promote ${digest}`);
    expect(project.read("logs/deploy.log")).toContain('reason="a harder hold-out"');
  });

  test("and so does a build with --accept, without running anything twice", async () => {
    const project = await gated();
    await project.from("10.6 a");
    project.runs();
    const run = await project.pipe(["build", "--accept", "--reason", "checked"]);
    expect([run.code, restored(run), project.runs().toSorted()]).toEqual([0, ["train"], ["score", "serialize"]]);
    expect(project.standing()).toEqual(standingFrom("10.6 a"));
  });

  test("a build with --accept holds nothing back, and says who let it through", async () => {
    const project = await gated();
    expect((await project.from("99 a", "--accept", "--reason", "a new target")).code).toBe(0);
    expect(project.standing()).toEqual(standingFrom("99 a"));
    expect(project.read("logs/deploy.log").trim().split("\n").at(-1)).toContain('reason="a new target"');
  });

  describe("of a model that one rule makes, whose versions its candidates have the digests of", () => {
    const RULES = `{ train: rule({ ${TRAIN}, ${ALONE} }) }`;
    const rejected = async (): Promise<Modelled> => {
      const project = modelled(RULES);
      await project.from("10 a");
      await project.from("11 a");
      await project.pipe(["rollback"]);
      await project.pipe(["unpin", "train"]);
      expect(problemIn(await project.from("11 a"))).toContain("rejected");
      return project;
    };

    test("lets through what was rejected before", async () => {
      const project = await rejected();
      const run = await project.pipe(["promote", candidateOf("11 a").slice(0, 12), "--reason", "it was the data"]);
      expect([run.stderr, run.code]).toEqual(["", 0]);
      expect((await project.build()).code).toBe(0);
      expect(project.read("model/model.bin")).toBe("11 a\n");
      expect(statuses(await project.versions())).toEqual(["live 11", "healthy 10"]);
    });

    test("and so does a build with --accept", async () => {
      const project = await rejected();
      expect((await project.pipe(["build", "--accept"])).code).toBe(0);
      expect(statuses(await project.versions())).toEqual(["live 11", "healthy 10"]);
    });
  });

  test("of what was rejected: the next build publishes it", async () => {
    const project = modelled();
    await project.from("10 a");
    await project.from("11 a");
    await project.pipe(["rollback"]);
    await project.pipe(["unpin", "train"]);
    expect((await project.from("11 a")).code).toBe(1);
    expect((await project.pipe(["promote", digestFrom("11 a").slice(0, 12), "--reason", "x"])).code).toBe(0);
    expect((await project.build()).code).toBe(0);
    expect(project.standing()).toEqual(standingFrom("11 a"));
  });

  test("asks for a version", async () => {
    const project = await gated();
    const run = await project.pipe(["promote", "train", "--reason", "x"]);
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining("no version is named")]);
  });

  test("asks for a reason", async () => {
    const project = await gated();
    await project.from("10.6 a");
    const run = await project.pipe(["promote", candidateOf("10.6 a").slice(0, 8)]);
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining("--reason")]);
  });

  test("nothing that was made from what the step no longer reads", async () => {
    const project = await gated();
    await project.from("10.6 a");
    project.write("rows.txt", "10.2 a\n");
    const run = await project.pipe(["promote", candidateOf("10.6 a").slice(0, 8), "--reason", "x"]);
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining("error[candidate-outdated]")]);
    expect(project.standing()).toEqual(standingFrom("10 a"));
  });

  test("nothing of a step that a person decided about since", async () => {
    const project = await gated();
    await project.from("9 a");
    await project.from("10.6 a");
    await project.pipe(["rollback"]);
    const run = await project.pipe(["promote", candidateOf("10.6 a").slice(0, 8), "--reason", "x"]);
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining("error[override-held]")]);
    expect(project.standing()).toEqual(standingFrom("10 a"));
  });

  test("nothing that was damaged since", async () => {
    const project = await gated();
    await project.from("10.6 a");
    const [folder = ""] = foldersIn(project).filter((name) => name.includes("candidate"));
    project.write(`model/backup/${folder}/model/model.bin`, "other\n");
    const run = await project.pipe(["promote", candidateOf("10.6 a").slice(0, 8), "--reason", "x"]);
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining("error[version-damaged]")]);
  });
});

describe("a gate that cannot be meant", () => {
  test.each([
    ["of no metric", "promote: { max: 3 }", "without a metric"],
    ["that lets everything through", `promote: { metric: "rmse" }`, "lets everything through"],
    ["with both bounds", `promote: { metric: "rmse", min: 1, max: 2 }`, "max and min"],
    ["with a bound that is none", `promote: { metric: "rmse", max: "3" }`, "max is no number"],
    ["against its bound", `promote: { metric: "rmse", max: 3, better: "higher" }`, "higher is better"],
    ["with a direction that is none", `promote: { metric: "rmse", orNoWorseThan: 0, better: "Lower" }`, "'Lower'"],
    ["with another field", `promote: { metric: "rmse", most: 3 }`, "'most'"],
  ])("%s", async (_, fields, said) => {
    const run = await modelled(rulesWith(fields)).from("10 a");
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(said)]);
  });

  test("of a step that the model is made without: it would hold back its own outputs alone", async () => {
    const evaluate = `evaluate: rule({ inputs: { model: "model/model.bin" }, outputs: { metrics: "reports/quality.json" }, promote: { metric: "rmse", max: 3 }, run: 'cp "$model" "$metrics"' })`;
    const rules = rulesWith("", BACKUP.replace('"model/model.bin"', '"model/model.bin", "reports/quality.json"'));
    const run = await modelled(rules.replace("{ train:", `{ ${evaluate}, train:`)).from("10 a");
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining("model/model.pkl is made without it")]);
  });

  test("of a model whose versions are not kept", async () => {
    const run = await modelled(rulesWith(`promote: { metric: "rmse", max: 3 }`, "")).from("10 a");
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining("belongs to no model")]);
  });
});

test("what a person sees", async () => {
  const project = await gated();
  await project.from("10.6 a");
  const { code, out, err } = await command(["build"], project.root);
  const digest = candidateOf("10.6 a").slice(0, 12);
  expect([code, out.replace(/\d+(?:\.\d+)? m?s\b/g, "<time>")]).toEqual([
    1,
    "0 built, 0 restored, 2 fresh, 0 failed, 1 held back in <time>\n",
  ]);
  expect(err).toBe(`held      train: rmse is 10.6, worse than the live model's 10 by more than 5 %
          what stood there stays, and candidate ${digest} waits
          hint: pipe promote ${digest} --reason "…" lets it through, and so does: pipe build --accept
`);
});
