/** `pipe status` and `pipe why` in plain text. */

import { expect, test } from "vitest";
import { plain } from "../../src/ui/paint.ts";
import { statusText } from "../../src/ui/status.ts";
import { chainFrom, statusesOfTarget, whyText } from "../../src/ui/why.ts";
import { A, B, NOTE, statusOf } from "./states.ts";

const STATUSES = [
  statusOf("ingest"),
  statusOf("clean", { plan: "would-run", reasons: [{ part: "input", name: "data/raw.csv", was: A, now: B }] }),
  statusOf("split", { plan: "would-restore", reasons: [{ part: "param", name: "seed", was: "7", now: "8" }] }),
  statusOf("train", { plan: "may-run", after: ["clean"], outputs: ["model/model.bin", "model/parts/"] }),
  statusOf("score", {
    plan: "would-run",
    reasons: [{ part: "output", name: "score.txt", was: A, now: "absent" }],
    after: ["clean", "train"],
  }),
];

test("status tells stale steps first, then the fresh ones, then the counts", () => {
  expect(statusText(STATUSES, plain)).toBe(`would run      clean: data/raw.csv changed
would run      score: output score.txt is missing
would restore  split: param seed 7 → 8
may run        train, if clean changes
fresh          ingest
2 would run, 1 would restore, 1 may run, 1 fresh
`);
});

test("status of what is all fresh ends with: up to date", () => {
  expect(statusText([statusOf("a")], plain)).toBe("fresh          a\nup to date\n");
});

const why = (target: string): string => whyText(chainFrom(STATUSES, statusesOfTarget(STATUSES, target)), plain);

test("why goes from the target down to what changed, each step once", () => {
  expect(why("score")).toBe(`score would run
  because output score.txt is missing
  and after:
  clean would run
    because data/raw.csv changed
  train may run, if what it reads changes
    depending on:
    clean (see above)
`);
});

test("why of a fresh target says that nothing has changed", () => {
  expect(why("ingest")).toBe("ingest is fresh: nothing that it is made from has changed\n");
});

test.each([
  ["train", ["train"]],
  ["model/model.bin", ["train"]],
  ["./model/model.bin", ["train"]],
  ["model/parts", ["train"]],
  ["model/parts/a.bin", ["train"]],
  ["model/", ["train"]],
  ["./clean", ["score"]],
])("why %s is about the steps %j", (target, steps) => {
  expect(statusesOfTarget(STATUSES, target).map((status) => status.step)).toEqual(steps);
});

test("why of a wildcard rule is about each of its steps", () => {
  const statuses = [statusOf("sum:t=a"), statusOf("sum:t=b"), statusOf("summary")];
  expect(statusesOfTarget(statuses, "sum").map((status) => status.step)).toEqual(["sum:t=a", "sum:t=b"]);
});

test("a chain longer than the call stack is deep can be told", () => {
  const chain = Array.from({ length: 20_000 }, (_, at) =>
    statusOf(`s${at}`, { plan: "may-run", after: at === 0 ? [] : [`s${at - 1}`] }),
  );
  expect(chainFrom(chain, chain.slice(-1))).toHaveLength(20_000);
});

const HELD = [
  statusOf("train", { override: NOTE }),
  statusOf("clean", {
    plan: "would-run",
    reasons: [{ part: "output", name: "clean.txt", was: A, now: B }],
    ended: { ...NOTE, kind: "accepted" },
  }),
  statusOf("export", {
    plan: "would-fail",
    reasons: [{ part: "output", name: "export.txt", was: A, now: "absent" }],
    override: { ...NOTE, kind: "pinned" },
  }),
  statusOf("score", { plan: "would-run", reasons: [{ part: "input", name: "train.txt", was: A, now: B }] }),
];

test("status tells of each override, and of one that has ended", () => {
  expect(statusText(HELD, plain))
    .toBe(`would fail     export, pinned 2026-11-22 by ada@here: "last good": output export.txt is missing
would run      clean, no longer accepted 2026-11-22 by ada@here: "last good": output clean.txt was edited
would run      score: train.txt changed
fresh          train, restored 2026-11-22 by ada@here: "last good"
1 would fail, 2 would run, 1 fresh; 2 steps held by overrides
`);
});

test.each([
  ["train", `train is fresh: restored 2026-11-22 by ada@here: "last good", until 'pipe unpin train'\n`],
  [
    "clean",
    `clean would run: it is no longer accepted 2026-11-22 by ada@here: "last good"
  because output clean.txt was edited
`,
  ],
  [
    "export",
    `export would fail, since its bytes are gone: pinned 2026-11-22 by ada@here: "last good", until 'pipe unpin export'
  because output export.txt is missing
`,
  ],
  [
    "score",
    `score would run
  because train.txt changed: train is restored 2026-11-22 by ada@here: "last good"
`,
  ],
])("why %s tells of the override", (target, text) => {
  expect(whyText(chainFrom(HELD, statusesOfTarget(HELD, target)), plain)).toBe(text);
});
