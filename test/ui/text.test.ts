/** What a build looks like in plain text. */

import { expect, test } from "vitest";
import type { BuildEvent, BuildFinished } from "../../src/core/event.ts";
import { plain } from "../../src/ui/paint.ts";
import { textReporter, type TextOptions } from "../../src/ui/text.ts";
import { A, B, NOTE } from "./states.ts";

const finished = (rest: Partial<BuildFinished>): BuildFinished => ({
  type: "build-finished",
  build: "1",
  durationMs: 1234,
  built: 0,
  restored: 0,
  fresh: 0,
  failed: 0,
  skipped: 0,
  exitCode: 0,
  ...rest,
});

function shown(
  events: readonly BuildEvent[],
  show: TextOptions["show"] = "work",
): { readonly out: string; readonly err: string } {
  let [out, err] = ["", ""];
  const emit = textReporter({
    out: (text) => (out += text),
    err: (text) => (err += text),
    paint: plain,
    errPaint: plain,
    show,
  });
  for (const event of events) emit(event);
  return { out, err };
}

const EVENTS: readonly BuildEvent[] = [
  { type: "build-started", build: "1", atMs: 0, targets: [], steps: 6, jobs: 2 },
  { type: "warning", code: "dead-output", message: "no rule makes x.csv any more", hint: "delete it" },
  { type: "step-fresh", step: "ingest" },
  {
    type: "step-restored",
    step: "clean",
    reasons: [{ part: "param", name: "maxNullRate", was: "0.1", now: "0.2" }],
    durationMs: 3.2,
    outputs: [{ path: "data/clean.csv", digest: A, sizeBytes: 23_456, changed: true }],
  },
  { type: "step-started", step: "train", attempt: 1, reasons: [], run: "rules/train.ts", log: "logs/train.log" },
  { type: "step-logged", step: "train", message: "fitting" },
  { type: "step-metric", step: "train", name: "rmse", value: 312.412_345 },
  { type: "step-metric", step: "train", name: "rows", value: 275 },
  {
    type: "step-built",
    step: "train",
    reasons: [
      { part: "input", name: "data/clean.csv", was: A, now: B },
      { part: "param", name: "seed", was: "7", now: "8" },
      { part: "tool", name: "python", was: "3.11", now: "3.12" },
    ],
    durationMs: 1234,
    attempts: 1,
    outputs: [
      { path: "model/model.bin", digest: A, sizeBytes: 310, changed: true },
      { path: "model/parts/", digest: A, sizeBytes: 4096, changed: true },
      { path: "reports/metrics.json", digest: A, sizeBytes: 1_500_000, changed: false },
    ],
  },
  {
    type: "step-failed",
    step: "score",
    reasons: [{ part: "record", name: "" }],
    kind: "error",
    message: "exit code 1",
    durationMs: 200,
    log: "logs/score.log",
    tail: ["Traceback", "KeyError: 'x'"],
  },
  { type: "step-skipped", step: "report", because: "score" },
  { type: "step-skipped", step: "publish", because: "report" },
  finished({ built: 1, restored: 1, fresh: 1, failed: 1, skipped: 2, exitCode: 1 }),
];

const FAILURE = `warning[dead-output]: no rule makes x.csv any more
  hint: delete it
failed    score after 200 ms (ran for: never built here)
          error: exit code 1
          | Traceback
          | KeyError: 'x'
          log: logs/score.log
          hint: mend it and type the same command again: what was built stays built
`;

test("a build shows each step that did not stay as it was; failures and warnings go to stderr", () => {
  const { out, err } = shown(EVENTS);
  expect(out).toBe(`restored  clean in 3 ms: param maxNullRate 0.1 → 0.2
          data/clean.csv (23 kB)
built     train in 1.2 s: data/clean.csv changed, param seed 7 → 8, +1 more
          model/model.bin (310 B)
          model/parts/
          reports/metrics.json (1.5 MB, unchanged)
          rmse 312.41, rows 275
skipped   report and publish
1 built, 1 restored, 1 fresh, 1 failed, 2 skipped in 1.2 s
`);
  expect(err).toBe(FAILURE);
});

