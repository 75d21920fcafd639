/** The journal of monitoring: what was written whole is read again, in its order, whatever was killed or rotated. */

import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { array, assert, constant, integer, oneof, property, record } from "fast-check";
import { beforeEach, expect, test } from "vitest";
import type { MonitoringWindow } from "../../src/core/monitoring.ts";
import { rotateParts } from "../../src/monitor/journal-part.ts";
import { appendWindow, lastWindow, readWindows, readWindowsOf, type PassedLine } from "../../src/monitor/journal.ts";
import { JournalTail } from "../../src/monitor/journal-tail.ts";
import { temporaryFolder } from "../rig/project.ts";
import { hours, linesOf } from "../rig/windows.ts";

const [ONE] = hours([{ rows: 3 }]) as readonly [MonitoringWindow];

/** One that is known by its rows. */
const numbered = (rows: number): MonitoringWindow => ({ ...ONE, data: { ...ONE.data, rows } });
const BYTES = Buffer.byteLength(linesOf([numbered(100)]));

let root = "";
let passed: PassedLine[] = [];
const journal = (number = 0): string => join(root, `reports/monitoring${number === 0 ? "" : `.${number}`}.jsonl`);
const append = (rows: number, of: { readonly lines?: number; readonly keep?: number } = {}): void =>
  appendWindow({ root, maxBytes: (of.lines ?? 1_000) * BYTES, keep: of.keep ?? 9 }, numbered(rows));
const read = (): readonly number[] => [...readWindows(root, (line) => passed.push(line))].map(({ data }) => data.rows);
const last = (): number | undefined => lastWindow(root)?.data.rows;
const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, at) => from + at);

beforeEach(() => {
  root = temporaryFolder();
  passed = [];
});

test("there is none where nothing was written", () => {
  expect([read(), last()]).toEqual([[], undefined]);
});

test("a window is read as it was written", () => {
  const windows = hours([{ shift: 0 }, { shift: 5, strange: 3, error: 2, revenue: 12.5 }, { shift: 5, failed: 40 }]);
  for (const window of windows) appendWindow({ root, maxBytes: 1e6, keep: 1 }, window);
  expect([...readWindows(root, () => {})]).toEqual(windows);
  expect(lastWindow(root)).toEqual(windows.at(-1));
  expect(readFileSync(journal(), "utf8")).toBe(linesOf(windows));
});

test("the last one is that of the model in service, which alone says which alarms are open", () => {
  append(1);
  appendWindow({ root, maxBytes: 1e6, keep: 1 }, { ...numbered(2), judged: false });
  expect([last(), read()]).toEqual([1, [1, 2]]);
});

test.each([
  ["a folder", (path: string) => mkdirSync(path, { recursive: true })],
  ["a pipe, which nobody writes to", (path: string) => void execFileSync("mkfifo", [path])],
])("%s in its place is said to be no file", (_, make) => {
  mkdirSync(join(root, "reports"));
  make(journal());
  for (const deed of [read, last, () => append(1)]) expect(deed).toThrow("reports/monitoring.jsonl is no file");
});

test("a file that a line does not fit in any more is rotated, and the oldest beyond what is kept goes", () => {
  for (const at of range(100, 112)) append(at, { lines: 2, keep: 3 });
  expect(read()).toEqual(range(104, 112));
  expect([1, 2, 3, 4].map((number) => existsSync(journal(number)))).toEqual([true, true, true, false]);
  expect(statSync(journal(1)).size).toBe(2 * BYTES);
  append(112, { lines: 2, keep: 1 });
  expect(read()).toEqual(range(110, 113));
  append(113, { lines: 2, keep: 0 });
  append(114, { lines: 2, keep: 0 });
  expect(read()).toEqual([114]);
});

test("a line that is longer than a file may be stands in a file of its own", () => {
  for (const at of range(100, 103)) append(at, { lines: 0.5 });
  expect(read()).toEqual(range(100, 103));
  expect(existsSync(journal(3))).toBe(false);
});

