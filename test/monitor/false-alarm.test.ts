/** How often a window without drift raises an alarm: no more often than the level says. */

import { describe, expect, test } from "vitest";
import type { Counts } from "../../src/monitor/counts.ts";
import { atMost, sourceOf, type Source } from "./drawn.ts";
import { categories, continuous, isAlarm, missing, ofCategories, ofNumbers, tied, type Rows } from "./simulated.ts";

const WINDOWS = 100;
const INDICES = 120;
const sizes = [200, 1000, 10_000].flatMap((window) => [250, 1000, 50_000].map((training) => ({ window, training })));

const few = [0.02, 0.08, 0.3, 0.3, 0.2, 0.06, 0.03, 0.01];
const mostly = [0.9, 0.06, 0.03, 0.01];
const rare = [0.6, 0.3, 0.05, 0.02, 0.01, 0.01, 0.005, 0.003, 0.001, 0.001];
const many = Array.from({ length: 40 }, (_, at) => 1 / (at + 1));
const ofAll = (shares: readonly number[]): readonly number[] => {
  const sum = shares.reduce((all, share) => all + share, 0);
  return shares.map((share) => share / sum);
};

/** Ten tests: without those of missing values, which are exact and spend less than their part of the level. */
const values = (source: Source, rows: Rows) => [
  ...Array.from({ length: 5 }, () => ofNumbers(continuous(source, rows))),
  ofNumbers(tied(source, rows, few)),
  ofNumbers(tied(source, rows, mostly)),
  ofCategories(categories(source, rows, rare)),
  ofCategories(categories(source, rows, ofAll(many))),
  ofCategories(categories(source, rows, [0.5, 0.3, 0.2])),
];

const all = (source: Source, rows: Rows) => [
  ...values(source, rows),
  ...[0, 0.002, 0.05].map((rate) => missing(source, rows, rate)),
];

describe.for([
  ["ten tests of values", values, 1],
  ["with tests of missing values", all, 2],
] as const)("%s", ([, tests, seed]) => {
  const source = sourceOf(seed);
  const alarms = sizes.map((rows) => {
    const windows = Array.from({ length: WINDOWS }, () => tests(source, rows));
    return { rows, of: (level: number) => windows.filter((window) => isAlarm(window, level)).length };
  });

  test.for([0.01, 0.05])("an alarm comes at most as often as %d, whatever the sizes are", (level) => {
    const counts = alarms.map(({ rows, of }) => ({ ...rows, alarms: of(level) }));
    const rates = counts.map(({ alarms, window, training }) => `${window}/${training}: ${alarms / WINDOWS}`).join(", ");
    for (const { alarms } of counts) expect(alarms, rates).toBeLessThanOrEqual(atMost(WINDOWS, level));
    const sum = counts.reduce((before, { alarms }) => before + alarms, 0);
    expect(sum, rates).toBeLessThanOrEqual(atMost(WINDOWS * counts.length, level));
    // It is not bought by tests that find nothing.
    expect(sum, rates).toBeGreaterThan((WINDOWS * counts.length * level) / 3);
  });
});

test.for([0.01, 0.05])("the index alone is above its critical value at most as often as %d", (level) => {
  const source = sourceOf(3);
  const law = (draw: (rows: Rows) => Counts) => sizes.map((rows) => Array.from({ length: INDICES }, () => draw(rows)));
  for (const samples of [
    law((rows) => continuous(source, rows)),
    law((rows) => tied(source, rows, few)),
    law((rows) => tied(source, rows, mostly)),
    law((rows) => categories(source, rows, ofAll(many))),
  ]) {
    const counts = samples.map((drawn) => drawn.filter((of) => ofNumbers(of)(level)).length);
    expect(
      counts.reduce((sum, count) => sum + count, 0),
      counts.join(", "),
    ).toBeLessThanOrEqual(atMost(INDICES * sizes.length, level));
  }
});
