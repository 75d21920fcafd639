/** `pipe monitor` says how the model in service fares, from what was written and nothing else. */

import { appendFileSync } from "node:fs";
import { expect, test } from "vitest";
import { appendWindow } from "../../src/monitor/journal.ts";
import { projectOf, type Project } from "../rig/project.ts";
import { hours, linesOf, type Hour } from "../rig/windows.ts";
import { command, start } from "./command.ts";

const FINE: readonly Hour[] = [{}, {}, { error: 0.9 }];
const DRIFTED: readonly Hour[] = [{}, { shift: 5 }, { shift: 5 }];

/** No command could read its Pipefile. */
const monitored = (each: readonly Hour[]): Project =>
  projectOf({ "Pipefile.ts": "this is {{ no TypeScript", "reports/monitoring.jsonl": linesOf(hours(each)) });

test("a model that fares well: a summary, a page, exit code 0; and the Pipefile may be broken", async () => {
  const project = monitored(FINE);
  const { code, out, err } = await command(["monitor"], project.root);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/^ok {8}no alarm is open\nmodel {5}3f2a9c410000\n/);
  expect(out).toContain("1,200 predicted");
  expect(out.split("\n").at(-2)).toBe("the page is reports/monitoring.html");
  expect(project.read("reports/monitoring.html")).toMatch(/^<!doctype html>/i);
});

test("an open alarm: what it is, since when, what to do, and exit code 1; from another folder, and without a page", async () => {
  const project = monitored(DRIFTED);
  const { code, out } = await command(["-C", project.root, "monitor", "--no-page"], "/");
  expect(code).toBe(1);
  expect(out).toMatch(/^alert {5}2 alarms are open\n/);
  expect(out).toContain("data.bill_length_mm, since 2026-11-22 13:00 UTC\n");
  expect(out).toContain("another distribution than in training");
  expect(out).toContain("\ndo        see where bill_length_mm comes from");
  expect(out).not.toContain("the page is");
  expect(project.has("reports/monitoring.html")).toBe(false);
});

test("--json has the same for programs, all parts in it, and tells how many lines it passed over", async () => {
  const project = monitored(DRIFTED);
  project.write("reports/monitoring.1.jsonl", `${linesOf(hours(FINE))}{ torn\n`);
  const { code, out, err } = await command(["monitor", "--json"], project.root);
  const said = JSON.parse(out) as Record<string, unknown>;
  expect([code, err]).toEqual([1, "reports/monitoring.1.jsonl: passed over 1 line; line 4: it is no JSON object\n"]);
  expect(said).toMatchObject({
    v: 1,
    status: "alert",
    windows: 6,
    ofModel: 6,
    rows: 2_400,
    passed: 1,
    page: "reports/monitoring.html",
    alarms: [
      { signal: "data.bill_length_mm", severity: "strong", since: "2026-11-22T13:00:00.000Z" },
      { signal: "prediction" },
    ],
    total: { type: "window", ended: "merged", data: { rows: 2_400 } },
  });
  expect(said["signals"]).toContainEqual(
    expect.objectContaining({
      signal: "requests",
      unit: "count",
      last: 400,
      all: 2_400,
      values: [400, 400, 400, 400, 400, 400],
    }),
  );
});

test("--since leaves away what ended before, and nothing of what an alarm said when it opened", async () => {
  const project = monitored([...DRIFTED, { shift: 5 }, { shift: 5 }]);
  const windows = async (since: string): Promise<unknown> => {
    const { out } = await command(["monitor", "--json", "--no-page", "--since", since], project.root);
    return (JSON.parse(out) as { readonly windows: number }).windows;
  };
  expect([await windows("2026-11-22T14:30"), await windows("2026-11-22T15:00+01:00"), await windows("36500d")]).toEqual(
    [1, 2, 5],
  );
  const { out } = await command(["monitor", "--since", "2026-11-22T14:30"], project.root);
  expect(out).toContain("bill_length_mm: another distribution than in training (PSI");
});

test("a file that is named is read from the current folder, its page has its name, and that of the service is left alone", async () => {
  const project = monitored(FINE);
  const last = hours(DRIFTED)[2];
  const table = { ...last, source: "batch", from: null, to: null, system: null, alarms: [] };
  project.write("reports/score.json", `${JSON.stringify(table)}\n`);
  const { code, out } = await command(["monitor", "score.json", "--since", "1h"], project.at("reports"));
  expect([code, out]).toEqual([
    1,
    expect.stringContaining("a table, which was scored as a whole\nrows      400 predicted\n"),
  ]);
  expect([project.has("reports/score.html"), project.has("reports/monitoring.html")]).toEqual([true, false]);
});