test("whatever byte a kill tears a line at, the others are there, and the rest of the torn one is told", () => {
  const torn = linesOf([numbered(101)]).slice(0, -1);
  for (let length = 1; length < torn.length; length += 37) {
    rmSync(join(root, "reports"), { recursive: true, force: true });
    passed = [];
    append(100);
    appendFileSync(journal(), torn.slice(0, length));
    expect([length, read(), last(), passed]).toEqual([length, [100], 100, []]);
    append(102);
    expect([length, read(), last()]).toEqual([length, [100, 102], 102]);
    expect(passed).toEqual([{ file: "reports/monitoring.jsonl", line: 2, problem: "it is no JSON object" }]);
  }
});

test("a line that lacks nothing but its newline is whole", () => {
  append(100);
  truncateSync(journal(), statSync(journal()).size - 1);
  expect([read(), last()]).toEqual([[100], 100]);
  append(101);
  expect([read(), last(), passed]).toEqual([[100, 101], 101, []]);
});

test("whatever rename a rotation dies after, no line is lost or read twice, and the next one goes on from there", () => {
  for (let deeds = 0; deeds <= 4; deeds++) {
    rmSync(join(root, "reports"), { recursive: true, force: true });
    for (const at of range(100, 107)) append(at, { lines: 2, keep: 4 });
    const moves = [3, 2, 1, 0].map((number) => [journal(number), journal(number + 1)] as const);
    for (const [from, to] of moves.slice(0, deeds)) renameSync(from, to);
    expect([deeds, read(), last()]).toEqual([deeds, range(100, 107), 106]);
    append(107, { lines: 2, keep: 4 });
    append(108, { lines: 2, keep: 4 });
    expect([deeds, read()]).toEqual([deeds, range(100, 109)]);
  }
});

test("any sequence of appends, kills and rotations reads back as all whole lines in their order", () => {
  const whole = linesOf([numbered(100)]).length;
  const deed = oneof(
    { weight: 4, arbitrary: constant({ deed: "append" as const }) },
    {
      weight: 1,
      arbitrary: record({ deed: constant("torn" as const), length: integer({ min: 0, max: whole + 1 }) }),
    },
    {
      weight: 1,
      arbitrary: record({ deed: constant("half-rotated" as const), moves: integer({ min: 1, max: 5 }) }),
    },
  );
  assert(
    property(array(deed, { maxLength: 30 }), integer({ min: 1, max: 4 }), (deeds, lines) => {
      rmSync(join(root, "reports"), { recursive: true, force: true });
      mkdirSync(join(root, "reports"));
      const written: number[] = [];
      for (const [at, each] of deeds.entries()) {
        if (each.deed === "append") {
          append(100 + at, { lines, keep: 50 });
          written.push(100 + at);
        } else if (each.deed === "torn") {
          // A writer ends what it finds torn before it writes.
          const before = existsSync(journal()) ? readFileSync(journal(), "utf8") : "";
          const line = linesOf([numbered(100 + at)]);
          const text = before === "" || before.endsWith("\n") ? line : `\n${line}`;
          appendFileSync(journal(), text.slice(0, each.length));
          if (each.length >= text.length - 1) written.push(100 + at);
        } else {
          let free = 1;
          while (existsSync(journal(free))) free++;
          for (let number = free; number > Math.max(0, free - each.moves); number--)
            if (existsSync(journal(number - 1))) renameSync(journal(number - 1), journal(number));
        }
      }
      expect([read(), last()]).toEqual([written, written.at(-1)]);
    }),
    { numRuns: 60 },
  );
});

test("what is no right line is passed over, and told with its file, its line and what is the matter", () => {
  const lines = linesOf([numbered(100), numbered(101)]).split("\n");
  const wrong = (change: object): string => JSON.stringify({ ...ONE, ...change });
  mkdirSync(join(root, "reports"));
  writeFileSync(
    journal(),
    [
      lines[0],
      '{"type":"note","text":"of another"}',
      "",
      "{ torn",
      wrong({ v: 2 }),
      wrong({ data: { ...ONE.data, rows: "12" } }),
      wrong({ to: "yesterday" }),
      wrong({ data: { ...ONE.data, features: ONE.data.features.map((each) => ({ ...each, psi: undefined })) } }),
      wrong({ model: { ...ONE.model, prediction: { ...ONE.model.prediction, sketch: "////" } } }),
      wrong({
        model: { ...ONE.model, prediction: { ...ONE.model.prediction, histogram: { counts: [1], reference: [1, 2] } } },
      }),
      JSON.stringify(ONE).replace('"rss_bytes":120000000', '"rss_bytes":1e999'),
      "[1]",
      lines[1],
      "",
    ].join("\n"),
  );
  expect([read(), last()]).toEqual([[100, 101], 101]);
  expect(passed.map(({ line, problem }) => `${line} ${problem}`)).toEqual([
    "4 it is no JSON object",
    "5 it has the version 2, and this pipe reads 1",
    '6 data.rows: Invalid type: Expected number but received "12"',
    "7 to: it is no time",
    '8 data.features.0.psi: Invalid key: Expected "psi" but received undefined',
    "9 model.prediction.sketch: it is no sketch",
    "10 model.prediction.histogram: its counts are not those of its reference",
    "11 system.rss_bytes: Invalid finite: Received Infinity",
    "12 it is no JSON object",
  ]);
});

