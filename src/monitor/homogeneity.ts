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
const ROUNDS = 40;
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

/** What a pool's part, by its exact probabilities, and χ² of the rest exceed together; found by halving, from above. */
function criticalOf(
  draws: readonly { readonly apart: number; readonly probability: number }[],
  { degreesOfFreedom, level }: { readonly degreesOfFreedom: number; readonly level: number },
): number {
  const beyond = (value: number): number =>
    degreesOfFreedom === 0 || value < 0 ? Number(value < 0) : 1 - jStat.chisquare.cdf(value, degreesOfFreedom);
  const likely = draws.filter(({ probability }) => probability > level * NEGLIGIBLE);
  const isSeldom = (critical: number): boolean =>
    sumOf(likely.map(({ apart, probability }) => probability * beyond(critical - apart))) <= level;
  let low = 0;
  let high = draws.reduce((most, { apart }) => Math.max(most, apart), 0) + chiSquareCritical(degreesOfFreedom, level);
  for (let round = 0; round < ROUNDS; round++) {
    const middle = (low + high) / 2;
    if (isSeldom(middle)) high = middle;
    else low = middle;
  }
  return high;
}
