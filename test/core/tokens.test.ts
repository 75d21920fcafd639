/** Tokens: what a rule may ask for, and that what was taken comes back whole. */

import { describe, expect, test } from "vitest";
import type { Step } from "../../src/core/catalog.ts";
import { scheduleOf } from "../../src/core/schedule.ts";
import { capacityNeeded, type Tokens } from "../../src/core/tokens.ts";

const asked = (resources: object): Tokens => capacityNeeded("r", { resources, pools: { network: 2 } });

describe("a rule asks for", () => {
  test("one cpu where it says nothing", () => {
    expect(capacityNeeded("r", { resources: undefined, pools: {} })).toEqual({ cpu: 1 });
  });

  test("cpu, memory in powers of 1000, and pools", () => {
    expect(asked({ cpu: 2, memory: "1.5GB", pools: { network: 2 } })).toEqual({ cpu: 2, memory: 1.5e9, network: 2 });
  });

  test.each([
    [{ cpu: 0 }],
    [{ cpu: -1 }],
    [{ cpu: "x" }],
    [{ memory: "2 GB" }],
    [{ memory: "2TB" }],
    [{ memory: 5 }],
    [{ pools: { netwrok: 1 } }],
    [{ pools: { network: 3 } }],
    [{ pools: { network: 0 } }],
  ])("not %j", (resources) => {
    expect(() => asked(resources)).toThrow(expect.objectContaining({ code: "bad-rule" }));
  });
});

test("fractions that were taken and given back leave nothing that keeps a step waiting for ever", () => {
  const needs = [0.1, 0.1, 0.4, 0.7];
  const steps = needs.map((pool, at) => ({ id: `s${at}`, rule: { tokens: { pool } } }) as unknown as Step);
  const schedule = scheduleOf(
    { steps, needs: needs.map(() => []), dependents: needs.map(() => []), targets: [] },
    { capacity: { pool: 0.7 }, durationMs: (index) => 10 - index },
  );
  for (const index of needs.keys()) schedule.enqueue(index);
  expect([schedule.nextToStart(), schedule.nextToStart(), schedule.nextToStart()]).toEqual([0, 1, 2]);
  expect(schedule.nextToStart()).toBeUndefined();
  for (const index of [0, 1, 2]) schedule.settle(index);
  expect(schedule.nextToStart()).toBe(3);
});