test("what is rotated while somebody reads is read once, whole and in its order", () => {
  for (const at of range(100, 106)) append(at, { lines: 2 });
  const reading = readWindows(root, () => {});
  const first = reading.next().value as MonitoringWindow;
  for (const at of range(106, 111)) append(at, { lines: 2, keep: 3 });
  expect([first, ...reading].map(({ data }) => data.rows)).toEqual(range(100, 106));
});

test("a line that is longer than what is read at once is read from either end", () => {
  const long = {
    ...numbered(100),
    alerts: [{ signal: "é".repeat(400_000), state: "open", severity: "slight", message: "" }],
  } as const;
  for (const window of [numbered(99), long, numbered(101)]) appendWindow({ root, maxBytes: 1e9, keep: 1 }, window);
  expect(read()).toEqual([99, 100, 101]);
  truncateSync(journal(), statSync(journal()).size - 100);
  expect(lastWindow(root)).toEqual(long);
});

test("the last window stands in the newest part where the journal was just rotated, or is torn", () => {
  for (const at of range(100, 104)) append(at, { lines: 2 });
  rotateParts(root, 9);
  expect(last()).toBe(103);
  writeFileSync(journal(), "{ torn");
  expect(last()).toBe(103);
});

test("another file is read by its path, and there may be none", () => {
  writeFileSync(join(root, "score.window.jsonl"), linesOf([numbered(7)]));
  const rows = (path: string): readonly number[] | undefined => {
    const windows = readWindowsOf(root, path, () => {});
    return windows && [...windows].map(({ data }) => data.rows);
  };
  expect([rows("score.window.jsonl"), rows(join(root, "score.window.jsonl")), rows("other.jsonl")]).toEqual([
    [7],
    [7],
    undefined,
  ]);
});

test("what the disk refuses is thrown", () => {
  writeFileSync(join(root, "reports"), "no folder");
  expect(() => append(100)).toThrow(expect.objectContaining({ syscall: "mkdir" }));
});

test("who follows a journal gets each window once, in its order, through any number of rotations", () => {
  const problems: string[] = [];
  const tail = new JournalTail(root, (problem) => problems.push(problem));
  const added = (): readonly number[] => [...tail.added()].map(({ data }) => data.rows);
  expect(added()).toEqual([]);
  append(100, { lines: 2 });
  expect([added(), added()]).toEqual([[100], []]);
  for (const at of range(101, 110)) append(at, { lines: 2, keep: 20 });
  expect(added()).toEqual(range(101, 110));
  const [line] = linesOf([numbered(110)]).split("\n") as [string];
  appendFileSync(journal(), line.slice(0, 40));
  expect(added()).toEqual([]);
  appendFileSync(journal(), `${line.slice(40)}\n`);
  expect(added()).toEqual([110]);
  rotateParts(root, 20);
  expect(added()).toEqual([]);
  append(111, { lines: 2 });
  expect(added()).toEqual([111]);
  rmSync(join(root, "reports"), { recursive: true });
  expect(added()).toEqual([]);
  append(112);
  append(113);
  expect(added()).toEqual([112, 113]);
  writeFileSync(journal(), "");
  expect(added()).toEqual([]);
  append(114);
  expect([added(), problems]).toEqual([[114], []]);
  appendFileSync(journal(), "{}\n[]\n");
  expect([added(), problems]).toEqual([[], ["it is no JSON object"]]);
  tail.close();
});
