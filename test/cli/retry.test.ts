/** Second chances: how many, after what, with which params, and what is recorded of them. */

import { describe, expect, test } from "vitest";
import { eventsOf, failed, fresh, partsOf, plansOf, ran, reasonsOf, restored } from "../rig/events.ts";
import { projectOf, type Project } from "../rig/project.ts";

/** Fails as often as the file `failures` says, with the kind in `kind`; then writes its param. */
const FLAKY = `
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { retryable } from "pipefile";
export default ({ outputs, params }: any) => {
  appendFileSync(process.env.RUNS ?? "", \`flaky \${params.batch}\\n\`);
  const left = Number(readFileSync("../failures", "utf8"));
  writeFileSync("../failures", String(left - 1));
  if (left > 0) throw existsSync("../kind") ? retryable(readFileSync("../kind", "utf8")) : new Error("not yet");
  writeFileSync(outputs.out, \`batch \${params.batch}\\n\`);
};
`;

function flaky(retry: string, failures: number, kind?: string): Project {
  const project = projectOf({ "flaky.ts": FLAKY, "in.txt": "in\n", "../failures": String(failures) });
  if (kind !== undefined) project.write("../kind", kind);
  project.pipefile(`{ flaky: rule({ inputs: { a: "in.txt" }, outputs: { out: "out.txt" }, params: { batch: 64, seed: 1 }, ${retry === "" ? "" : `${retry},`}
    run: () => import("./flaky.ts") }) }`);
  return project;
}