test("--explain shows every reason, and the fresh steps", () => {
  expect(shown(EVENTS, "everything").out).toBe(`fresh     ingest
restored  clean in 3 ms
          because param maxNullRate 0.1 → 0.2
          data/clean.csv (23 kB)
built     train in 1.2 s
          because data/clean.csv changed
          because param seed 7 → 8
          because tool python 3.11 → 3.12
          model/model.bin (310 B)
          model/parts/
          reports/metrics.json (1.5 MB, unchanged)
          rmse 312.41, rows 275
skipped   report, because of score
skipped   publish, because of report
1 built, 1 restored, 1 fresh, 1 failed, 2 skipped in 1.2 s
`);
});

test("--quiet shows failures and warnings only", () => {
  expect(shown(EVENTS, "failures")).toEqual({ out: "", err: FAILURE });
});

test("a build in which all is fresh says one line", () => {
  expect(shown([{ type: "step-fresh", step: "a" }, finished({ fresh: 1 })]).out).toBe("up to date\n");
});

test("an interrupted build says so, even where nothing was done", () => {
  expect(shown([finished({ exitCode: 130, durationMs: 99 })]).out).toBe(
    "interrupted: 0 built, 0 restored, 0 fresh, 0 failed in 99 ms\n",
  );
});

test("the metrics of an attempt that failed are not shown as those of the next", () => {
  const started = { type: "step-started", step: "t", reasons: [], run: "x", log: "" } as const;
  const metric = { type: "step-metric", step: "t", name: "rmse" } as const;
  const { out } = shown([
    { ...started, attempt: 1 },
    { ...metric, value: 1 },
    { ...started, attempt: 2 },
    { ...metric, value: 2 },
    { type: "step-built", step: "t", reasons: [], durationMs: 1, attempts: 2, outputs: [] },
  ]);
  expect(out).toBe("again     t, attempt 2\nbuilt     t in 1 ms, 2 attempts\n          rmse 2\n");
});

test("what was measured of the model of before stands on a line of its own", () => {
  const metric = { type: "step-metric", step: "t", name: "rmse" } as const;
  const { out } = shown([
    { ...metric, value: 2 },
    { ...metric, value: 1, of: "previous" },
    { type: "step-built", step: "t", reasons: [], durationMs: 1, attempts: 1, outputs: [] },
  ]);
  expect(out).toBe("built     t in 1 ms\n          rmse 2\n          the one before, on the same rows: rmse 1\n");
});

test("a dry run says what would run, and what that depends on", () => {
  const { out } = shown([
    { type: "step-planned", step: "clean", plan: "would-run", reasons: [{ part: "record", name: "" }], after: [] },
    { type: "step-planned", step: "train", plan: "may-run", reasons: [], after: ["clean"] },
    { type: "step-planned", step: "score", plan: "may-run", reasons: [], after: ["a", "b", "c"] },
    { type: "step-planned", step: "sum", plan: "may-run", reasons: [], after: ["a", "b", "c", "d"] },
    {
      type: "step-planned",
      step: "old",
      plan: "would-restore",
      reasons: [{ part: "code", name: "o.ts", was: "1", now: "2" }],
      after: [],
    },
  ]);
  expect(out).toBe(`would run      clean: never built here
may run        train, if clean changes
may run        score, if a, b or c changes
may run        sum, if a, b, c and 1 more changes
would restore  old: code of o.ts changed
`);
});

test("a step that a person's override holds is shown each time, and counted", () => {
  const events: readonly BuildEvent[] = [
    { type: "step-fresh", step: "a" },
    { type: "step-fresh", step: "train", override: NOTE },
    finished({ fresh: 2, held: 1 }),
  ];
  expect(shown(events).out).toBe(`fresh     train, restored 2026-11-22 by ada@here: "last good"
up to date; 1 step held by an override
`);
  expect(shown(events, "failures").out).toBe("");
});

test("bytes that an override put back are told with the decision", () => {
  const outputs = [{ path: "m.bin", digest: A, sizeBytes: 310, changed: true }];
  const reasons = [{ part: "output", name: "m.bin", was: A, now: B }] as const;
  const { out } = shown([
    { type: "step-restored", step: "train", reasons, durationMs: 3, outputs, override: { ...NOTE, reason: "" } },
    finished({ restored: 1, fresh: 1, held: 2 }),
  ]);
  expect(out).toBe(`restored  train in 3 ms, restored 2026-11-22 by ada@here: output m.bin was edited
          m.bin (310 B)
0 built, 1 restored, 1 fresh, 0 failed in 1.2 s; 2 steps held by overrides
`);
});
