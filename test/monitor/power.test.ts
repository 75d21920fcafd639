/** What is found of a shift, and what the custom of alarming at 0.1 does instead. */

import { describe, expect, test } from "vitest";
import { RankSearch } from "../../src/model/quantile.ts";
import { binOf, edgeRanks, numberReference } from "../../src/model/reference.ts";
import { summingOf, type NumberSummary } from "../../src/model/summary.ts";
import type { Counts } from "../../src/monitor/counts.ts";
import { sourceOf } from "./drawn.ts";
import { continuous, ofNumbers } from "./simulated.ts";

const source = sourceOf(5);
const normals = (rows: number, mean: number): readonly number[] =>
  Array.from({ length: rows }, () => source.normal() + mean);

/** Through the very bins that training freezes. */
function counted(training: readonly number[], window: readonly number[]): Counts {
  const summing = summingOf({ name: "", type: "number" });
  for (const value of training) summing.add(value);
  const search = new RankSearch(edgeRanks(training.length));
  for (; !search.isDone; search.next()) for (const value of training) search.add(value);
  const reference = numberReference(summing.summary as NumberSummary, search.found);
  const current = reference.counts.map(() => 0);
  for (const value of window) {
    const bin = binOf(reference, value) as number;
    current[bin] = (current[bin] ?? 0) + 1;
  }
  return { current, reference: reference.counts };
}

const shareOf = (windows: number, isSo: () => boolean): number =>
  Array.from({ length: windows }, isSo).filter(Boolean).length / windows;

/** Shares that are not smoothed, but at least one in 10,000; an alarm above 0.1. */
function isAboveCustom({ current, reference }: Counts): boolean {
  const sharesOf = (counts: readonly number[]) => {
    const sum = counts.reduce((all, count) => all + count, 0);
    return counts.map((count) => Math.max(count / sum, 1e-4));
  };
  const [q, p] = [sharesOf(current), sharesOf(reference)];
  const part = (each: number, at: number): number => (each - (p[at] ?? 0)) * Math.log(each / (p[at] ?? 1));
  return q.map(part).reduce((sum, each) => sum + each, 0) > 0.1;
}

/** Of values and of missing ones for each feature, and one of the predictions. */
describe("a shift of one feature of eight, 1,000 rows against 1,000, at a level of 0.01", () => {
  test.for([
    [0.35, 0.95],
    [0.25, 0.7],
  ] as const)("by %d deviations is found in a share of at least %d", ([shift, least]) => {
    const tests = 17;
    const isFound = (): boolean => ofNumbers(counted(normals(1000, 0), normals(1000, shift)))(0.01 / tests);
    expect(shareOf(300, isFound)).toBeGreaterThanOrEqual(least);
  });
});

test("bins of rows themselves raise no more alarms than drawn counts do", () => {
  const isWrong = () => ofNumbers(counted(normals(250, 0), normals(500, 0)))(0.05);
  expect(shareOf(300, isWrong)).toBeLessThanOrEqual(0.09);
});

describe("the custom of an alarm above 0.1, shares clipped at 0.0001", () => {
  test("is an alarm in 85 % of the windows without drift, where training had 50 rows", () => {
    const wrong = shareOf(2000, () => isAboveCustom(continuous(source, { training: 50, window: 1000 })));
    expect(wrong).toBeGreaterThan(0.8);
  });

  test("finds 16 % of the shifts by 0.25 deviations, 1,000 rows against 1,000, and a test at 0.01 finds 93 %", () => {
    const samples = Array.from({ length: 300 }, () => counted(normals(1000, 0), normals(1000, 0.25)));
    const byCustom = samples.filter(isAboveCustom).length / 300;
    const byTest = samples.filter((of) => ofNumbers(of)(0.01)).length / 300;
    expect(byCustom).toBeLessThan(0.3);
    expect(byTest).toBeGreaterThan(0.9);
  });
});