test("times counts what comes after the first attempt", async () => {
  const enough = flaky("retry: { times: 3 }", 3);
  const run = await enough.build();
  expect(enough.runs()).toHaveLength(4);
  expect(eventsOf(run, "step-built")[0]?.attempts).toBe(4);
  expect(eventsOf(run, "step-retrying").map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  const tooFew = flaky("retry: { times: 3 }", 4);
  expect([(await tooFew.pipe(["build"])).code, tooFew.runs().length]).toEqual([1, 4]);
});

test("no retry, no second attempt", async () => {
  for (const retry of ["", "retry: { times: 0 }"]) {
    const project = flaky(retry, 1);
    expect([(await project.pipe(["build"])).code, project.runs().length]).toEqual([1, 1]);
  }
});

test.each([
  ["none", [5, 5, 5]],
  ["linear", [5, 10, 15]],
  ["exponential", [5, 10, 20]],
])("the waits grow as the backoff says: %s", async (backoff, waits) => {
  const project = flaky(`retry: { times: 3, delay: "5ms", backoff: "${backoff}" }`, 3);
  expect(eventsOf(await project.build(), "step-retrying").map(({ waitMs }) => waitMs)).toEqual(waits);
});

describe("on", () => {
  test("names the kinds that are tried again", async () => {
    const project = flaky(`retry: { times: 2, on: ["fit"] }`, 2, "fit");
    const run = await project.build();
    expect(eventsOf(run, "step-retrying").map(({ kind }) => kind)).toEqual(["fit", "fit"]);
  });

  test("leaves every other kind alone", async () => {
    const project = flaky(`retry: { times: 2, on: ["network"] }`, 1);
    const run = await project.pipe(["build"]);
    expect([project.runs().length, eventsOf(run, "step-failed")[0]?.kind]).toEqual([1, "error"]);
  });

  test("never means a missing output", async () => {
    const project = projectOf();
    project.pipefile(
      `{ none: rule({ inputs: {}, outputs: { out: "out.txt" }, retry: { times: 2 }, run: counting("none", "true") }) }`,
    );
    await project.pipe(["build"]);
    expect(project.runs()).toEqual(["none"]);
  });
});

test("a retry begins with nothing of the attempt before", async () => {
  const project = projectOf({ "in.txt": "in\n" });
  project.pipefile(`{ twice: rule({ inputs: { a: "in.txt" }, outputs: { folder: "folder/" }, retry: { times: 1 },
    run: 'mkdir "$folder"; if [ -e ../tried ]; then cp "$a" "$folder"; else touch ../tried "$folder/left-over"; exit 1; fi' }) }`);
  await project.build();
  expect([project.has("folder/in.txt"), project.has("folder/left-over")]).toEqual([true, false]);
});

test("the log tells of each attempt", async () => {
  const project = flaky("retry: { times: 1 }", 1);
  await project.build();
  expect(project.read("logs/flaky.log").match(/attempt \d/g)).toEqual(["attempt 1", "attempt 2"]);
  expect(project.read("logs/flaky.log")).toContain("not yet");
});

describe("a fallback", () => {
  const RETRY = "retry: { times: 1, fallback: { batch: 8 } }";

  test("gives other params to every retry, and the record says so", async () => {
    const project = flaky(RETRY, 1);
    const run = await project.build();
    expect(project.runs()).toEqual(["flaky 64", "flaky 8"]);
    expect([project.read("out.txt"), eventsOf(run, "step-built")[0]?.isFallback]).toEqual(["batch 8\n", true]);
    const again = await project.build();
    expect([fresh(again), eventsOf(again, "step-fresh")[0]?.isFallback]).toEqual([["flaky"], true]);
    expect(plansOf(await project.pipe(["status"]))).toEqual({ flaky: "fresh" });
    const { stdout } = await project.pipe(["status"]);
    expect(JSON.parse(stdout)).toMatchObject({ steps: [{ isFallback: true }] });
  });

  test("is tried only after the declared params, when something else made the step stale", async () => {
    const project = flaky(RETRY, 1);
    await project.build();
    project.runs();
    project.write("in.txt", "other\n");
    const run = await project.build();
    expect([project.runs(), partsOf(run, "flaky")]).toEqual([["flaky 64"], ["input in.txt"]]);
    expect([project.read("out.txt"), eventsOf(run, "step-built")[0]?.isFallback]).toEqual(["batch 64\n", undefined]);
  });

  test("that was changed makes the step stale, and the declared params come first", async () => {
    const project = flaky(RETRY, 1);
    await project.build();
    project.runs();
    project.write("Pipefile.ts", project.read("Pipefile.ts").replace("batch: 8", "batch: 4"));
    const run = await project.build();
    expect(reasonsOf(run, "flaky")).toEqual([{ part: "param", name: "batch", was: "8", now: "64" }]);
    expect(project.runs()).toEqual(["flaky 64"]);
  });

  test("comes from the cache where it was built before, but only once the declared params have failed here", async () => {
    const project = flaky(RETRY, 1);
    await project.build();
    project.write("in.txt", "other\n");
    await project.build();
    project.runs();
    project.write("in.txt", "in\n");
    project.write("../failures", "1");
    const run = await project.build();
    expect([project.runs(), restored(run)]).toEqual([["flaky 64"], ["flaky"]]);
    expect(project.read("out.txt")).toBe("batch 8\n");
    expect(eventsOf(await project.build(), "step-fresh")[0]?.isFallback).toBe(true);
  });
});

test("an input that changes before a retry is what the retry is recorded with", async () => {
  const project = flaky(`retry: { times: 1 }`, 1);
  project.write(
    "flaky.ts",
    FLAKY.replace("if (left > 0)", 'if (left > 0) writeFileSync("in.txt", "later\\n");\n  if (left > 0)'),
  );
  await project.build();
  expect(fresh(await project.build())).toEqual(["flaky"]);
  project.write("in.txt", "in\n");
  expect(ran(await project.build())).toEqual(["flaky"]);
});

test("a step that waits for its retry leaves its place to others", async () => {
  const project = projectOf();
  const line = (text: string): string => `echo ${text} >> "$RUNS"`;
  project.pipefile(
    `{ shy: rule({ inputs: {}, outputs: {}, retry: { times: 1, delay: "400ms" }, run: '${line("shy")}; test -e other.txt' }),
       other: rule({ inputs: {}, outputs: { o: "other.txt" }, run: '${line("other")}; echo > "$o"' }) }`,
  );
  await project.build("-j1");
  expect(project.runs()).toEqual(["shy", "other", "shy"]);
});

test("Ctrl-C ends the wait", async () => {
  const project = flaky(`retry: { times: 1, delay: "1h" }`, 1);
  const run = await project.pipe(["build"], {
    onEvent: (event, end) => {
      if (event.type === "step-retrying") end("SIGINT");
    },
  });
  expect([run.code, failed(run), eventsOf(run, "step-failed")[0]?.kind]).toEqual([130, ["flaky"], "interrupted"]);
});