test.for([
  [["monitor"], "error[no-monitoring]: nothing was monitored here yet", "'pipe serve' monitors the model"],
  [["monitor", "none.jsonl"], "error[no-monitoring]: there is no file none.jsonl", ""],
  [
    ["monitor", "Pipefile.ts"],
    "error[bad-monitoring]: Pipefile.ts: no line is a window of monitoring; line 1: it is no JSON object",
    "",
  ],
  [["monitor", "wrong.jsonl"], "wrong.jsonl: no line is a window of monitoring; line 2: data.rows: Invalid type", ""],
  [
    ["monitor", "old.jsonl", "--since", "2026-11-23"],
    "error[no-monitoring]: no window has ended since 2026-11-23; the last one did at 2026-11-22T11:00",
    "",
  ],
  [
    ["monitor", "--since", "yesterday"],
    "error[bad-since]: --since takes a length of time or a time, not 'yesterday'",
    "--since 24h",
  ],
  [["monitor", "-f", "old.jsonl"], "error[usage]: --follow is about the service", ""],
  [["monitor", "a", "b"], "error[usage]: 'pipe monitor' takes one file", ""],
  [["monitor", "--check"], "error[usage]: 'pipe monitor' has no flag --check", ""],
] as const)("pipe %j is refused, with what to do", async ([args, message, hint]) => {
  const old = linesOf(hours([{}]));
  const project = projectOf({
    "Pipefile.ts": "export default 1;\n",
    "old.jsonl": old,
    "wrong.jsonl": `\n${old.replace('"rows":400', '"rows":"400"')}`,
  });
  const run = await command(args, project.root);
  expect([run.code, run.out]).toEqual([2, ""]);
  expect(run.err).toContain(message);
  expect(run.err).toContain(hint);
});

test("--follow prints the last window, then each as it is written, through rotations, until Ctrl-C", async () => {
  const project = projectOf({ "Pipefile.ts": "{{" });
  const windows = hours(Array.from({ length: 8 }, (_, at) => ({ rows: 10 + at })));
  const [first, second, ...others] = windows as readonly [(typeof windows)[0], (typeof windows)[0]];
  const journal = { root: project.root, maxBytes: linesOf([first]).length * 2.5, keep: 3 };
  for (const window of [first, second]) appendWindow(journal, window);
  const [text, json] = [
    ["monitor", "-f"],
    ["monitor", "-f", "--json", "--since", "2026-11-22"],
  ].map((args) => start(args, project.root));
  if (text === undefined || json === undefined) throw new Error("unreachable");
  await text.printed("11 rows");
  await json.printed('"rows":11,');
  for (const window of others.slice(0, 3)) appendWindow(journal, window);
  await text.printed("14 rows");
  const add = (text: string): void => appendFileSync(project.at("reports/monitoring.jsonl"), text);
  // Before what is waited for.
  add('{"type":"window","v":9}\n{"type":"window","v":9}\n');
  for (const window of others.slice(3)) appendWindow(journal, window);
  add('{"type":"window","v":1,');
  await text.printed("17 rows");
  await json.printed('"rows":17,');
  for (const { child } of [text, json]) child.kill("SIGINT");
  const [said, lines] = [await text.ended, await json.ended];
  expect(said.out.split("\n").map((line) => / (\d\d) rows/.exec(line)?.[1])).toEqual([
    "11",
    "12",
    "13",
    "14",
    "15",
    "16",
    "17",
    undefined,
  ]);
  expect(lines.out).toBe(linesOf(windows));
  const passed = "reports/monitoring.jsonl: passed over a line: it has the version 9, and this pipe reads 1\n";
  expect([text.child.signalCode, said.err, lines.err]).toEqual(["SIGINT", passed, passed]);
});

test("--follow waits where nothing was written yet", async () => {
  const project = projectOf({ "Pipefile.ts": "{{" });
  const following = start(["monitor", "--follow", "--json", "--since", "1h"], project.root);
  const [window] = hours([{ rows: 12 }]);
  // It ended within the hour: whether it is there at the first look or comes later is the same.
  project.write(
    "reports/monitoring.jsonl",
    linesOf([{ ...window, to: new Date().toISOString() } as typeof window & object]),
  );
  await following.printed('"rows":12,');
  following.child.kill("SIGTERM");
  await following.ended;
});
