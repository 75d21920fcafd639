/** Counts of two samples in the same bins. Pure. */

/** Counts of the same bins: `current[i]` and `reference[i]`. */
export interface Counts {
  readonly current: readonly number[];
  readonly reference: readonly number[];
}

/** Without the bins that are empty on both sides, of which nothing is known. */
export function filled({ current, reference }: Counts): Counts {
  const isFilled = (_: number, at: number): boolean => (current[at] ?? 0) + (reference[at] ?? 0) > 0;
  return { current: current.filter(isFilled), reference: reference.filter(isFilled) };
}

export const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
