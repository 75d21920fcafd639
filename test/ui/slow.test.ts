/** A step that runs for long says that it lives. */

import { expect, test } from "vitest";
import type { BuildEvent } from "../../src/core/event.ts";
import { slowReporter } from "../../src/ui/slow.ts";

const started = (step: string, lastDurationMs?: number): BuildEvent => ({
  type: "step-started",
  step,
  attempt: 1,
  reasons: [],
  run: "true",
  log: "",
  ...(lastDurationMs === undefined ? {} : { lastDurationMs }),
});

/** A clock that the test rings. */
function ringing() {
  const waiting = new Set<() => void>();
  let out = "";
  const emit = slowReporter({
    write: (text) => (out += text),
    after(_durationMs, call) {
      waiting.add(call);
      return () => waiting.delete(call);
    },
  });
  const ring = (): string => {
    for (const call of waiting) call();
    return out;
  };
  return { emit, ring, waiting };
}

test("a step that still runs is told, with how long it took last time", () => {
  const { emit, ring } = ringing();
  emit(started("train", 240_000));
  emit(started("ingest"));
  expect(ring()).toBe(
    "running   train for 5.0 s so far, took 4 min 0 s last time\nrunning   ingest for 5.0 s so far\n",
  );
});

test("a step that has ended is not", () => {
  const { emit, ring, waiting } = ringing();
  for (const step of ["a", "b", "c"]) emit(started(step));
  emit({ type: "step-built", step: "a", reasons: [], durationMs: 1, attempts: 1, outputs: [] });
  emit({ type: "step-failed", step: "b", reasons: [], kind: "error", message: "", durationMs: 1, log: "", tail: [] });
  emit({
    type: "build-finished",
    build: "",
    durationMs: 1,
    built: 1,
    restored: 0,
    fresh: 0,
    failed: 1,
    skipped: 0,
    exitCode: 1,
  });
  expect([ring(), waiting.size]).toEqual(["", 0]);
});
