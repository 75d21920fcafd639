/** Whether counts of categories are of one distribution: Pearson's test, exact where its cells are thin. Pure. */

import jStat from "jstat";
import { filled, sumOf, type Counts } from "./counts.ts";
import { chiSquareCritical } from "./statistic.ts";
import { drawsOf } from "./urn.ts";

export interface Homogeneity {
  readonly statistic: number;
  readonly critical: number;
  readonly degreesOfFreedom: number;
}

/** In either sample. The five of the textbooks serve a level of 0.05; one in a thousand, after a correction, needs more. */
const LEAST_EXPECTED = 10;
const ROUNDS = 60;
const PRECISION = 1e-11;
/** Below it there are no digits left: the tail is told from 1. */
const LEAST_TAIL = 1e-14;
/** What is so much less likely than the level changes nothing. */
const NEGLIGIBLE = 1e-9;

/** Rows of the current sample and of both. */
interface Cell {
  readonly current: number;
  readonly both: number;
}

/**
 * K. Pearson's test that two samples are of one distribution (On the probability that two independent distributions of
 * frequency are really samples from the same population, Biometrika 8, 1911): alarming where `statistic > critical`.
 *
 * Cells of which either sample is expected to have fewer than ten are pooled. Where a pool stays thin, as where
 * categories are new, the statistic is parted: the pool against all others, and the others among themselves
 * (H. O. Lancaster, The derivation and partition of χ² in certain discrete distributions, Biometrika 36, 1949). Given the
 * first, the second is χ²; and the first has few values, with exact probabilities. So are two cells treated.
 * All 0, which is never an alarm, where a side has no rows or all rows are in one cell.
 */
export function homogeneity(of: Counts, level: number): Homogeneity {
  const { current, reference } = filled(of);
  const [drawn, all] = [sumOf(current), sumOf(current) + sumOf(reference)];
  if (drawn === 0 || drawn === all || current.length < 2) return { statistic: 0, critical: 0, degreesOfFreedom: 0 };
  const cells = current.map((count, at) => ({ current: count, both: count + (reference[at] ?? 0) }));
  const { pool, others } = pooled(cells, Math.min(drawn, all - drawn) / all);
  const rest = pearson(others);
  const degreesOfFreedom = others.length - 1;
  if (pool === undefined)
    return { statistic: rest, critical: chiSquareCritical(degreesOfFreedom, level), degreesOfFreedom };
  const apart = (count: number): number =>
    pearson([
      { current: count, both: pool.both },
      { current: drawn - count, both: all - pool.both },
    ]);
  const draws = drawsOf({ marked: pool.both, drawn, all }).map(({ count, probability }) => ({
    apart: apart(count),
    probability,
  }));
  return {
    statistic: apart(pool.current) + rest,
    critical: criticalOf(draws, { degreesOfFreedom, level }),
    degreesOfFreedom: others.length,
  };
}

interface Pooled {
  /** What has to be treated exactly, if anything has. */
  readonly pool: Cell | undefined;
  /** At least one. */
  readonly others: readonly Cell[];
}

/** Thin cells join in the order in which they come, until they are thin no longer: it is by their totals, not by chance. */
function pooled(cells: readonly Cell[], least: number): Pooled {
  const isThin = ({ both }: Cell): boolean => both * least < LEAST_EXPECTED;
  const others: Cell[] = cells.length === 2 ? [...cells] : cells.filter((cell) => !isThin(cell));
  let pool: Cell = { current: 0, both: 0 };
  for (const cell of cells.length === 2 ? [] : cells.filter(isThin)) {
    pool = { current: pool.current + cell.current, both: pool.both + cell.both };
    if (isThin(pool)) continue;
    others.push(pool);
    pool = { current: 0, both: 0 };
  }
  if (others.length === 0) return { pool: undefined, others: [pool] };
  if (pool.both > 0) return { pool, others };
  return others.length === 2 ? { pool: others[1], others: others.slice(0, 1) } : { pool: undefined, others };
}

/** Σ (n − e)² / e over both samples: 0 where one of them has no rows. */
function pearson(cells: readonly Cell[]): number {
  const [drawn, all] = [sumOf(cells.map(({ current }) => current)), sumOf(cells.map(({ both }) => both))];
  if (drawn === 0 || drawn === all) return 0;
  // What a cell adds for the reference sample is in the ratio of the samples' sizes to what it adds for the current one.
  const ofBoth = all / (all - drawn);
  const expected = ({ both }: Cell): number => (both * drawn) / all;
  return ofBoth * sumOf(cells.map((cell) => (cell.current - expected(cell)) ** 2 / expected(cell)));
}

interface Weighed {
  readonly apart: number;
  readonly probability: number;
}

interface Beyond {
  readonly degreesOfFreedom: number;
  readonly level: number;
}

/** What a pool's part, by its exact probabilities, and χ² of the rest exceed together as seldom as the level says. */
function criticalOf(draws: readonly Weighed[], { degreesOfFreedom, level }: Beyond): number {
  if (degreesOfFreedom === 0) return exactCritical(draws, level);
  const likely = draws.filter(({ probability }) => probability > level * NEGLIGIBLE);
  const beyond = (value: number): number => (value <= 0 ? 1 : 1 - jStat.chisquare.cdf(value, degreesOfFreedom));
  const exceeded = (critical: number): number =>
    sumOf(likely.map(({ apart, probability }) => probability * beyond(critical - apart)));
  // Nearly a line, where the tail itself is a steep curve, and a chord finds its root in a few steps.
  const excess = (critical: number): number => Math.log(Math.max(exceeded(critical), LEAST_TAIL) / level);
  const most = draws.reduce((greatest, { apart }) => Math.max(greatest, apart), 0);
  return rootOf(excess, most + chiSquareCritical(degreesOfFreedom, level));
}

/** Of the values that may come, the least that those above it exceed seldom enough. */
function exactCritical(draws: readonly Weighed[], level: number): number {
  let beyond = 0;
  const falling = draws.toSorted((one, other) => other.apart - one.apart);
  return falling.find(({ probability }) => (beyond += probability) > level)?.apart ?? 0;
}

/**
 * Where a falling function that is above 0 at 0, and is not at `high`, comes to 0, from above: by the method of Illinois
 * (M. Dowell, P. Jarratt, A modified regula falsi method for computing the root of an equation, BIT 11, 1971).
 */
function rootOf(f: (value: number) => number, high: number): number {
  let [left, right] = [
    { at: 0, weight: f(0) },
    { at: high, weight: f(high) },
  ];
  let wasAbove: boolean | undefined;
  for (let round = 0; round < ROUNDS && right.at - left.at > PRECISION * right.at; round++) {
    const at = left.at + ((right.at - left.at) * left.weight) / (left.weight - right.weight);
    const value = f(at);
    const isAbove = value > 0;
    // An end that stays where it is counts for half, or the other would never come near.
    const other = isAbove ? right : left;
    const kept = isAbove === wasAbove ? { ...other, weight: other.weight / 2 } : other;
    [left, right] = isAbove ? [{ at, weight: value }, kept] : [kept, { at, weight: value }];
    wasAbove = isAbove;
    if (!isAbove && value > -PRECISION) break;
  }
  return right.at;
}
