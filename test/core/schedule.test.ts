/** The schedule: what is judged when, what may start, and who goes first. */

import { expect, test } from "vitest";
import type { Step } from "../../src/core/catalog.ts";
import type { Graph } from "../../src/core/graph.ts";
import { ranksOf, scheduleOf, type Schedule } from "../../src/core/schedule.ts";
import type { Tokens } from "../../src/core/tokens.ts";

/** A graph by who needs whom, with the tokens of each step. */
function graph(needs: readonly (readonly number[])[], tokens: readonly Tokens[] = []): Graph {
  const steps = needs.map(
    (_, index) => ({ id: `s${index}`, rule: { tokens: tokens[index] ?? { cpu: 1 } } }) as unknown as Step,
  );
  const dependents = needs.map((_, index) => needs.flatMap((list, at) => (list.includes(index) ? [at] : [])));
  return { steps, needs, dependents, targets: [] };
}

function all(next: () => number | undefined): readonly number[] {
  const found: number[] = [];
  for (let index = next(); index !== undefined; index = next()) found.push(index);
  return found;
}

const judged = (schedule: Schedule): readonly number[] => all(() => schedule.nextToJudge());
const started = (schedule: Schedule): readonly number[] => all(() => schedule.nextToStart());
const limits = (cpu: number, durations: readonly number[] = []) => ({
  capacity: { cpu, pool: 1 },
  durationMs: (index: number) => durations[index] ?? 1,
});

test("a step is judged once, when all it needs is settled", () => {
  const schedule = scheduleOf(graph([[], [], [0, 1], [2]]), limits(1));
  expect(judged(schedule)).toEqual([0, 1]);
  schedule.settle(0);
  expect(judged(schedule)).toEqual([]);
  schedule.settle(1);
  expect(judged(schedule)).toEqual([2]);
  schedule.settle(2);
  expect(judged(schedule)).toEqual([3]);
  schedule.settle(3);
  expect([judged(schedule), schedule.unsettled]).toEqual([[], 0]);
});

test("the step on the longest remaining path starts first, and ties go by order", () => {
  const schedule = scheduleOf(graph([[], [], [], [1]]), limits(1, [5, 1, 1, 9]));
  for (const index of judged(schedule)) schedule.enqueue(index);
  const order = [0, 1, 2].map(() => {
    const index = schedule.nextToStart() as number;
    expect(schedule.nextToStart()).toBeUndefined();
    schedule.settle(index);
    return index;
  });
  expect(order).toEqual([1, 0, 2]);
});

test("a step that waits for a scarce token holds up no other", () => {
  const tokens = [{ cpu: 1, pool: 1 }, { cpu: 1, pool: 1 }, { cpu: 1 }, { cpu: 1 }];
  const schedule = scheduleOf(graph([[], [], [], []], tokens), limits(3, [9, 8, 1, 1]));
  for (const index of judged(schedule)) schedule.enqueue(index);
  expect(started(schedule)).toEqual([0, 2, 3]);
  schedule.settle(2);
  expect(started(schedule)).toEqual([]);
  schedule.settle(0);
  expect(started(schedule)).toEqual([1]);
});

test("a step that asks for more than there is runs alone", () => {
  const schedule = scheduleOf(graph([[], []], [{ cpu: 8 }, { cpu: 1 }]), limits(2, [9, 1]));
  for (const index of judged(schedule)) schedule.enqueue(index);
  expect(started(schedule)).toEqual([0]);
  schedule.settle(0);
  expect(started(schedule)).toEqual([1]);
});

test("a suspended step gives its tokens back, and takes them again when it goes on", () => {
  const schedule = scheduleOf(graph([[], []]), limits(1));
  for (const index of judged(schedule)) schedule.enqueue(index);
  expect(started(schedule)).toEqual([0]);
  schedule.suspend(0);
  expect([schedule.running, started(schedule)]).toEqual([0, [1]]);
  schedule.enqueue(0);
  expect(started(schedule)).toEqual([]);
  schedule.settle(1);
  expect([started(schedule), schedule.running]).toEqual([[0], 1]);
});

test("a rank is the longest way to the end of the build", () => {
  expect([...ranksOf(graph([[], [0], [0], [1, 2]]), { durationMs: (index) => [1, 10, 2, 3][index] ?? 0 })]).toEqual([
    14, 13, 5, 3,
  ]);
});
