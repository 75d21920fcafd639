/** The figures of drift for what one feature's bins hold. Pure. */

import type { Drift } from "../core/monitoring.ts";
import type { Bins } from "./shape.ts";
import { homogeneity } from "./homogeneity.ts";
import { kolmogorov, psi, psiCritical, psiExpected, severityOf } from "./statistic.ts";

/** With fewer rows than these nothing is said of the data: a bin of a tenth has some twenty. */
const ENOUGH_ROWS = 200;

export const isEnough = (rows: number): boolean => rows >= ENOUGH_ROWS;

export interface Binned {
  /** Rows that have the value. */
  readonly n: number;
  readonly bins: Bins | null;
  readonly counts: readonly number[];
  /** Categories that have no bin. */
  readonly others: number;
}

/** The level is that of this one test. */
export function driftOf({ n, bins, counts, others }: Binned, level: number): Drift {
  if (bins === null) return { n, histogram: null, ...UNKNOWN };
  const histogram = { ...bins, counts };
  if (!isEnough(n + others)) return { n, histogram, ...UNKNOWN };
  return { n, histogram, ...(bins.edges === undefined ? ofCategories : ofNumbers)({ bins, counts, others }, level) };
}

type Figures = Omit<Drift, "n" | "histogram">;

const UNKNOWN: Figures = {
  psi: null,
  psi_expected: null,
  psi_critical: null,
  ks: null,
  ks_resolution: null,
  chi2: null,
  chi2_critical: null,
  severity: null,
};

interface Compared extends Pick<Binned, "counts" | "others"> {
  readonly bins: Bins;
}

function ofNumbers({ bins: { reference }, counts }: Compared, level: number): Figures {
  const of = { current: counts, reference };
  const [index, critical, { distance, resolution }] = [psi(of), psiCritical(of, level), kolmogorov(of)];
  return {
    ...UNKNOWN,
    psi: index,
    psi_expected: psiExpected(of),
    psi_critical: critical,
    ks: distance,
    ks_resolution: resolution,
    severity: index > critical ? severityOf(index) : null,
  };
}

/** What training never saw has a bin of its own, which was empty then. */
function ofCategories({ bins: { reference }, counts, others }: Compared, level: number): Figures {
  const of = { current: [...counts, others], reference: [...reference, 0] };
  const [index, { statistic, critical }] = [psi(of), homogeneity(of, level)];
  return {
    ...UNKNOWN,
    psi: index,
    psi_expected: psiExpected(of),
    psi_critical: psiCritical(of, level),
    chi2: statistic,
    chi2_critical: critical,
    severity: statistic > critical ? severityOf(index) : null,
  };
}
